//! What a channel adapter makes of a provider's update: the unified inbound message.

use serde::{Deserialize, Serialize};

use crate::{Button, Content, ContentType, MessageStatus, SendError, Timestamp};

/// Who wrote, as the channel knows him.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub name: String,
    pub username: Option<String>,
    /// Whether a signed identify proved who this is (widget).
    #[serde(default)]
    pub proven: bool,
    /// BCP 47, as the channel says.
    pub locale: Option<String>,
    /// Only where the channel proved it belongs to the writer.
    pub verified_phone: Option<String>,
    /// Only where the channel proved it belongs to the writer.
    pub verified_email: Option<String>,
}

/// A file that still lies with the provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteFile {
    /// The provider's handle (Telegram: `file_id`).
    pub handle: String,
    pub file_name: Option<String>,
    pub mime_type: Option<String>,
    /// Bytes, where told.
    pub size: Option<u64>,
}

/// An inbound content: like [`Content`], but files may still lie with the provider.
#[derive(Clone, Debug, PartialEq)]
pub enum InboundContent {
    Text {
        text: String,
    },
    File {
        kind: ContentType,
        file: RemoteFile,
        caption: Option<String>,
    },
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
    },
    /// Already here: a visitor's message, whose files were uploaded before it.
    Stored(Content),
}

/// One message from a customer.
#[derive(Clone, Debug, PartialEq)]
pub struct InboundMessage {
    /// The person's address in the channel: replies go there.
    pub external_id: String,
    pub profile: Profile,
    /// The provider's id of the message, unique within the channel.
    pub provider_id: String,
    pub content: InboundContent,
    /// The provider's id of the message this answers.
    pub reply_to_provider_id: Option<String>,
    /// The provider's time.
    pub sent_at: Timestamp,
    /// Small extras worth keeping: `album_id`, `button_data`, `truncated`, ...
    pub metadata: serde_json::Map<String, serde_json::Value>,
    /// A callback that the channel wants answered once the message is stored.
    pub acknowledge: Option<String>,
}

/// What one raw event turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub enum InboundItem {
    /// A new message.
    Message(Box<InboundMessage>),
    /// A message's new content. May overtake the original.
    Edited(Box<InboundMessage>),
    /// A report about a message of ours.
    Status {
        provider_id: String,
        status: MessageStatus,
        error: Option<SendError>,
    },
    /// What the customer's reactions to a message are now.
    Reaction {
        provider_id: String,
        emojis: Vec<String>,
        /// The provider's time.
        at: Timestamp,
    },
    /// The customer blocked or unblocked us.
    Blocked { external_id: String, blocked: bool },
    /// Something of a group, which is not served: it is told so, and left.
    Group {
        /// The channel's id of the group.
        chat: String,
        /// The language of whoever acted there, BCP 47.
        locale: Option<String>,
        /// Whether we were let in just now.
        invited: bool,
    },
    /// Nothing we act on (yet). Kept as raw JSON, shown in the channel's log.
    Unsupported { kind: String },
}
