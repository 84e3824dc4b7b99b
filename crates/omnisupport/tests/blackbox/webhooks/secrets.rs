//! Secrets: shown once, replaced without a gap.

use omni_testkit::{TestDatabase, both_engines};
use serde_json::{Value, json};

use super::{at, gets, is_signed, receiver, start, tells, visitor, widget, writes};

both_engines!(
    a_new_secret_signs_beside_the_old_one_for_a_day,
    |database: TestDatabase| async move {
        let app = start(database).await;
        let salon = app.salon().await;
        let receiver = receiver().await;
        let made = tells(&salon, &receiver, json!(["message.new"])).await;
        let first = made["secret"].as_str().unwrap();
        assert!(first.ends_with(made["secret_hint"].as_str().unwrap()));
        for path in [
            at(&made, ""),
            "/api/v1/webhooks".to_owned(),
            "/api/v1/audit".to_owned(),
        ] {
            let told = salon.owner.get(&path).await.expect(200).to_string();
            assert!(!told.contains(first), "{path}");
        }
        omni_testkit::expect_stored(app.database(), first.trim_start_matches("whsec_"), false)
            .await;
        let key = widget(&salon).await;
        let anna = visitor(&app, &key, "Анна").await;
        writes(&anna, "one").await;
        let letter = gets(&receiver, "one").await;
        assert!(is_signed(&letter, &made["secret"]));
        assert_eq!(letter.signature.split(' ').count(), 1);

        let renewed = salon
            .owner
            .post(&at(&made, "/secret"), &Value::Null)
            .await
            .expect(200);
        assert_ne!(renewed["secret"], made["secret"]);
        assert!(renewed["old_secret_until"].is_string());
        writes(&anna, "two").await;
        let letter = gets(&receiver, "two").await;
        assert!(is_signed(&letter, &made["secret"]) && is_signed(&letter, &renewed["secret"]));
        assert_eq!(letter.signature.split(' ').count(), 2);

        // A day later.
        app.database()
            .execute("UPDATE webhooks SET old_secret_until = 1")
            .await;
        writes(&anna, "three").await;
        let letter = gets(&receiver, "three").await;
        assert!(!is_signed(&letter, &made["secret"]) && is_signed(&letter, &renewed["secret"]));
        let shown = salon.owner.get(&at(&made, "")).await.expect(200);
        assert_eq!(shown["old_secret_until"], Value::Null);
        // A letter that somebody changed on its way is not signed.
        let mut forged = letter.clone();
        forged.bytes = forged.bytes.iter().chain(b" ").copied().collect();
        assert!(!is_signed(&forged, &renewed["secret"]));
        app.stop().await;
    }
);

both_engines!(
    a_request_that_arrives_twice_makes_one_webhook,
    |database: TestDatabase| async move {
        let app = start(database).await;
        let salon = app.salon().await;
        let body = json!({"url": "https://example.com/hook"});
        let make = || salon.owner.post_once("/api/v1/webhooks", "one", &body);
        let (first, second) = (make().await.expect(201), make().await.expect(201));
        assert_eq!(first["id"], second["id"]);
        assert_eq!(first["secret"], second["secret"]);
        let list = salon.owner.get("/api/v1/webhooks").await.expect(200);
        assert_eq!(list["total"], 1);
        app.stop().await;
    }
);
