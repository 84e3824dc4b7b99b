//! What people do with conversations, files, channels and the widget.

mod addresses;
mod assigning;
mod bucket;
mod bulk;
mod canned;
mod channels;
mod disguises;
mod drafts;
mod files;
mod lists;
mod load;
mod notes;
mod places;
mod replies;
mod search;
mod sight;
mod status;
mod tags;
mod views;
mod widget;
mod widget_identity;

use omni_testkit::{Answer, Api, Salon, TestApp};
use serde_json::{Value, json};

/// The address of a conversation, or of something below it.
fn at(conversation: &Value, below: &str) -> String {
    format!("/api/v1/conversations/{}{below}", id(conversation))
}

/// Something's id.
fn id(thing: &Value) -> &str {
    thing["id"].as_str().expect("an id")
}

/// A text as a body.
fn text(text: &str) -> Value {
    json!({"content_type": "text", "content": {"text": text}})
}

/// The messages of a conversation, from the start.
async fn thread(api: &Api, conversation: &Value) -> Vec<Value> {
    let page = api
        .get(&at(conversation, "/messages?after=0&limit=200"))
        .await
        .expect(200);
    page["items"].as_array().expect("a list").clone()
}

/// A widget and its key.
async fn widget(salon: &Salon) -> (Value, String) {
    let channel = salon.connects_widget().await;
    let key = channel["widget_key"].as_str().expect("a key").to_owned();
    (channel, key)
}

/// Opens a visitor's session.
async fn open(app: &TestApp, key: &str, visitor: Value) -> Answer {
    let body = json!({"widget_key": key, "visitor": visitor});
    app.stranger().post("/api/v1/widget/sessions", &body).await
}

/// A visitor of this name, ready to write.
async fn visitor(app: &TestApp, key: &str, name: &str) -> Api {
    let opened = open(app, key, json!({"name": name})).await.expect(200);
    app.stranger()
        .with_token(opened["session_token"].as_str().expect("a token"))
}

/// A conversation with a visitor who has just written.
async fn conversation(app: &TestApp, salon: &Salon, key: &str, name: &str) -> (Api, Value) {
    let guest = visitor(app, key, name).await;
    guest
        .post("/api/v1/widget/messages", &text("Здравствуйте!"))
        .await
        .expect(201);
    (guest, salon.conversation_with(name).await)
}

/// The path of a signed address.
pub(crate) fn path_of(url: &Value) -> String {
    let url = url.as_str().expect("an address");
    let (_, path) = url.split_once("/api/").expect("an address of ours");
    format!("/api/{path}")
}
