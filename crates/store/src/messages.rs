//! Messages: writing in sets, look-ups by key. Pages and views are in `message_views`.

use omni_model::{
    ActorId, ChannelId, ConversationId, Direction, FileId, MessageId, SenderType, TenantScope,
    limits,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Value,
};
use uuid::Uuid;

use crate::bulk;
use crate::entity::messages::{ActiveModel, Column, Entity};
use crate::records::{MessageRecord, to_json};
use crate::{StoreError, UnitOfWork};

/// Stores new messages.
pub async fn insert(unit: &UnitOfWork, records: &[MessageRecord]) -> Result<(), StoreError> {
    let rows: Vec<ActiveModel> = records.iter().map(Into::into).collect();
    bulk::insert(unit, rows, "").await
}

/// Writes what may change in messages: content, state, error, metadata, the provider's id.
pub async fn update(unit: &UnitOfWork, records: &[MessageRecord]) -> Result<(), StoreError> {
    let rows = records.iter().map(|record| changeable(unit, record));
    let keys = &["tenant_id", "id"];
    bulk::update(unit, "messages", keys, CHANGEABLE, rows.collect()).await
}

const CHANGEABLE: &[&str] = &[
    "content_type",
    "content",
    "file_id",
    "status",
    "error",
    "metadata",
    "provider_id",
    "updated_at",
];

/// The keys and the values of [`CHANGEABLE`].
fn changeable(unit: &UnitOfWork, record: &MessageRecord) -> Vec<Value> {
    vec![
        record.tenant_id.0.into(),
        record.id.0.into(),
        record.content.content_type().as_str().into(),
        record.content.to_json().to_string().into(),
        record.file_id().map(|id| id.0).into(),
        record.status.as_str().into(),
        record.error.as_ref().map(to_json).into(),
        to_json(&record.metadata).into(),
        record.provider_id.clone().into(),
        unit.now().millis().into(),
    ]
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

/// A message, locked until the unit of work ends.
pub async fn lock(
    unit: &UnitOfWork,
    scope: &TenantScope,
    id: MessageId,
) -> Result<Option<MessageRecord>, StoreError> {
    Entity::find()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::Id.eq(Uuid::from(id)))
        .lock_exclusive()
        .one(unit.db())
        .await?
        .map(TryInto::try_into)
        .transpose()
}

/// The messages of the album that this one is a part of, itself among them, in the order of display; locked
/// until the unit of work ends. One of no album stands alone.
pub async fn lock_album(
    unit: &UnitOfWork,
    of: &MessageRecord,
) -> Result<Vec<MessageRecord>, StoreError> {
    let album = &of.metadata["album_id"];
    if album.is_null() {
        return Ok(vec![of.clone()]);
    }
    // They stand in one row.
    let reach = i64::try_from(limits::ALBUM).unwrap_or(i64::MAX) - 1;
    let rows = Entity::find()
        .filter(Column::TenantId.eq(Uuid::from(of.tenant_id)))
        .filter(Column::ConversationId.eq(Uuid::from(of.conversation_id)))
        .filter(Column::Seq.between(of.seq - reach, of.seq + reach))
        .filter(Column::Direction.eq(of.direction.as_str()))
        .order_by_asc(Column::Seq)
        .lock_exclusive()
        .all(unit.db())
        .await?;
    let mut members = Vec::with_capacity(rows.len());
    for row in rows {
        let message: MessageRecord = row.try_into()?;
        if message.metadata["album_id"] == *album {
            members.push(message);
        }
    }
    Ok(members)
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

/// Whether anybody of the team but `me` has written to the customer after `seq`.
pub async fn answered_by_others<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    conversation: ConversationId,
    seq: i64,
    me: ActorId,
) -> Result<bool, StoreError> {
    let found: Option<i64> = Entity::find()
        .select_only()
        .column(Column::Seq)
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::ConversationId.eq(Uuid::from(conversation)))
        .filter(Column::Seq.gt(seq))
        .filter(Column::Direction.eq(Direction::Outbound.as_str()))
        .filter(Column::Private.eq(false))
        .filter(
            Condition::any()
                // What went out by itself is nobody's answer.
                .add(
                    Condition::all()
                        .add(Column::SenderId.is_null())
                        .add(Column::SenderType.ne(SenderType::Bot.as_str())),
                )
                .add(Column::SenderId.ne(me.0)),
        )
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(found.is_some())
}
