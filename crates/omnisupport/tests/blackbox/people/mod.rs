//! People, teams, and who gets what.

mod inviting;
mod managing;
mod seeing;
mod skills;
mod teams;

use omni_testkit::{Api, Salon, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

fn id(thing: &Value) -> &str {
    thing["id"].as_str().expect("an id")
}

fn at(conversation: &Value, below: &str) -> String {
    format!("/api/v1/conversations/{}{below}", id(conversation))
}

fn operator(of: Uuid) -> String {
    format!("/api/v1/operators/{of}")
}

/// A conversation with a visitor of this widget who has just written.
async fn writes(app: &TestApp, salon: &Salon, widget: &Value, name: &str) -> Value {
    let body = json!({"widget_key": widget["widget_key"], "visitor": {"name": name}});
    let session = app.stranger().post("/api/v1/widget/sessions", &body).await;
    let session = session.expect(200);
    let text = json!({"content_type": "text", "content": {"text": "Здравствуйте!"}});
    app.stranger()
        .with_token(session["session_token"].as_str().expect("a token"))
        .post("/api/v1/widget/messages", &text)
        .await
        .expect(201);
    salon.conversation_with(name).await
}

async fn make_team(salon: &Salon, name: &str, members: &[Uuid]) -> Value {
    let body = json!({"name": name, "members": members});
    salon.owner.post("/api/v1/teams", &body).await.expect(201)
}

/// The conversation as it is now.
async fn now(api: &Api, conversation: &Value) -> Value {
    api.get(&at(conversation, "")).await.expect(200)
}
