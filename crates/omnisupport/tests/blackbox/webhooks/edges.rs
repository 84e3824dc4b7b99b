//! What is refused.

use omni_testkit::{TestApp, TestDatabase, both_engines};
use serde_json::{Value, json};

use super::{at, receiver, start};

both_engines!(
    addresses_that_may_not_be_called_are_refused,
    |database: TestDatabase| async move {
        let app = start(database).await;
        let salon = app.salon().await;
        let long = format!("https://example.com/{}", "x".repeat(2_000));
        for (url, code) in [
            ("", "invalid"),
            ("hook", "invalid"),
            ("ftp://example.com/", "invalid"),
            ("javascript:alert(1)", "invalid"),
            ("https://user@example.com/", "invalid"),
            ("https://user:secret@example.com/", "invalid"),
            ("http://10.0.0.1/", "not_allowed"),
            ("http://169.254.169.254/latest/meta-data", "not_allowed"),
            ("http://[::1]/", "not_allowed"),
            ("http://2852039166/", "not_allowed"),
            (long.as_str(), "too_long"),
        ] {
            let made = salon
                .owner
                .post("/api/v1/webhooks", &json!({"url": url}))
                .await;
            let problem = made.refused(422, "invalid");
            assert_eq!(problem["errors"][0]["pointer"], "/url", "{url}");
            assert_eq!(problem["errors"][0]["code"], code, "{url}");
        }
        let good = json!({"url": "https://example.com/hook", "description": " Склад ", "types": ["message.new", "message.new"]});
        let made = salon
            .owner
            .post("/api/v1/webhooks", &good)
            .await
            .expect(201);
        assert_eq!(
            (&made["description"], &made["types"]),
            (&json!("Склад"), &json!(["message.new"]))
        );
        for change in [
            json!({"url": "http://127.0.0.2/"}),
            json!({"types": ["message.lost"]}),
            json!({"description": "x".repeat(501)}),
            json!({"secret": "whsec_x"}),
        ] {
            let changed = salon.owner.patch(&at(&made, ""), &change).await;
            changed.refused(422, "invalid");
        }
        let range = json!({"from": "2026-02-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"});
        let replayed = salon.owner.post(&at(&made, "/replay"), &range).await;
        assert_eq!(
            replayed.refused(422, "invalid")["errors"][0]["pointer"],
            "/from"
        );
        app.stop().await;
    }
);

both_engines!(
    there_are_ten_webhooks_at_most_however_many_ask_at_once,
    |database: TestDatabase| async move {
        let app = start(database).await;
        let salon = app.salon().await;
        let body = json!({"url": "https://example.com/hook"});
        let asked = (0..14).map(|_| salon.owner.post("/api/v1/webhooks", &body));
        let answers = futures_util::future::join_all(asked).await;
        let made: Vec<&Value> = (answers.iter())
            .filter(|answer| answer.status == 201)
            .map(|answer| &answer.body)
            .collect();
        assert_eq!(made.len(), 10);
        for answer in answers.iter().filter(|answer| answer.status != 201) {
            assert_eq!(
                (answer.status, &answer.body["code"]),
                (409, &json!("too_many_webhooks"))
            );
        }
        salon.owner.delete(&at(made[0], "")).await.expect(204);
        salon
            .owner
            .post("/api/v1/webhooks", &body)
            .await
            .expect(201);
        app.stop().await;
    }
);

both_engines!(
    a_name_that_leads_inside_is_seen_through_when_it_is_called,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let (salon, canary) = (app.salon().await, receiver().await);
        let inside = canary.url().replace("127.0.0.1", "localhost");
        let body = json!({"url": inside});
        let made = salon
            .owner
            .post("/api/v1/webhooks", &body)
            .await
            .expect(201);
        let test = salon.owner.post(&at(&made, "/test"), &Value::Null).await;
        assert_eq!(test.expect(200)["outcome"], "blocked");
        assert!(canary.letters().is_empty());
        app.stop().await;
    }
);
