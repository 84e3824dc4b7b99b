//! The methods of the Bot API that set a bot up and read its updates.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::channel::Telegram;
use super::failures::CallError;
use super::transport::Bounds;

/// The kinds of updates we ask for.
pub const ALLOWED_UPDATES: &[&str] = &[
    "message",
    "edited_message",
    "callback_query",
    "message_reaction",
    "my_chat_member",
];

/// Bytes of an ordinary answer.
const ANSWER: u64 = 1024 * 1024;
/// Bytes of an answer with updates; Telegram cuts it at about four million.
const UPDATES: u64 = 16 * 1024 * 1024;
/// Webhook calls that Telegram may make at once.
const CONNECTIONS: u32 = 100;

/// Whom a token belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Bot {
    pub id: i64,
    #[serde(default)]
    pub first_name: String,
    /// Without the leading `@`.
    pub username: Option<String>,
}

/// Where Telegram hands updates over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct WebhookInfo {
    /// Empty while no webhook is set.
    pub url: String,
    pub pending_update_count: u64,
    /// Seconds since 1970.
    pub last_error_date: Option<i64>,
    pub last_error_message: Option<String>,
    pub max_connections: Option<u32>,
    pub allowed_updates: Vec<String>,
}

impl Telegram {
    /// Asks whose token this is.
    pub async fn get_me(&self) -> Result<Bot, CallError> {
        self.ask("getMe", &json!({})).await
    }

    /// Has updates handed over to `url`, each with the secret in its header. Which URLs are good is
    /// for Telegram to say: its answer is in the error.
    pub async fn set_webhook(&self, url: &str, secret: &str) -> Result<(), CallError> {
        let body = json!({
            "url": url,
            "secret_token": secret,
            "max_connections": CONNECTIONS,
            "allowed_updates": ALLOWED_UPDATES,
        });
        self.ask::<bool>("setWebhook", &body).await.map(|_| ())
    }

    /// Has updates kept until they are polled. Those that wait already are not lost.
    pub async fn delete_webhook(&self) -> Result<(), CallError> {
        self.ask::<bool>("deleteWebhook", &json!({}))
            .await
            .map(|_| ())
    }

    /// How handing over goes.
    pub async fn get_webhook_info(&self) -> Result<WebhookInfo, CallError> {
        self.ask("getWebhookInfo", &json!({})).await
    }

    /// Waits up to `timeout` for updates from `offset` on, which confirms all before it. The updates
    /// come as they are, so that one that nobody understands cannot spoil the others.
    pub async fn get_updates(
        &self,
        offset: i64,
        timeout: Duration,
        limit: u8,
    ) -> Result<Vec<Box<RawValue>>, CallError> {
        let body = json!({
            "offset": offset,
            "timeout": timeout.as_secs(),
            "limit": limit,
            "allowed_updates": ALLOWED_UPDATES,
        });
        let bounds = Bounds {
            within: timeout + self.deadlines().call,
            at_most: UPDATES,
        };
        let result = self.transport().call("getUpdates", &body, bounds).await?;
        typed(&result)
    }

    /// Calls a method and reads its result.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        method: &str,
        body: &Value,
    ) -> Result<T, CallError> {
        let result = self.transport().call(method, body, self.bounds()).await?;
        typed(&result)
    }

    pub(super) fn bounds(&self) -> Bounds {
        Bounds {
            within: self.deadlines().call,
            at_most: ANSWER,
        }
    }
}

fn typed<T: DeserializeOwned>(result: &RawValue) -> Result<T, CallError> {
    serde_json::from_str(result.get()).map_err(|_| CallError::Unreadable { status: 200 })
}
