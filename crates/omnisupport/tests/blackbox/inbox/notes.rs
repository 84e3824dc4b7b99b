//! Reading, typing, labels, profiles.

use omni_testkit::{TestApp, TestDatabase, both_engines};
use serde_json::json;

use super::{at, conversation, id, text, thread, widget};

both_engines!(
    reading_is_seen_on_both_sides,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, key) = widget(&salon).await;
        let (guest, one) = conversation(&app, &salon, &key, "Мария").await;
        guest
            .post("/api/v1/widget/messages", &text("Вы тут?"))
            .await
            .expect(201);
        assert_eq!(
            salon.owner.get(&at(&one, "")).await.expect(200)["unread_count"],
            2
        );
        let (_, vera) = salon.hires("vera", "viewer").await;
        vera.post(&at(&one, "/read"), &json!({}))
            .await
            .refused(403, "forbidden");

        let read = salon
            .owner
            .post(&at(&one, "/read"), &json!({}))
            .await
            .expect(200);
        assert_eq!(read["conversation"]["unread_count"], 0);
        let seen = guest
            .get("/api/v1/widget/messages?after=0")
            .await
            .expect(200);
        for message in seen["items"].as_array().unwrap() {
            assert_eq!(message["status"], "read");
        }
        salon
            .owner
            .post(&at(&one, "/read"), &json!({}))
            .await
            .expect(200);
        app.stop().await;
    }
);

both_engines!(
    notes_and_labels_stay_inside,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, key) = widget(&salon).await;
        let (guest, one) = conversation(&app, &salon, &key, "Мария").await;
        let note =
            json!({"content_type": "text", "content": {"text": "должна нам"}, "private": true});
        let note = salon
            .owner
            .post(&at(&one, "/messages"), &note)
            .await
            .expect(201);
        let shown = guest
            .get("/api/v1/widget/messages?after=0")
            .await
            .expect(200);
        assert_eq!(shown["items"].as_array().unwrap().len(), 1);
        assert!(!shown.to_string().contains("должна"));
        let quoting = json!({"content_type": "text", "content": {"text": "x"}, "reply_to": id(&note["message"])});
        salon
            .owner
            .post(&at(&one, "/messages"), &quoting)
            .await
            .refused(422, "invalid");

        let patch = json!({"priority": "urgent", "metadata": {"order": 42}});
        let patched = salon.owner.patch(&at(&one, ""), &patch).await.expect(200);
        assert_eq!(
            (&patched["priority"], &patched["metadata"]),
            (&json!("urgent"), &json!({"order": 42}))
        );
        for wrong in [
            json!({"tags": (0..51).map(|n| n.to_string()).collect::<Vec<_>>()}),
            json!({"tags": ["x".repeat(65)]}),
            json!({"metadata": {"x": "y".repeat(17_000)}}),
            json!({"metadata": [1]}),
            json!({"priority": "panic"}),
            json!({"status": "closed"}),
            json!({"tenant_id": id(&one)}),
        ] {
            salon
                .owner
                .patch(&at(&one, ""), &wrong)
                .await
                .refused(422, "invalid");
        }
        assert_eq!(salon.owner.get(&at(&one, "")).await.expect(200), patched);
        app.stop().await;
    }
);

both_engines!(
    typing_reaches_the_messenger_now_and_then,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.connects_telegram().await;
        salon.customer(&app, 31, "Пётр").writes("Добрый день");
        let one = salon.conversation_with("Пётр").await;
        for _ in 0..5 {
            let typing = json!({"is_typing": true});
            assert_eq!(
                salon.owner.post(&at(&one, "/typing"), &typing).await.status,
                204
            );
        }
        omni_testkit::eventually("the messenger to be told", || async {
            (!app.telegram.actions().is_empty()).then_some(())
        })
        .await;
        assert_eq!(app.telegram.actions(), [(31, "typing".to_owned())]);
        salon
            .owner
            .post(&at(&one, "/typing"), &json!({}))
            .await
            .refused(422, "invalid");
        app.stop().await;
    }
);

both_engines!(
    a_profile_is_read_and_changed,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.connects_telegram().await;
        let customer = salon.customer(&app, 32, "Павел");
        customer.writes("Добрый день");
        customer.shares_phone("79990001122");
        let one = salon.conversation_with("Павел").await;
        let path = format!("/api/v1/customers/{}", id(&one["customer"]));
        let (_, anna) = salon.hires("anna", "operator").await;
        let profile = anna.get(&path).await.expect(200);
        assert_eq!(profile["identities"][0]["external_id"], "32");
        assert_eq!(profile["identities"][0]["channel"], "telegram");

        let patch = json!({"name": "Павел Иванов", "email": "P@Example.com", "phone": "+7 (999) 111-22-33"});
        let patched = anna.patch(&path, &patch).await.expect(200);
        assert_eq!(patched["email"], "p@example.com");
        assert_eq!(
            (&patched["phone"], &patched["phone_verified"]),
            (&json!("+79991112233"), &json!(false))
        );
        let removed = anna.patch(&path, &json!({"email": null})).await.expect(200);
        assert!(removed["email"].is_null());
        assert_eq!(removed["phone"], "+79991112233");
        assert_eq!(
            anna.get(&at(&one, "")).await.expect(200)["customer"]["name"],
            "Павел Иванов"
        );

        for wrong in [
            json!({"name": " "}),
            json!({"phone_verified": true}),
            json!({"email": "x"}),
        ] {
            anna.patch(&path, &wrong).await.refused(422, "invalid");
        }
        let (_, vera) = salon.hires("vera", "viewer").await;
        vera.get(&path).await.expect(200);
        vera.patch(&path, &json!({"name": "x"}))
            .await
            .refused(403, "forbidden");
        let stranger = app.salon().await.owner;
        stranger.get(&path).await.refused(404, "not_found");
        stranger
            .patch(&path, &json!({"name": "x"}))
            .await
            .refused(404, "not_found");
        assert!(thread(&anna, &one).await.len() >= 2);
        app.stop().await;
    }
);
