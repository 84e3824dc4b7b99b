//! Messages: writing in sets, look-ups by key. Pages and views are in `message_views`.

use omni_model::{ChannelId, ConversationId, FileId, MessageId, TenantScope};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use crate::bulk;
use crate::entity::messages::{ActiveModel, Column, Entity};
use crate::records::MessageRecord;
use crate::{StoreError, UnitOfWork};

/// Stores new messages.
pub async fn insert(unit: &UnitOfWork, records: &[MessageRecord]) -> Result<(), StoreError> {
    let rows: Vec<ActiveModel> = records.iter().map(Into::into).collect();
    bulk::insert(unit, rows, "").await
}

/// Writes what may change in a message: content, state, error, metadata, the provider's id.
pub async fn update(unit: &UnitOfWork, record: &MessageRecord) -> Result<(), StoreError> {
    let mut row: ActiveModel = record.into();
    row.updated_at = sea_orm::Set(unit.now().millis());
    Entity::update_many()
        .set(row.into_active_model())
        .filter(Column::TenantId.eq(Uuid::from(record.tenant_id)))
        .filter(Column::Id.eq(Uuid::from(record.id)))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// A message by id.
pub async fn find<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    id: MessageId,
) -> Result<Option<MessageRecord>, StoreError> {
    Entity::find()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::Id.eq(Uuid::from(id)))
        .one(db)
        .await?
        .map(TryInto::try_into)
        .transpose()
}

/// Messages by id, in no particular order.
pub async fn find_many<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    ids: &[MessageId],
) -> Result<Vec<MessageRecord>, StoreError> {
    Entity::find()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(bulk::among(db, Column::Id, ids.iter().map(|id| id.0)))
        .all(db)
        .await?
        .into_iter()
        .map(TryInto::try_into)
        .collect()
}

/// Messages of a channel by the provider's ids.
pub async fn by_provider_ids<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    channel: ChannelId,
    provider_ids: &[&str],
) -> Result<Vec<MessageRecord>, StoreError> {
    if provider_ids.is_empty() {
        return Ok(Vec::new());
    }
    Entity::find()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::ChannelId.eq(Uuid::from(channel)))
        .filter(bulk::among(
            db,
            Column::ProviderId,
            provider_ids.iter().copied(),
        ))
        .all(db)
        .await?
        .into_iter()
        .map(TryInto::try_into)
        .collect()
}

/// The message that a sender stored under an idempotency key.
pub async fn by_idempotency_key<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    sender: Uuid,
    key: &str,
) -> Result<Option<MessageRecord>, StoreError> {
    Entity::find()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::SenderId.eq(sender))
        .filter(Column::IdempotencyKey.eq(key))
        .one(db)
        .await?
        .map(TryInto::try_into)
        .transpose()
}

/// The messages that show a file.
pub async fn of_file<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    file: FileId,
) -> Result<Vec<MessageRecord>, StoreError> {
    Entity::find()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::FileId.eq(Uuid::from(file)))
        .all(db)
        .await?
        .into_iter()
        .map(TryInto::try_into)
        .collect()
}

/// The message at a place of a conversation.
pub async fn at_seq<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    conversation: ConversationId,
    seq: i64,
) -> Result<Option<MessageRecord>, StoreError> {
    Entity::find()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::ConversationId.eq(Uuid::from(conversation)))
        .filter(Column::Seq.eq(seq))
        .one(db)
        .await?
        .map(TryInto::try_into)
        .transpose()
}
