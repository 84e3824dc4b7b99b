//! Who sees what, where each operator sees his own.

use omni_testkit::{TestApp, TestDatabase, both_engines};
use serde_json::json;

use super::{at, conversation, id, text, thread, widget};

both_engines!(
    what_one_does_not_see_is_not_there,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon
            .routes(json!({"strategy": "manual", "visibility": "own"}))
            .await;
        let (_, key) = widget(&salon).await;
        let (anna_id, anna) = salon.hires("anna", "operator").await;
        let (_, boris) = salon.hires("boris", "operator").await;
        let (_, vera) = salon.hires("vera", "viewer").await;
        let (_, annas) = conversation(&app, &salon, &key, "Мария").await;
        let (_, waiting) = conversation(&app, &salon, &key, "Олег").await;
        anna.post(&at(&annas, "/assign"), &json!({"operator_id": anna_id}))
            .await
            .expect(200);

        for (who, sees) in [(&anna, 2), (&boris, 1), (&vera, 2), (&salon.owner, 2)] {
            let list = who.get("/api/v1/conversations").await.expect(200);
            assert_eq!(
                (&list["total"], list["items"].as_array().unwrap().len()),
                (&json!(sees), sees)
            );
        }
        let of_anna = format!("/api/v1/conversations?assigned_to={anna_id}");
        let list = boris.get(&of_anna).await.expect(200);
        assert_eq!((&list["total"], &list["items"]), (&json!(0), &json!([])));
        let by_name = boris
            .get("/api/v1/conversations?q=%D0%9C%D0%B0%D1%80")
            .await
            .expect(200);
        assert_eq!(by_name["total"], 0);

        let message = thread(&anna, &annas).await.remove(0);
        for path in [at(&annas, ""), at(&annas, "/messages")] {
            boris.get(&path).await.refused(404, "not_found");
        }
        for (below, body) in [
            ("/messages", text("x")),
            ("/assign", json!({"operator_id": null})),
            ("/status", json!({"status": "closed"})),
            ("/read", json!({})),
            ("/typing", json!({"is_typing": true})),
        ] {
            boris
                .post(&at(&annas, below), &body)
                .await
                .refused(404, "not_found");
        }
        boris
            .patch(&at(&annas, ""), &json!({"tags": ["x"]}))
            .await
            .refused(404, "not_found");
        let retry = format!("/api/v1/messages/{}/retry", id(&message));
        boris
            .post(&retry, &json!({}))
            .await
            .refused(404, "not_found");
        let customer = format!("/api/v1/customers/{}", id(&annas["customer"]));
        boris.get(&customer).await.refused(404, "not_found");
        boris
            .patch(&customer, &json!({"name": "x"}))
            .await
            .refused(404, "not_found");
        anna.get(&customer).await.expect(200);
        boris.get(&at(&waiting, "")).await.expect(200);

        // Another file of Anna's conversation is Anna's.
        let file = anna
            .upload("/api/v1/files", "a.txt", "text/plain", b"hello".to_vec())
            .await
            .expect(201);
        let file = id(&file["file"]).to_owned();
        let body = json!({"content_type": "file", "content": {"file_id": file}});
        anna.post(&at(&annas, "/messages"), &body).await.expect(201);
        let path = format!("/api/v1/files/{file}");
        boris.get(&path).await.refused(404, "not_found");
        salon.owner.get(&path).await.expect(200);
        // Back in the queue it is everybody's.
        let back = json!({"operator_id": null});
        salon
            .owner
            .post(&at(&annas, "/assign"), &back)
            .await
            .expect(200);
        boris.get(&path).await.expect(200);
        app.stop().await;
    }
);
