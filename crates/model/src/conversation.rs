//! Conversations.

use serde::{Deserialize, Serialize};

use crate::{
    ChannelId, ChannelKind, ContentType, ConversationId, CustomerId, Direction, MessageId,
    MessageStatus, SenderType, TeamBrief, TenantId, Timestamp, UserId, word_enum,
};

word_enum! {
    /// Where a conversation is in its life.
    ConversationStatus {
        /// Waits for us.
        Open = "open",
        /// Waits for the customer or for a time.
        Pending = "pending",
        /// Answered; a message within the reopening window opens it again.
        Resolved = "resolved",
        /// Over; the next message starts a new one.
        Closed = "closed",
    }
}

impl ConversationStatus {
    /// Whether it counts as somebody's work.
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Open | Self::Pending)
    }
}

word_enum! {
    /// What ended a conversation's sleep.
    WokenBy {
        /// Its time came.
        Time = "time",
        /// The customer wrote.
        Customer = "customer",
        /// An operator opened it.
        Operator = "operator",
    }
}

word_enum! {
    /// How urgent a conversation is.
    Priority {
        Low = "low",
        Normal = "normal",
        High = "high",
        Urgent = "urgent",
    }
}

/// Why a conversation is with whom it is with: shown to people, so it names the rule and the numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum AssignReason {
    /// The online operator with the fewest active conversations.
    LeastLoaded {
        active: i64,
        capacity: i64,
        candidates: i64,
    },
    /// The operator with the fewest open conversations among those who fit.
    Skills {
        active: i64,
        capacity: i64,
        /// How many fitted and were online.
        candidates: i64,
        /// The skills it asked for.
        skills: Vec<String>,
        /// The team it was for.
        team: Option<String>,
        /// Nobody online had the skills, so that anybody was chosen.
        fallback: bool,
    },
    /// Somebody gave it to a team, where it waits for a member; nobody by name where a program did.
    Team { by: Option<UserId>, team: String },
    /// An operator took it from the queue.
    Taken,
    /// Somebody assigned it; nobody by name where a program did it with an API key.
    Manual { by: Option<UserId> },
    /// Somebody put it back into the queue; nobody by name where a program did it with an API key.
    Unassigned { by: Option<UserId> },
    /// Its operator left: he did not come back in time, or may not come in any more.
    OperatorLeft { operator: UserId },
    /// Its operator replied first.
    Replied,
    /// It came outside business hours, and waits for the opening; none where that is more than a year ahead.
    OutsideHours { until: Option<Timestamp> },
}

/// The customer in a conversation, in brief.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CustomerBrief {
    pub id: CustomerId,
    pub name: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub locale: Option<String>,
    /// Whether a signed identify proved who this is.
    pub verified: bool,
    /// Whether the team does not want to hear him.
    pub blocked: bool,
}

/// The newest message of a conversation, for lists.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LastMessage {
    pub id: MessageId,
    pub seq: i64,
    pub direction: Direction,
    pub sender_type: SenderType,
    pub content_type: ContentType,
    /// The first 200 characters of the text or caption.
    pub preview: String,
    pub status: MessageStatus,
    pub private: bool,
    pub created_at: Timestamp,
}

/// A conversation as the API shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Conversation {
    pub id: ConversationId,
    pub tenant_id: TenantId,
    pub customer: CustomerBrief,
    pub channel: ChannelKind,
    pub channel_id: ChannelId,
    pub status: ConversationStatus,
    pub priority: Priority,
    pub tags: Vec<String>,
    pub assigned_to: Option<UserId>,
    /// The team it is for; without an operator it waits for a member.
    pub team: Option<TeamBrief>,
    pub assigned_reason: Option<AssignReason>,
    /// The customer's messages that no operator has read.
    pub unread_count: i64,
    pub last_message: Option<LastMessage>,
    pub created_at: Timestamp,
    /// The last activity; lists are ordered by it.
    pub updated_at: Timestamp,
    pub resolved_at: Option<Timestamp>,
    pub snooze_until: Option<Timestamp>,
    /// What ended its sleep; told until somebody answers or moves it on.
    pub woken_by: Option<WokenBy>,
    #[schema(value_type = Object)]
    pub metadata: serde_json::Value,
}
