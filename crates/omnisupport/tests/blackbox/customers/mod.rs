//! Customers: their cards, what is noted about them, whom one does not want to hear.

mod blocking;
mod card;
mod merging;
mod notes;
mod timeline;

use omni_testkit::{Answer, Api, Salon, TestApp};
use serde_json::{Value, json};

/// The address of the customer of a conversation, or of something below it.
fn card(conversation: &Value, below: &str) -> String {
    format!("/api/v1/customers/{}{below}", id(&conversation["customer"]))
}

fn at(conversation: &Value, below: &str) -> String {
    format!("/api/v1/conversations/{}{below}", id(conversation))
}

fn id(thing: &Value) -> &str {
    thing["id"].as_str().expect("an id")
}

fn text(text: &str) -> Value {
    json!({"content_type": "text", "content": {"text": text}})
}

fn items(list: &Value) -> &Vec<Value> {
    list["items"].as_array().expect("a list")
}

/// Somebody who writes in a company's widget: he, and his conversation.
async fn writes(app: &TestApp, salon: &Salon, widget: &Value, name: &str) -> (Api, Value) {
    let body = json!({"widget_key": widget["widget_key"], "visitor": {"name": name}});
    let opened = app.stranger().post("/api/v1/widget/sessions", &body).await;
    let token = opened.expect(200)["session_token"].clone();
    let guest = app.stranger().with_token(token.as_str().expect("a token"));
    says(&guest, "Здравствуйте!").await.expect(201);
    (guest, salon.conversation_with(name).await)
}

async fn says(guest: &Api, words: &str) -> Answer {
    guest.post("/api/v1/widget/messages", &text(words)).await
}
