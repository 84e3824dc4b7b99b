//! What reaches the screens, and what does not.

mod broken;
mod colleagues;
mod ending;
mod entry;
mod presence;
mod resume;
mod sight;
mod slow;
mod visitors;
mod waiting;

use std::time::Duration;

use omni_core::live::LiveOptions;
use omni_testkit::{Api, Salon, Socket, TestApp, TestDatabase, seqs};
use omnisupport::StartOptions;
use serde_json::{Value, json};

/// An installation whose sockets are less patient.
async fn app_with(database: TestDatabase, live: LiveOptions) -> TestApp {
    let asked = StartOptions {
        live,
        ..StartOptions::default()
    };
    TestApp::start_as(database, &[], asked).await
}

fn kinds(frames: &[Value]) -> Vec<&str> {
    frames
        .iter()
        .filter_map(|frame| frame["type"].as_str())
        .collect()
}

fn texts(frames: &[Value]) -> Vec<&str> {
    frames
        .iter()
        .filter_map(|frame| frame["message"]["content"]["text"].as_str())
        .collect()
}

/// The newest event of a salon.
async fn head(salon: &Salon) -> i64 {
    let mut socket = salon.socket(salon.owner_id, &salon.owner, None).await;
    socket.expect("operator.connected").await["seq"]
        .as_i64()
        .expect("a number")
}

/// A visitor of the salon's page.
struct Visitor {
    api: Api,
    token: String,
}

impl Visitor {
    /// Opens the page that carries this widget.
    async fn arrives(app: &TestApp, widget: &Value, name: &str) -> Self {
        let body = json!({"widget_key": widget["widget_key"], "visitor": {"name": name}});
        let session = app.stranger().post("/api/v1/widget/sessions", &body).await;
        let session = session.expect(200);
        let token = session["session_token"]
            .as_str()
            .expect("a token")
            .to_owned();
        Self {
            api: app.stranger().with_token(&token),
            token,
        }
    }

    /// Opens the salon's page, whose first widget is made for it.
    async fn of(app: &TestApp, salon: &Salon, name: &str) -> Self {
        let widget = salon.connects_widget().await;
        Self::arrives(app, &widget, name).await
    }

    /// Мария, who has written a message: she, the message and its conversation.
    async fn who_wrote(app: &TestApp, salon: &Salon) -> (Self, Value, Value) {
        let maria = Self::of(app, salon, "Мария").await;
        let first = maria.writes("привет").await;
        let conversation = salon.conversation_with("Мария").await;
        (maria, first, conversation)
    }

    /// Writes; the stored message.
    async fn writes(&self, text: &str) -> Value {
        let body = json!({"content_type": "text", "content": {"text": text}});
        self.api
            .post("/api/v1/widget/messages", &body)
            .await
            .expect(201)["message"]
            .clone()
    }

    /// Connects its socket.
    async fn connects(&self, after: Option<&Value>) -> Socket {
        let mut socket = self.knocks("https://salon.example", after).await;
        socket.expect("widget.connected").await;
        socket
    }

    /// Opens its socket on a page of this origin and says who it is.
    async fn knocks(&self, origin: &'static str, after: Option<&Value>) -> Socket {
        let mut socket = Socket::open_from(self.api.addr(), "/api/v1/widget/ws", origin).await;
        let mut hello = json!({"type": "widget.connect", "session_token": self.token});
        if let Some(after) = after {
            hello["after"] = after["id"].clone();
        }
        socket.say(&hello).await;
        socket
    }
}

/// Writes to the customer of a conversation.
async fn replies(api: &Api, conversation: &Value, text: &str) -> Value {
    writes_into(
        api,
        conversation,
        json!({"content_type": "text", "content": {"text": text}}),
    )
    .await
}

/// Leaves a note that only the team sees.
async fn notes(api: &Api, conversation: &Value, text: &str) -> Value {
    let note = json!({"content_type": "text", "content": {"text": text}, "private": true});
    writes_into(api, conversation, note).await
}

async fn writes_into(api: &Api, conversation: &Value, message: Value) -> Value {
    let path = format!("/api/v1/conversations/{}/messages", id(conversation));
    api.post(&path, &message).await.expect(201)["message"].clone()
}

async fn assigns(api: &Api, conversation: &Value, to: Value) {
    let path = format!("/api/v1/conversations/{}/assign", id(conversation));
    api.post(&path, &json!({"operator_id": to}))
        .await
        .expect(200);
}

fn id(of: &Value) -> &str {
    of["id"].as_str().expect("an id")
}

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
