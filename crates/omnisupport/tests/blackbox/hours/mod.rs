//! Business hours: who writes while nobody is there.

mod away;
mod places;
mod setting;
mod waiting;

use std::sync::Arc;
use std::time::Duration;

use omni_model::{ManualClock, Timestamp};
use omni_store::testing::number;
use omni_testkit::{Api, Salon, TestApp, TestDatabase, eventually};
use omni_workers::Intervals;
use omnisupport::StartOptions;
use serde_json::{Value, json};

const HOURS: &str = "/api/v1/settings/hours";

/// A Monday morning, two minutes before nine in London.
const MONDAY: i64 = 1_803_891_480;

/// An installation whose clock stands on a Monday morning, two minutes before nine, and is moved by hand.
async fn on_monday(database: TestDatabase) -> (TestApp, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(Timestamp::from_seconds(MONDAY)));
    let asked = StartOptions {
        clock: Arc::clone(&clock) as _,
        intervals: Intervals {
            upkeep: Duration::from_millis(50),
            ..Intervals::default()
        },
        ..StartOptions::default()
    };
    (TestApp::start_as(database, &[], asked).await, clock)
}

const fn minutes(n: u64) -> Duration {
    Duration::from_secs(n * 60)
}

/// Open on Mondays at these times.
fn mondays(intervals: &[(&str, &str)]) -> Value {
    let intervals: Vec<Value> = intervals
        .iter()
        .map(|(from, to)| json!({"from": from, "to": to}))
        .collect();
    json!({"time_zone": "Europe/London", "week": {"monday": intervals}})
}

async fn keeps(salon: &Salon, hours: &Value) -> Value {
    salon.owner.put(HOURS, hours).await.expect(200)
}

fn id(thing: &Value) -> &str {
    thing["id"].as_str().expect("an id")
}

fn at(conversation: &Value, below: &str) -> String {
    format!("/api/v1/conversations/{}{below}", id(conversation))
}

fn text(text: &str) -> Value {
    json!({"content_type": "text", "content": {"text": text}})
}

/// Opens a visitor's session; what he is answered, and he.
async fn opens(app: &TestApp, widget: &Value, visitor: Value) -> (Value, Api) {
    let body = json!({"widget_key": widget["widget_key"], "visitor": visitor});
    let opened = app.stranger().post("/api/v1/widget/sessions", &body).await;
    let opened = opened.expect(200);
    let token = opened["session_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    (opened, app.stranger().with_token(&token))
}

async fn says(guest: &Api, words: &str) {
    let path = "/api/v1/widget/messages";
    guest.post(path, &text(words)).await.expect(201);
}

/// What was said in a conversation, with who said it.
async fn said(salon: &Salon, conversation: &Value) -> Vec<(String, String)> {
    let path = at(conversation, "/messages?after=0&limit=200");
    let page = salon.owner.get(&path).await.expect(200);
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let messages = page["items"].as_array().expect("a list").iter();
    messages
        .map(|message| {
            (
                word(&message["sender_type"]),
                word(&message["content"]["text"]),
            )
        })
        .collect()
}

async fn now(salon: &Salon, conversation: &Value) -> Value {
    salon.owner.get(&at(conversation, "")).await.expect(200)
}

/// Waits until routing has looked at everything that was to be looked at.
async fn routed(app: &TestApp) {
    let lanes = "SELECT COUNT(*) FROM lanes WHERE queue = 'route'";
    eventually("routing to rest", || async {
        (number(&app.database().url, lanes).await == 0).then_some(())
    })
    .await;
}
