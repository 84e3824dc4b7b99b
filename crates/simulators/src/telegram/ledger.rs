//! What bots sent, in the order in which it was accepted.

use bytes::Bytes;
use omni_model::Timestamp;

/// One accepted message of a bot.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    pub at: Timestamp,
    pub bot_id: i64,
    pub chat_id: i64,
    pub message_id: i64,
    /// `sendMessage`, `sendPhoto`, ...
    pub method: &'static str,
    /// Text or caption.
    pub text: Option<String>,
    pub file: Option<SentFile>,
    /// The message it answers.
    pub reply_to: Option<i64>,
    /// The album it is a part of.
    pub album: Option<String>,
}

/// A file in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentFile {
    pub name: String,
    pub mime_type: String,
    pub bytes: Bytes,
}
