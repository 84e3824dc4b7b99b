//! Settings of a company and its audit log.

use omni_testkit::{TestApp, TestDatabase, both_engines};
use serde_json::json;

const PATH: &str = "/api/v1/settings/routing";

both_engines!(
    routing_is_set_and_told,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let defaults = json!({
            "strategy": "least_loaded", "skills_fallback": "any", "capacity": 10,
            "requeue_after_seconds": 300, "reopen_within_hours": 72, "visibility": "all",
        });
        assert_eq!(salon.owner.get(PATH).await.expect(200), defaults);

        let wanted = json!({"strategy": "manual", "capacity": 3, "visibility": "own"});
        let set = salon.owner.put(PATH, &wanted).await.expect(200);
        assert_eq!(set["strategy"], "manual");
        assert_eq!(set["reopen_within_hours"], 72);
        assert_eq!(salon.owner.get(PATH).await.expect(200), set);
        // Twice the same is one change.
        salon.owner.put(PATH, &set).await.expect(200);

        for (field, value) in [
            ("capacity", json!(0)),
            ("capacity", json!("many")),
            ("requeue_after_seconds", json!(-1)),
            ("reopen_within_hours", json!(100_000)),
            ("strategy", json!("random")),
            ("unknown", json!(1)),
        ] {
            let mut body = defaults.clone();
            body[field] = value;
            let problem = salon.owner.put(PATH, &body).await.refused(422, "invalid");
            assert_eq!(problem["errors"][0]["pointer"], format!("/{field}"));
        }
        let other = app.salon().await;
        assert_eq!(other.owner.get(PATH).await.expect(200), defaults);

        let audit = salon.owner.get("/api/v1/audit").await.expect(200);
        let actions: Vec<&str> = audit["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["action"].as_str().unwrap())
            .collect();
        assert_eq!(actions, ["settings.routing_changed", "tenant.created"]);
        let line = &audit["items"][0];
        assert_eq!(line["actor_id"], salon.owner_id.to_string());
        assert_eq!(line["changes"]["from"]["strategy"], "least_loaded");
        assert_eq!(line["changes"]["to"]["strategy"], "manual");
        app.stop().await;
    }
);
