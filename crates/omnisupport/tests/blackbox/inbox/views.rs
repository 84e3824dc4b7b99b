//! Saved views of the inbox.

use omni_testkit::{Api, TestApp, TestDatabase, both_engines};
use serde_json::{Value, json};

use super::id;

const PATH: &str = "/api/v1/views";

fn view(name: &str, filter: Value, scope: &str) -> Value {
    json!({"name": name, "filter": filter, "scope": scope})
}

fn one(view: &Value) -> String {
    format!("{PATH}/{}", id(view))
}

async fn names(who: &Api) -> Vec<String> {
    let list = who.get(PATH).await.expect(200);
    let items = list["items"].as_array().expect("a list");
    assert_eq!(list["total"], items.len());
    let name = |one: &Value| one["name"].as_str().expect("a name").to_owned();
    items.iter().map(name).collect()
}

both_engines!(
    views_are_everybody_s_or_one_s_own,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, anna) = salon.hires("anna", "operator").await;
        let (_, vera) = salon.hires("vera", "viewer").await;
        let filter =
            json!({"status": "open", "assigned_to": "me", "tag": "vip", "channel": "widget"});
        let shared = view("Важные", filter.clone(), "all");
        anna.post(PATH, &shared).await.refused(403, "forbidden");
        let shared = salon.owner.post(PATH, &shared).await.expect(201);
        assert_eq!(shared["filter"], filter);
        let own = view(
            "Отложенные",
            json!({"status": "pending", "snoozed": true}),
            "own",
        );
        let own = anna.post_once(PATH, "k", &own).await.expect(201);
        let again = view(
            "Отложенные",
            json!({"status": "pending", "snoozed": true}),
            "own",
        );
        assert_eq!(anna.post_once(PATH, "k", &again).await.expect(201), own);
        vera.post(PATH, &view("Все", json!({}), "own"))
            .await
            .expect(201);
        assert_eq!(names(&anna).await, ["Важные", "Отложенные"]);
        assert_eq!(names(&vera).await, ["Важные", "Все"]);
        assert!(names(&app.salon().await.owner).await.is_empty());

        let renamed = json!({"name": "x"});
        anna.patch(&one(&shared), &renamed)
            .await
            .refused(403, "forbidden");
        anna.delete(&one(&shared)).await.refused(403, "forbidden");
        vera.patch(&one(&own), &renamed)
            .await
            .refused(404, "not_found");
        anna.patch(&one(&own), &json!({"scope": "all"}))
            .await
            .refused(403, "forbidden");
        let patched = anna
            .patch(
                &one(&own),
                &json!({"name": "Спящие", "filter": {"tag": "vip"}}),
            )
            .await
            .expect(200);
        assert_eq!(
            (&patched["name"], &patched["filter"]),
            (&json!("Спящие"), &json!({"tag": "vip"}))
        );
        assert_eq!(anna.delete(&one(&own)).await.status, 204);
        assert_eq!(names(&anna).await, ["Важные"]);
        let log = salon
            .owner
            .get("/api/v1/audit")
            .await
            .expect(200)
            .to_string();
        assert!(log.contains("view.created") && !log.contains("view.deleted"));
        app.stop().await;
    }
);

both_engines!(views_have_bounds, |database: TestDatabase| async move {
    let app = TestApp::start(database).await;
    let salon = app.salon().await;
    let (_, anna) = salon.hires("anna", "operator").await;
    for wrong in [
        view("", json!({}), "own"),
        view("two\nlines", json!({}), "own"),
        view(&"x".repeat(201), json!({}), "own"),
        view("x", json!({"status": "lost"}), "own"),
        view("x", json!({"assigned_to": "you"}), "own"),
        view("x", json!({"tag": "x".repeat(65)}), "own"),
        view("x", json!({"tag": ""}), "own"),
        view("x", json!({"limit": 7}), "own"),
        view("x", json!({}), "team"),
        json!({"name": "x", "scope": "own"}),
    ] {
        anna.post(PATH, &wrong).await.refused(422, "invalid");
    }
    for n in 0..50 {
        let good = view(&n.to_string(), json!({}), "own");
        anna.post(PATH, &good).await.expect(201);
    }
    let one_more = view("50", json!({}), "own");
    anna.post(PATH, &one_more).await.refused(422, "invalid");
    salon.owner.post(PATH, &one_more).await.expect(201);
    app.stop().await;
});
