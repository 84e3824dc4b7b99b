//! What a Telegram bot has beyond messages: groups, links that say where somebody comes from, keyboards, reactions.

mod groups;
mod keyboards;
mod links;
mod log;
mod reactions;
mod watching;

use omni_testkit::{Api, Salon, eventually};
use serde_json::{Value, json};

use super::telegram::thread;

/// The thread, once it is as it should be.
async fn once(salon: &Salon, conversation: &Value, is: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    eventually("the thread to be as it should", || async {
        let thread = thread(salon, conversation).await;
        is(&thread).then_some(thread)
    })
    .await
}

/// Writes a content into a conversation; answers the message, once it stands in Telegram.
async fn sends(
    salon: &Salon,
    who: &Api,
    conversation: &Value,
    kind: &str,
    content: Value,
) -> Value {
    let id = conversation["id"].as_str().unwrap();
    let path = format!("/api/v1/conversations/{id}/messages");
    let body = json!({"content_type": kind, "content": content});
    let written = who.post(&path, &body).await.expect(201);
    let message = written["message"]["id"].clone();
    eventually("the message to be sent", || async {
        let thread = thread(salon, conversation).await;
        let found = thread.iter().find(|it| it["id"] == message)?;
        (found["status"] == "sent").then(|| found.clone())
    })
    .await
}

/// The number of a message in its chat.
fn number(message: &Value) -> i64 {
    let id = message["channel_message_id"].as_str().unwrap();
    id.split_once(':').unwrap().1.parse().unwrap()
}
