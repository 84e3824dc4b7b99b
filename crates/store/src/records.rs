//! Rows as types: what the repositories hand out and take.

use omni_model::{
    AssignReason, ChannelId, ChannelKind, Content, ContentType, ConversationId, ConversationStatus,
    CustomerId, Direction, FileId, Holder, IdentityId, MessageId, MessageStatus, Priority,
    SendError, SenderType, TeamId, TenantId, Timestamp, UserId, WokenBy,
};
use sea_orm::ActiveValue::{NotSet, Set};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::StoreError;
use crate::entity::{conversations, messages};

/// A conversation's row.
#[derive(Clone, Debug, PartialEq)]
pub struct ConversationRecord {
    /// Order of creation; breaks ties in lists. 0 until stored.
    pub row_id: i64,
    pub id: ConversationId,
    pub tenant_id: TenantId,
    pub customer_id: CustomerId,
    pub identity_id: IdentityId,
    pub channel_id: ChannelId,
    pub channel_kind: ChannelKind,
    pub status: ConversationStatus,
    pub priority: Priority,
    pub tags: Vec<String>,
    pub assigned_to: Option<UserId>,
    /// The team it is for.
    pub assigned_team: Option<TeamId>,
    pub assigned_reason: Option<AssignReason>,
    /// Since when it waits for an operator: its place in the queue.
    pub queued_at: Timestamp,
    /// The newest message's `seq`.
    pub last_seq: i64,
    /// The newest `seq` an operator has read.
    pub read_seq: i64,
    /// The customer's messages after `read_seq`.
    pub unread_count: i64,
    pub metadata: Value,
    pub created_at: Timestamp,
    /// The last activity.
    pub updated_at: Timestamp,
    pub resolved_at: Option<Timestamp>,
    pub snooze_until: Option<Timestamp>,
    /// What ended its sleep, until somebody answers or moves it on.
    pub woken_by: Option<WokenBy>,
    /// When its customer was last told that nobody is there, or answered by somebody while nobody should be.
    pub away_at: Option<Timestamp>,
}

impl ConversationRecord {
    /// With whom it is.
    pub const fn holder(&self) -> Holder {
        Holder {
            operator: self.assigned_to,
            team: self.assigned_team,
        }
    }

    /// Whether it waits for somebody to take it.
    pub fn waits(&self) -> bool {
        self.status == ConversationStatus::Open && self.assigned_to.is_none()
    }
}

/// A message's row.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageRecord {
    pub id: MessageId,
    pub tenant_id: TenantId,
    pub conversation_id: ConversationId,
    pub seq: i64,
    pub direction: Direction,
    pub sender_type: SenderType,
    /// The customer or operator.
    pub sender_id: Option<uuid::Uuid>,
    pub channel_id: ChannelId,
    pub provider_id: Option<String>,
    pub content: Content,
    pub status: MessageStatus,
    pub error: Option<SendError>,
    pub private: bool,
    pub reply_to: Option<MessageId>,
    pub idempotency_key: Option<String>,
    /// Hash of the request that made it, to tell a repeat from another request under the same key.
    pub request_hash: Option<String>,
    pub metadata: Value,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl MessageRecord {
    /// The file it shows, if any.
    pub fn file_id(&self) -> Option<FileId> {
        self.content.file_id()
    }
}

/// Reads a stored word; our own code wrote it, so anything else is an inconsistency.
pub(crate) fn word<T: std::str::FromStr>(
    text: &str,
    table: &'static str,
    column: &'static str,
) -> Result<T, StoreError> {
    text.parse()
        .map_err(|_| StoreError::Inconsistent { table, column })
}

/// Reads stored JSON.
pub(crate) fn json<T: DeserializeOwned>(
    text: &str,
    table: &'static str,
    column: &'static str,
) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Inconsistent { table, column })
}

/// Writes plain data as JSON.
pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("stored values are plain data")
}

impl TryFrom<conversations::Model> for ConversationRecord {
    type Error = StoreError;

    fn try_from(row: conversations::Model) -> Result<Self, StoreError> {
        const T: &str = "conversations";
        Ok(Self {
            row_id: row.row_id,
            id: row.id.into(),
            tenant_id: row.tenant_id.into(),
            customer_id: row.customer_id.into(),
            identity_id: row.identity_id.into(),
            channel_id: row.channel_id.into(),
            channel_kind: word(&row.channel_kind, T, "channel_kind")?,
            status: word(&row.status, T, "status")?,
            priority: word(&row.priority, T, "priority")?,
            tags: json(&row.tags, T, "tags")?,
            assigned_to: row.assigned_to.map(Into::into),
            assigned_team: row.assigned_team.map(Into::into),
            assigned_reason: match &row.assigned_reason {
                Some(text) => Some(json(text, T, "assigned_reason")?),
                None => None,
            },
            queued_at: Timestamp::from_millis(row.queued_at),
            last_seq: row.last_seq,
            read_seq: row.read_seq,
            unread_count: row.unread_count,
            metadata: json(&row.metadata, T, "metadata")?,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
            resolved_at: row.resolved_at.map(Timestamp::from_millis),
            snooze_until: row.snooze_until.map(Timestamp::from_millis),
            woken_by: row
                .woken_by
                .map(|woken| word(&woken, T, "woken_by"))
                .transpose()?,
            away_at: row.away_at.map(Timestamp::from_millis),
        })
    }
}

impl From<&ConversationRecord> for conversations::ActiveModel {
    fn from(record: &ConversationRecord) -> Self {
        Self {
            row_id: if record.row_id == 0 {
                NotSet
            } else {
                Set(record.row_id)
            },
            id: Set(record.id.into()),
            tenant_id: Set(record.tenant_id.into()),
            customer_id: Set(record.customer_id.into()),
            identity_id: Set(record.identity_id.into()),
            channel_id: Set(record.channel_id.into()),
            channel_kind: Set(record.channel_kind.as_str().to_owned()),
            status: Set(record.status.as_str().to_owned()),
            priority: Set(record.priority.as_str().to_owned()),
            tags: Set(to_json(&record.tags)),
            assigned_to: Set(record.assigned_to.map(Into::into)),
            assigned_team: Set(record.assigned_team.map(Into::into)),
            assigned_reason: Set(record.assigned_reason.as_ref().map(to_json)),
            queued_at: Set(record.queued_at.millis()),
            last_seq: Set(record.last_seq),
            read_seq: Set(record.read_seq),
            unread_count: Set(record.unread_count),
            metadata: Set(to_json(&record.metadata)),
            created_at: Set(record.created_at.millis()),
            updated_at: Set(record.updated_at.millis()),
            resolved_at: Set(record.resolved_at.map(Timestamp::millis)),
            snooze_until: Set(record.snooze_until.map(Timestamp::millis)),
            woken_by: Set(record.woken_by.map(|woken| woken.as_str().to_owned())),
            away_at: Set(record.away_at.map(Timestamp::millis)),
        }
    }
}

impl TryFrom<messages::Model> for MessageRecord {
    type Error = StoreError;

    fn try_from(row: messages::Model) -> Result<Self, StoreError> {
        const T: &str = "messages";
        let content_type: ContentType = word(&row.content_type, T, "content_type")?;
        Ok(Self {
            id: row.id.into(),
            tenant_id: row.tenant_id.into(),
            conversation_id: row.conversation_id.into(),
            seq: row.seq,
            direction: word(&row.direction, T, "direction")?,
            sender_type: word(&row.sender_type, T, "sender_type")?,
            sender_id: row.sender_id,
            channel_id: row.channel_id.into(),
            provider_id: row.provider_id,
            content: Content::from_json(content_type, json(&row.content, T, "content")?).map_err(
                |_| StoreError::Inconsistent {
                    table: T,
                    column: "content",
                },
            )?,
            status: word(&row.status, T, "status")?,
            error: match &row.error {
                Some(text) => Some(json(text, T, "error")?),
                None => None,
            },
            private: row.private,
            reply_to: row.reply_to.map(Into::into),
            idempotency_key: row.idempotency_key,
            request_hash: row.request_hash,
            metadata: json(&row.metadata, T, "metadata")?,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        })
    }
}

impl From<&MessageRecord> for messages::ActiveModel {
    fn from(record: &MessageRecord) -> Self {
        Self {
            row_id: NotSet,
            id: Set(record.id.into()),
            tenant_id: Set(record.tenant_id.into()),
            conversation_id: Set(record.conversation_id.into()),
            seq: Set(record.seq),
            direction: Set(record.direction.as_str().to_owned()),
            sender_type: Set(record.sender_type.as_str().to_owned()),
            sender_id: Set(record.sender_id),
            channel_id: Set(record.channel_id.into()),
            provider_id: Set(record.provider_id.clone()),
            content_type: Set(record.content.content_type().as_str().to_owned()),
            content: Set(record.content.to_json().to_string()),
            status: Set(record.status.as_str().to_owned()),
            error: Set(record.error.as_ref().map(to_json)),
            private: Set(record.private),
            reply_to: Set(record.reply_to.map(Into::into)),
            file_id: Set(record.file_id().map(Into::into)),
            idempotency_key: Set(record.idempotency_key.clone()),
            request_hash: Set(record.request_hash.clone()),
            metadata: Set(to_json(&record.metadata)),
            created_at: Set(record.created_at.millis()),
            updated_at: Set(record.updated_at.millis()),
        }
    }
}
