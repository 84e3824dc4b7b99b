//! The company to measure with: it must be one that people could have made.

use omni_core::load::{Load, PASSWORD, SLUG};
use omni_testkit::{Api, TestApp, TestDatabase, both_engines};
use serde_json::{Value, json};

const LOAD: Load = Load {
    conversations: 300,
    messages: 3_000,
};

async fn total(owner: &Api, query: &str) -> u64 {
    let page = owner.get(&format!("/api/v1/conversations{query}")).await;
    page.expect(200)["total"].as_u64().unwrap()
}

both_engines!(
    a_company_to_measure_with_is_as_people_would_have_made_it,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        app.core().make_load(LOAD, |_| {}).await.unwrap();
        let body = json!({"email": "owner@load.local", "password": PASSWORD, "tenant": SLUG});
        let signed_in = app.stranger().post("/api/v1/auth/login", &body).await;
        let token = signed_in.expect(200)["access_token"].clone();
        let owner = app.stranger().with_token(token.as_str().unwrap());

        let mut by_status = 0;
        for status in ["open", "pending", "resolved", "closed"] {
            let count = total(&owner, &format!("?status={status}")).await;
            assert!(count > 0, "{status}");
            by_status += count;
        }
        assert_eq!(by_status, 300);
        assert_eq!(total(&owner, "").await, 300);

        // Messages stand in their threads, each once, and the list tells the last of them.
        let (mut cursor, mut messages) = (String::new(), 0);
        loop {
            let path = format!("/api/v1/conversations?limit=100{cursor}");
            let page = owner.get(&path).await.expect(200);
            for conversation in page["items"].as_array().unwrap() {
                let id = conversation["id"].as_str().unwrap();
                let path = format!("/api/v1/conversations/{id}/messages?limit=200");
                let thread = owner.get(&path).await.expect(200);
                let thread = thread["items"].as_array().unwrap().clone();
                let last = thread.last().unwrap();
                assert_eq!(last["id"], conversation["last_message"]["id"]);
                assert_eq!(conversation["unread_count"], unread(conversation, &thread));
                messages += last["seq"].as_u64().unwrap();
            }
            let Some(next) = page["next_cursor"].as_str() else {
                break;
            };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(messages, 3_000);

        let again = app.core().make_load(LOAD, |_| {}).await.unwrap_err();
        assert!(again.to_string().contains("there already"), "{again}");
        app.stop().await;
    }
);

/// The customer's last words that nobody answered, where it is open.
fn unread(conversation: &Value, thread: &[Value]) -> usize {
    if conversation["status"] != "open" {
        return 0;
    }
    let newest_first = thread.iter().rev();
    newest_first
        .take_while(|message| message["direction"] == "inbound")
        .count()
}
