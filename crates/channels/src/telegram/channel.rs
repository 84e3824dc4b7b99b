//! A bot as a channel.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use omni_outbound::Outbound;
use serde_json::json;
use url::Url;

use super::UPLOAD_BYTES;
use super::revise::{done, once_more};
use super::token::{BadToken, Token};
use super::transport::Transport;
use crate::{
    Capabilities, Channel, Check, Delivery, FetchError, FetchedFile, OutboundEdit, OutboundMessage,
};

/// How long calls may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// An ordinary call.
    pub call: Duration,
    /// Sending a file.
    pub upload: Duration,
    /// Fetching a file.
    pub download: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            call: Duration::from_secs(20),
            upload: Duration::from_secs(180),
            download: Duration::from_secs(180),
        }
    }
}

/// One bot. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Telegram {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    transport: Transport,
    deadlines: Deadlines,
}

impl Telegram {
    /// A bot by its token, at a Bot API server.
    pub fn new(outbound: Outbound, base_url: &Url, token: &str) -> Result<Self, BadToken> {
        Self::with_deadlines(outbound, base_url, token, Deadlines::default())
    }

    /// The same, with other patience.
    pub fn with_deadlines(
        outbound: Outbound,
        base_url: &Url,
        token: &str,
        deadlines: Deadlines,
    ) -> Result<Self, BadToken> {
        let token = Token::parse(token)?;
        let transport = Transport::new(outbound, base_url.clone(), token);
        Ok(Self {
            inner: Arc::new(Inner {
                transport,
                deadlines,
            }),
        })
    }

    pub(super) fn transport(&self) -> &Transport {
        &self.inner.transport
    }

    pub(super) fn deadlines(&self) -> Deadlines {
        self.inner.deadlines
    }
}

#[async_trait]
impl Channel for Telegram {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            file_bytes: UPLOAD_BYTES,
            typing: true,
            receipts: false,
        }
    }

    async fn send(&self, message: OutboundMessage) -> Delivery {
        self.deliver(message).await
    }

    async fn edit(&self, edit: OutboundEdit) -> Delivery {
        self.revise(edit).await
    }

    async fn delete(&self, external_id: &str, provider_ids: &[String]) -> Delivery {
        self.retract(external_id, provider_ids).await
    }

    async fn react(&self, external_id: &str, provider_id: &str, emoji: Option<&str>) -> Delivery {
        self.set_reaction(external_id, provider_id, emoji).await
    }

    async fn typing(&self, external_id: &str) {
        let Ok(chat_id) = external_id.parse::<i64>() else {
            return;
        };
        let body = json!({"chat_id": chat_id, "action": "typing"});
        if let Err(error) = self.ask::<bool>("sendChatAction", &body).await {
            tracing::debug!(error.code = error.code(), "typing was not shown");
        }
    }

    async fn acknowledge(&self, callback: &str) -> Delivery {
        let body = json!({"callback_query_id": callback});
        match self.ask::<bool>("answerCallbackQuery", &body).await {
            Ok(_) => done(),
            // Nobody waits for it any more.
            Err(error) if error.says("query is too old") => done(),
            Err(error) => once_more(error),
        }
    }

    async fn tell_group(&self, chat: &str, locale: Option<&str>) -> Delivery {
        self.say_farewell(chat, locale).await
    }

    async fn leave_group(&self, chat: &str) -> Delivery {
        self.leave(chat).await
    }

    async fn fetch_file(&self, handle: &str) -> Result<FetchedFile, FetchError> {
        self.download(handle).await
    }

    async fn check(&self) -> Check {
        self.inspect().await
    }
}
