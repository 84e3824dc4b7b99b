//! Messages on their way out.

use std::time::Duration;

use bytes::Bytes;
use omni_model::{Button, ContentType, Keyboard, SendError};

/// A message for a customer.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboundMessage {
    /// The person's address in the channel.
    pub external_id: String,
    pub content: OutboundContent,
    /// The channel's id of the message this answers.
    pub reply_to_provider_id: Option<String>,
    /// Whether buttons in place of the customer's keyboard go away with it.
    pub closes_keyboard: bool,
}

/// What a sent message is to say from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboundEdit {
    /// The person's address in the channel.
    pub external_id: String,
    /// The channel's id of the message.
    pub provider_id: String,
    pub words: EditedWords,
}

/// The part of a sent message that can change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditedWords {
    /// A text, with the buttons that stay under it.
    Text { text: String, buttons: Vec<Button> },
    /// The caption of a file; `None` leaves it without.
    Caption(Option<String>),
}

/// One file of an album.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboundFile {
    pub kind: ContentType,
    pub bytes: Bytes,
    pub file_name: String,
    pub mime_type: String,
    pub caption: Option<String>,
}

/// What it carries, with the bytes of files.
#[derive(Clone, Debug, PartialEq)]
pub enum OutboundContent {
    Text {
        text: String,
    },
    File(OutboundFile),
    /// Several files that belong together. The channel's ids come one for each, in this order.
    Album(Vec<OutboundFile>),
    Location {
        latitude: f64,
        longitude: f64,
    },
    Contact {
        name: String,
        phone: String,
    },
    Interactive {
        text: String,
        buttons: Vec<Button>,
        keyboard: Keyboard,
    },
}

/// How handing a message over ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The channel took it, in one or more pieces.
    Sent { provider_ids: Vec<String> },
    /// Surely nothing was sent: another attempt repeats nothing.
    RetryLater {
        /// The wait that the channel asked for.
        after: Option<Duration>,
        error: SendError,
    },
    /// Surely nothing was sent, and another attempt would end the same way.
    Refused(SendError),
    /// All or a part of it may have arrived; a person decides.
    Unknown {
        /// The pieces that surely arrived.
        provider_ids_so_far: Vec<String>,
        error: SendError,
    },
}

/// The stable words of [`SendError::code`] that adapters use.
pub mod error_codes {
    /// The customer blocked us.
    pub const BLOCKED: &str = "blocked";
    /// The channel does not know this customer, or not any more.
    pub const RECIPIENT_GONE: &str = "recipient_gone";
    /// The conversation moved to another address.
    pub const CHAT_MIGRATED: &str = "chat_migrated";
    /// The channel refused what was sent.
    pub const BAD_REQUEST: &str = "bad_request";
    /// The file is larger than the channel takes.
    pub const FILE_TOO_LARGE: &str = "file_too_large";
    /// The channel does not accept our credentials.
    pub const CHANNEL_UNAUTHORISED: &str = "channel_unauthorised";
    /// Too many messages at once.
    pub const RATE_LIMITED: &str = "rate_limited";
    /// The channel said that it cannot do it now.
    pub const CHANNEL_UNAVAILABLE: &str = "channel_unavailable";
    /// The channel could not be reached at all.
    pub const UNREACHABLE: &str = "unreachable";
    /// Our own guard refused the channel's address.
    pub const ADDRESS_BLOCKED: &str = "address_blocked";
    /// No answer in time.
    pub const TIMEOUT: &str = "timeout";
    /// The connection broke before the answer.
    pub const CONNECTION_LOST: &str = "connection_lost";
    /// The answer was not one of the channel's.
    pub const UNREADABLE_ANSWER: &str = "unreadable_answer";
    /// Somebody else reads this channel's updates.
    pub const CONFLICT: &str = "conflict";
}
