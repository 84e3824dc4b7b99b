//! What every channel can do.

use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;
use omni_model::{ChannelStatus, SendError, Timestamp};

use crate::{Delivery, OutboundEdit, OutboundMessage};

/// One configured channel: a bot, a number, an account.
#[async_trait]
pub trait Channel: Send + Sync {
    /// What the channel takes.
    fn capabilities(&self) -> Capabilities;

    /// Hands a message over, in as many pieces as the channel needs.
    async fn send(&self, message: OutboundMessage) -> Delivery;

    /// Changes what a sent message says. Repeating it does no harm.
    async fn edit(&self, edit: OutboundEdit) -> Delivery;

    /// Takes a sent message back, by the channel's ids of its pieces. Repeating it does no harm.
    async fn delete(&self, external_id: &str, provider_ids: &[String]) -> Delivery;

    /// Reacts to a message in place of an earlier reaction; `None` takes it back. Repeating it does no harm.
    async fn react(&self, external_id: &str, provider_id: &str, emoji: Option<&str>) -> Delivery;

    /// Shows the customer that somebody is writing. Nobody waits for it, so a failure tells nobody.
    async fn typing(&self, external_id: &str);

    /// Tells the channel that a button press arrived. Repeating it does no harm.
    async fn acknowledge(&self, callback: &str) -> Delivery;

    /// Tells a group, in the language of whoever acted there, that people are answered elsewhere.
    async fn tell_group(&self, chat: &str, locale: Option<&str>) -> Delivery;

    /// Leaves a group. Repeating it does no harm.
    async fn leave_group(&self, chat: &str) -> Delivery;

    /// Fetches a file that the channel keeps.
    async fn fetch_file(&self, handle: &str) -> Result<FetchedFile, FetchError>;

    /// Asks the channel how things stand.
    async fn check(&self) -> Check;
}

/// What a channel takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Bytes of a file that can be sent.
    pub file_bytes: u64,
    /// Whether the customer can be shown that somebody is writing.
    pub typing: bool,
    /// Whether the channel reports `delivered` and `read`.
    pub receipts: bool,
}

/// The bytes of a file on its way in.
pub type FileBody = BoxStream<'static, Result<Bytes, FetchError>>;

/// A file as the channel hands it out.
pub struct FetchedFile {
    /// What the channel says it is; the bytes may say otherwise.
    pub mime_type: Option<String>,
    /// Bytes, where told.
    pub size: Option<u64>,
    pub body: FileBody,
}

impl FetchedFile {
    /// Reads all of it into memory.
    pub async fn into_bytes(self) -> Result<Bytes, FetchError> {
        let whole = self
            .body
            .try_fold(BytesMut::new(), |mut whole, chunk| async move {
                whole.extend_from_slice(&chunk);
                Ok(whole)
            })
            .await?;
        Ok(whole.freeze())
    }
}

/// Why a file could not be fetched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// Larger than the channel hands out, or than we take.
    #[error("the file is too large")]
    TooLarge,
    /// The channel no longer has it.
    #[error("the channel no longer has this file")]
    Gone,
    /// Refused; asking again does not help.
    #[error("the channel refused the file: {}", .0.code)]
    Refused(SendError),
    /// Not now.
    #[error("the file cannot be fetched right now: {}", .error.code)]
    RetryLater {
        after: Option<Duration>,
        error: SendError,
    },
}

/// How a channel stands, for the settings page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub status: ChannelStatus,
    /// A stable word: `ok`, or one of [`crate::error_codes`].
    pub code: &'static str,
    /// In words.
    pub detail: String,
    /// Whom the credentials belong to, where the channel told.
    pub account: Option<Account>,
    /// How the channel hands updates over, where it told.
    pub webhook: Option<WebhookState>,
}

/// Whom the credentials belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The channel's id of it.
    pub id: String,
    pub name: String,
    /// Without the leading `@`.
    pub username: Option<String>,
}

/// What the channel says about handing updates over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebhookState {
    /// Where updates go; `None` while they are polled.
    pub url: Option<String>,
    /// Updates that wait to be handed over.
    pub pending: u64,
    /// What went wrong last.
    pub last_error: Option<String>,
    pub last_error_at: Option<Timestamp>,
    /// Whether all kinds of updates are handed over that we act on.
    pub complete: bool,
}
