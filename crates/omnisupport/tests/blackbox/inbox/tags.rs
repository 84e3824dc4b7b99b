//! Tags with their counts, sleeping conversations and what woke them.

use omni_testkit::{TestApp, TestDatabase, both_engines, eventually};
use serde_json::{Value, json};

use super::{at, conversation, id, text, widget};

both_engines!(
    tags_are_told_with_their_counts,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, key) = widget(&salon).await;
        salon.routes(json!({"strategy": "manual"})).await;
        let (anna_id, anna) = salon.hires("anna", "operator").await;
        let (_, boris) = salon.hires("boris", "operator").await;
        let (_, one) = conversation(&app, &salon, &key, "Мария").await;
        let (_, two) = conversation(&app, &salon, &key, "Пётр").await;
        for (talk, tags) in [(&one, json!(["vip", "Жалоба"])), (&two, json!(["vip"]))] {
            let patch = json!({"tags": tags});
            salon.owner.patch(&at(talk, ""), &patch).await.expect(200);
        }
        let all = json!([{"tag": "vip", "count": 2}, {"tag": "Жалоба", "count": 1}]);
        let told = boris.get("/api/v1/tags").await.expect(200);
        assert_eq!((&told["items"], &told["total"]), (&all, &json!(2)));
        let found = boris.get("/api/v1/tags?q=жало").await.expect(200);
        assert_eq!(found["items"], json!([{"tag": "Жалоба", "count": 1}]));
        let none = boris.get("/api/v1/tags?q=%25").await.expect(200);
        assert_eq!(none["items"], json!([]));
        let long = format!("/api/v1/tags?q={}", "x".repeat(65));
        boris.get(&long).await.refused(422, "invalid");

        // What one does not see is not counted.
        salon
            .routes(json!({"strategy": "manual", "visibility": "own"}))
            .await;
        let body = json!({"operator_id": anna_id});
        salon
            .owner
            .post(&at(&one, "/assign"), &body)
            .await
            .expect(200);
        let his = eventually("the new rule", || async {
            let told = boris.get("/api/v1/tags").await.expect(200);
            (told["total"] == 1).then(|| told["items"].clone())
        })
        .await;
        assert_eq!(his, json!([{"tag": "vip", "count": 1}]));
        assert_eq!(anna.get("/api/v1/tags").await.expect(200)["items"], all);
        app.stop().await;
    }
);

both_engines!(
    what_woke_a_conversation_is_told,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, key) = widget(&salon).await;
        let (guest, talk) = conversation(&app, &salon, &key, "Мария").await;
        let sleep = json!({"status": "pending", "snooze_until": "2027-06-01T09:00:00Z"});
        let woken = |now: &Value| now["woken_by"].clone();
        let look = async || salon.owner.get(&at(&talk, "")).await.expect(200);
        let asleep = async |yes: bool| {
            let path = format!("/api/v1/conversations?snoozed={yes}");
            let list = salon.owner.get(&path).await.expect(200);
            assert_eq!(list["total_is_exact"], true);
            list["total"].as_u64().expect("a number")
        };
        let snoozed = salon.owner.post(&at(&talk, "/status"), &sleep).await;
        assert!(woken(&snoozed.expect(200)["conversation"]).is_null());
        assert_eq!((asleep(true).await, asleep(false).await), (1, 0));

        guest
            .post("/api/v1/widget/messages", &text("Ещё вопрос"))
            .await
            .expect(201);
        let now = eventually("the customer to wake it", || async {
            let now = look().await;
            (now["status"] == "open").then_some(now)
        })
        .await;
        assert_eq!((woken(&now), asleep(true).await), (json!("customer"), 0));
        let note = json!({"content_type": "text", "content": {"text": "note"}, "private": true});
        salon
            .owner
            .post(&at(&talk, "/messages"), &note)
            .await
            .expect(201);
        assert_eq!(woken(&look().await), "customer");
        salon
            .owner
            .post(&at(&talk, "/messages"), &text("Да"))
            .await
            .expect(201);
        assert!(woken(&look().await).is_null());

        salon
            .owner
            .post(&at(&talk, "/status"), &sleep)
            .await
            .expect(200);
        let open = json!({"status": "open"});
        let opened = salon
            .owner
            .post(&at(&talk, "/status"), &open)
            .await
            .expect(200);
        assert_eq!(woken(&opened["conversation"]), "operator");
        let closed = json!({"status": "closed"});
        let closed = salon
            .owner
            .post(&at(&talk, "/status"), &closed)
            .await
            .expect(200);
        assert!(woken(&closed["conversation"]).is_null());
        assert_eq!(id(&closed["conversation"]), id(&talk));
        app.stop().await;
    }
);
