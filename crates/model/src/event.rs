//! The tenant's event log: what happened, in commit order, by id and small difference. Never message
//! text, so that erasing a customer erases him; readers render from the tables at delivery.

use serde::{Deserialize, Serialize};

use crate::{ConversationId, Holder, MessageId, TeamId, Timestamp, UserId, word_enum};

word_enum! {
    /// A kind of durable event; the same words name WebSocket frames and webhook types.
    EventKind {
        MessageNew = "message.new",
        MessageUpdated = "message.updated",
        ConversationQueued = "conversation.queued",
        ConversationAssigned = "conversation.assigned",
        ConversationUpdated = "conversation.updated",
        ConversationRemoved = "conversation.removed",
        AiSuggestion = "ai.suggestion",
        Notification = "notification",
    }
}

/// Names one life of a tenant's log. Changes on restore, so that no cursor of before is trusted after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = Uuid)]
pub struct Epoch(pub uuid::Uuid);

/// An event about to be appended.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEvent {
    pub kind: EventKind,
    pub conversation_id: ConversationId,
    pub message_id: Option<MessageId>,
    /// Who had the conversation before this event; differs from `assigned_to` only when it moved.
    pub assigned_from: Option<UserId>,
    /// Who has it after.
    pub assigned_to: Option<UserId>,
    /// The team it was for; differs from `team_to` only when that changed.
    pub team_from: Option<TeamId>,
    /// The team it is for.
    pub team_to: Option<TeamId>,
}

impl NewEvent {
    /// An event about a conversation that stays with whom it is with.
    pub const fn about(kind: EventKind, conversation_id: ConversationId, holder: Holder) -> Self {
        Self {
            kind,
            conversation_id,
            message_id: None,
            assigned_from: holder.operator,
            assigned_to: holder.operator,
            team_from: holder.team,
            team_to: holder.team,
        }
    }

    /// The same event of a conversation that `holder` had before.
    #[must_use]
    pub const fn coming_from(mut self, holder: Holder) -> Self {
        self.assigned_from = holder.operator;
        self.team_from = holder.team;
        self
    }
}

/// An event of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Increases by one per event within the tenant, in commit order.
    pub seq: i64,
    pub kind: EventKind,
    pub conversation_id: ConversationId,
    pub message_id: Option<MessageId>,
    pub assigned_from: Option<UserId>,
    pub assigned_to: Option<UserId>,
    pub team_from: Option<TeamId>,
    pub team_to: Option<TeamId>,
    pub created_at: Timestamp,
}

impl Event {
    /// Who had the conversation before.
    pub const fn holder_before(&self) -> Holder {
        Holder {
            operator: self.assigned_from,
            team: self.team_from,
        }
    }

    /// Who has it after.
    pub const fn holder_after(&self) -> Holder {
        Holder {
            operator: self.assigned_to,
            team: self.team_to,
        }
    }

    /// Whether it moved.
    pub fn moved(&self) -> bool {
        self.holder_before() != self.holder_after()
    }
}
