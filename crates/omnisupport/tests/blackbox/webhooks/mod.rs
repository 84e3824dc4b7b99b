//! A company's own programs are told what happens (guarantees S35, S70 to S72, F63).

mod edges;
mod failing;
mod replay;
mod secrets;
mod telling;

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use omni_model::{Clock, SystemClock};
use omni_simulators::receiver::{Letter, WebhookReceiver};
use omni_testkit::{Api, Salon, TestApp, TestDatabase, eventually};
use omni_workers::Intervals;
use omnisupport::StartOptions;
use serde_json::{Value, json};
use sha2::Sha256;

/// An installation that may call this machine, and looks often for what is to be sent again.
async fn start(database: TestDatabase) -> TestApp {
    let asked = StartOptions {
        intervals: Intervals {
            upkeep: Duration::from_millis(50),
            ..Intervals::default()
        },
        ..StartOptions::default()
    };
    TestApp::start_as(database, &[("OUTBOUND_ALLOW_HOSTS", "127.0.0.1")], asked).await
}

async fn receiver() -> WebhookReceiver {
    WebhookReceiver::start().await.expect("a free port")
}

/// Lets this program be told of events of these types; the webhook, with its secret.
async fn tells(salon: &Salon, receiver: &WebhookReceiver, types: Value) -> Value {
    let body = json!({"url": receiver.url(), "types": types});
    let made = salon.owner.post("/api/v1/webhooks", &body).await;
    made.expect(201)
}

/// The address of a webhook, or of something below it.
fn at(webhook: &Value, below: &str) -> String {
    let id = webhook["id"].as_str().expect("an id");
    format!("/api/v1/webhooks/{id}{below}")
}

fn text(text: &str) -> Value {
    json!({"content_type": "text", "content": {"text": text}})
}

/// The key of a new widget.
async fn widget(salon: &Salon) -> String {
    let channel = salon.connects_widget().await;
    channel["widget_key"].as_str().expect("a key").to_owned()
}

/// Somebody on the site with this widget.
async fn visitor(app: &TestApp, key: &str, name: &str) -> Api {
    let body = json!({"widget_key": key, "visitor": {"name": name}});
    let opened = app.stranger().post("/api/v1/widget/sessions", &body).await;
    let opened = opened.expect(200);
    app.stranger()
        .with_token(opened["session_token"].as_str().expect("a token"))
}

async fn writes(visitor: &Api, words: &str) {
    let sent = visitor.post("/api/v1/widget/messages", &text(words)).await;
    sent.expect(201);
}

/// The texts of the new messages that a program was told of, in the order in which it was.
fn texts(letters: &[Letter]) -> Vec<&str> {
    letters
        .iter()
        .filter(|letter| letter.kind() == "message.new")
        .filter_map(|letter| letter.body["data"]["message"]["content"]["text"].as_str())
        .collect()
}

/// Waits until a program was told of a message with this text; that letter.
async fn gets(receiver: &WebhookReceiver, words: &str) -> Letter {
    eventually(&format!("a letter about {words}"), || async {
        let letters = receiver.letters();
        letters
            .into_iter()
            .find(|it| texts(std::slice::from_ref(it)) == [words])
    })
    .await
}

/// A webhook's deliveries, the newest event first.
async fn deliveries(salon: &Salon, webhook: &Value, filter: &str) -> Vec<Value> {
    let path = at(webhook, &format!("/deliveries?limit=200{filter}"));
    let list = salon.owner.get(&path).await.expect(200);
    list["items"].as_array().expect("a list").clone()
}

/// Waits until so many deliveries of a webhook are in this state.
async fn are(salon: &Salon, webhook: &Value, state: &str, count: usize) -> Vec<Value> {
    eventually(&format!("{count} to be {state}"), || async {
        let found = deliveries(salon, webhook, &format!("&state={state}")).await;
        (found.len() == count).then_some(found)
    })
    .await
}

/// Lets the time of all that is to be tried again come now.
async fn time_passes(app: &TestApp) {
    let sql = "UPDATE webhook_deliveries SET retry_at = 1 WHERE retry_at IS NOT NULL";
    app.database().execute(sql).await;
}

/// Seconds since the epoch.
fn time_now() -> i64 {
    SystemClock.now().seconds()
}

/// Looks whether this secret signed a letter, as the specification of Standard Webhooks tells receivers to.
fn is_signed(letter: &Letter, secret: &Value) -> bool {
    let words = secret.as_str().expect("a secret");
    let key = words.strip_prefix("whsec_").expect("the prefix");
    let key = STANDARD.decode(key).expect("base64");
    assert!((24..=64).contains(&key.len()), "24 to 64 bytes");
    let mut signed = format!("{}.{}.", letter.id, letter.timestamp).into_bytes();
    signed.extend_from_slice(&letter.bytes);
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("any length will do");
    mac.update(&signed);
    let expected = STANDARD.encode(mac.finalize().into_bytes());
    let mut signatures = letter.signature.split(' ');
    signatures.any(|it| it.split_once(',') == Some(("v1", expected.as_str())))
}
