//! Messages.

use serde::{Deserialize, Serialize};

use crate::{ContentType, ConversationId, MessageId, TenantId, Timestamp, word_enum};

word_enum! {
    /// Which way a message goes.
    Direction {
        /// From the customer.
        Inbound = "inbound",
        /// To the customer.
        Outbound = "outbound",
    }
}

word_enum! {
    /// Who wrote a message.
    SenderType {
        Customer = "customer",
        Operator = "operator",
        Bot = "bot",
    }
}

word_enum! {
    /// How far a message has come.
    MessageStatus {
        /// Stored; not handed to the channel yet.
        Queued = "queued",
        /// Being handed over right now. Committed before the call, so that a crash is visible.
        Sending = "sending",
        /// The channel took it.
        Sent = "sent",
        Delivered = "delivered",
        Read = "read",
        /// Surely not sent; `error` says why.
        Failed = "failed",
        /// Perhaps sent: the answer never came. A person decides whether to send again.
        Unknown = "unknown",
    }
}

impl MessageStatus {
    /// Whether a report of `next` moves a message in this state: forward only, so that a late `sent`
    /// never hides a `read`.
    pub const fn admits(self, next: Self) -> bool {
        self.rank() < next.rank()
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Queued => 0,
            Self::Sending => 1,
            Self::Unknown | Self::Failed => 2,
            Self::Sent => 3,
            Self::Delivered => 4,
            Self::Read => 5,
        }
    }
}

/// Why a message was not sent, in words fit for an operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SendError {
    /// A stable word: `blocked`, `bad_request`, `file_too_large`, `channel_unauthorised`, `timeout`, ...
    pub code: String,
    /// What the channel said, shortened, or our own words.
    pub detail: String,
}

/// A message as the API shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Message {
    pub id: MessageId,
    /// Gapless per conversation; the order of display.
    pub seq: i64,
    pub tenant_id: TenantId,
    pub conversation_id: ConversationId,
    pub direction: Direction,
    pub sender_type: SenderType,
    /// The customer or operator who wrote it.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub sender_id: Option<uuid::Uuid>,
    /// The channel's own id of the message.
    pub channel_message_id: Option<String>,
    pub content_type: ContentType,
    /// As the content type says: `{text}`, `{file_id, file_name, mime_type, size, url, caption?}`,
    /// `{latitude, longitude}`, `{name, phone}` or `{text, buttons}`.
    #[schema(value_type = Object)]
    pub content: serde_json::Value,
    pub status: MessageStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<SendError>,
    /// A note that only the team sees.
    pub private: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageId>,
    #[schema(value_type = Object)]
    pub metadata: serde_json::Value,
    /// When we received or stored it.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_move_a_message_forward_only() {
        assert!(MessageStatus::Sending.admits(MessageStatus::Unknown));
        assert!(MessageStatus::Unknown.admits(MessageStatus::Sent));
        assert!(MessageStatus::Sent.admits(MessageStatus::Read));
        assert!(!MessageStatus::Read.admits(MessageStatus::Sent));
        assert!(!MessageStatus::Sent.admits(MessageStatus::Failed));
        for &status in MessageStatus::ALL {
            assert!(!status.admits(status));
        }
    }
}
