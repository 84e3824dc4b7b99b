//! The life of a conversation.

use omni_testkit::{TestApp, TestDatabase, both_engines, eventually};
use serde_json::{Value, json};

use super::{at, conversation, id, text, thread, widget};

fn status(status: &str) -> Value {
    json!({"status": status})
}

both_engines!(
    a_conversation_lives_as_described,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, key) = widget(&salon).await;
        let (guest, one) = conversation(&app, &salon, &key, "Мария").await;
        let (_, anna) = salon.hires("anna", "operator").await;
        let path = at(&one, "/status");

        let resolved = anna.post(&path, &status("resolved")).await.expect(200);
        assert!(resolved["conversation"]["resolved_at"].is_string());
        // A reply reopens; so does the customer.
        anna.post(&at(&one, "/messages"), &text("Ещё вопрос"))
            .await
            .expect(201);
        assert_eq!(anna.get(&at(&one, "")).await.expect(200)["status"], "open");
        anna.post(&path, &status("resolved")).await.expect(200);
        guest
            .post("/api/v1/widget/messages", &text("Да"))
            .await
            .expect(201);
        let reopened = anna.get(&at(&one, "")).await.expect(200);
        assert_eq!(
            (&reopened["status"], &reopened["resolved_at"]),
            (&json!("open"), &Value::Null)
        );

        anna.post(&path, &status("closed")).await.expect(200);
        anna.post(&at(&one, "/messages"), &text("Алло"))
            .await
            .refused(409, "conflict");
        let note = json!({"content_type": "text", "content": {"text": "закрыто"}, "private": true});
        anna.post(&at(&one, "/messages"), &note).await.expect(201);
        // The next message starts a new one, and the old one cannot come back beside it.
        guest
            .post("/api/v1/widget/messages", &text("Снова я"))
            .await
            .expect(201);
        let all = salon.owner.get("/api/v1/conversations").await.expect(200);
        assert_eq!(all["total"], 2);
        anna.post(&path, &status("open"))
            .await
            .refused(409, "already_open");
        anna.post(&path, &status("pending"))
            .await
            .refused(409, "already_open");
        let newer = all["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|c| id(c) != id(&one))
            .unwrap();
        anna.post(&at(newer, "/status"), &status("closed"))
            .await
            .expect(200);
        anna.post(&path, &status("open")).await.expect(200);
        assert_eq!(thread(&anna, &one).await.len(), 4);

        let (_, vera) = salon.hires("vera", "viewer").await;
        vera.post(&path, &status("closed"))
            .await
            .refused(403, "forbidden");
        app.salon()
            .await
            .owner
            .post(&path, &status("closed"))
            .await
            .refused(404, "not_found");
        app.stop().await;
    }
);

both_engines!(
    a_sleeping_conversation_wakes,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, key) = widget(&salon).await;
        let (_, one) = conversation(&app, &salon, &key, "Мария").await;
        let path = at(&one, "/status");
        let soon = json!(
            app.core()
                .clock()
                .now()
                .plus(std::time::Duration::from_secs(2))
        );
        for wrong in [
            json!({"status": "open", "snooze_until": soon}),
            json!({"status": "pending", "snooze_until": "2020-01-01T00:00:00Z"}),
            json!({"status": "pending", "snooze_until": "2999-01-01T00:00:00Z"}),
            json!({"status": "pending", "snooze_until": "tomorrow"}),
            json!({"status": "asleep"}),
        ] {
            salon
                .owner
                .post(&path, &wrong)
                .await
                .refused(422, "invalid");
        }
        let asleep = json!({"status": "pending", "snooze_until": soon});
        let asleep = salon.owner.post(&path, &asleep).await.expect(200);
        assert_eq!(asleep["conversation"]["snooze_until"], soon);
        eventually("it to wake", || async {
            let now = salon.owner.get(&at(&one, "")).await.expect(200);
            (now["status"] == "open" && now["snooze_until"].is_null()).then_some(())
        })
        .await;
        app.stop().await;
    }
);
