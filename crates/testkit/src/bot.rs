//! A company's bot with the test in Telegram's place: any body, any number of times, in any order; and what is kept
//! of what it was handed.

use omni_model::{ChannelId, TenantScope};
use omni_store::raw_events::{self, LoggedEvent, RawState};
use reqwest::{Body, Method, RequestBuilder};
use serde_json::{Value, json};

use crate::{Answer, Api, Salon, TestApp, eventually};

/// The header that proves that Telegram calls.
const SECRET: &str = "X-Telegram-Bot-Api-Secret-Token";
/// When everything was written, in seconds since 1970.
const WRITTEN: i64 = 1_790_000_000;
/// More events than a story hands over.
const ALL: u64 = 10_000;

/// A connected bot.
pub struct Bot {
    /// Its channel, as the API answered it.
    pub channel: Value,
    /// What proves that Telegram calls; empty where it is us who ask.
    pub secret: String,
    scope: TenantScope,
    id: ChannelId,
    api: Api,
}

impl Bot {
    /// Connects the company's bot; its updates come by webhook.
    pub async fn called(app: &TestApp, salon: &Salon) -> Self {
        Self::over(app, salon, salon.connects_telegram().await)
    }

    /// Connects the company's bot; its updates are polled.
    pub async fn polled(app: &TestApp, salon: &Salon) -> Self {
        Self::over(app, salon, salon.polls_telegram().await)
    }

    fn over(app: &TestApp, salon: &Salon, channel: Value) -> Self {
        let id: Option<ChannelId> = channel["id"].as_str().and_then(|id| id.parse().ok());
        let secret = app.telegram.webhook_secret_of(salon.bot_id());
        Self {
            secret: secret.unwrap_or_default(),
            scope: TenantScope::of(salon.tenant_id.into()),
            id: id.expect("an id"),
            api: app.stranger(),
            channel,
        }
    }

    /// Telegram hands a body over.
    pub async fn receives(&self, body: impl Into<Body>) -> Answer {
        self.receives_with(&[self.secret.as_str()], body).await
    }

    /// Somebody hands a body over with these secrets, each in a header of its own.
    pub async fn receives_with(&self, secrets: &[&str], body: impl Into<Body>) -> Answer {
        let prove = |call: RequestBuilder, secret: &&str| call.header(SECRET, secret.as_bytes());
        let token = self.channel["webhook_token"].as_str().expect("a token");
        let path = format!("/api/v1/telegram/webhook/{token}");
        let call = self
            .api
            .request(Method::POST, &path)
            .header("Content-Type", "application/json")
            .body(body);
        self.api.send(secrets.iter().fold(call, prove)).await
    }

    /// How many of its updates are kept in this state.
    pub async fn kept(&self, app: &TestApp, state: RawState) -> u64 {
        raw_events::count(app.core().store().reader(), &self.scope, self.id, state)
            .await
            .expect("the store answers")
    }

    /// What it was handed, the newest first.
    pub async fn log(&self, app: &TestApp) -> Vec<LoggedEvent> {
        raw_events::latest(app.core().store().reader(), &self.scope, self.id, ALL)
            .await
            .expect("the store answers")
    }

    /// Waits until so many of its updates are done with, and none waits.
    pub async fn has_done(&self, app: &TestApp, count: u64) {
        eventually("the updates to be worked off", || async {
            let done = self.kept(app, RawState::Done).await;
            let waiting = self.kept(app, RawState::Pending).await;
            ((done, waiting) == (count, 0)).then_some(())
        })
        .await;
    }
}

/// A person whose updates the test writes itself; by the number of the chat.
#[derive(Clone, Copy, Debug)]
pub struct Guest(pub i64);

impl Guest {
    /// What Telegram calls the person.
    pub fn name(self) -> String {
        format!("Гость {}", self.0)
    }

    /// An update: the person wrote a text.
    pub fn writes(self, update_id: i64, message_id: i64, text: &str) -> Value {
        json!({"update_id": update_id, "message": self.message(message_id, text)})
    }

    /// An update: so many seconds later the person changed that text.
    pub fn edits(self, update_id: i64, message_id: i64, text: &str, later: i64) -> Value {
        let mut message = self.message(message_id, text);
        message["edit_date"] = (WRITTEN + later).into();
        json!({"update_id": update_id, "edited_message": message})
    }

    fn message(self, message_id: i64, text: &str) -> Value {
        json!({
            "message_id": message_id,
            "date": WRITTEN,
            "from": {"id": self.0, "is_bot": false, "first_name": self.name()},
            "chat": {"id": self.0, "type": "private", "first_name": self.name()},
            "text": text,
        })
    }
}
