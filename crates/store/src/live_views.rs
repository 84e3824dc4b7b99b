//! What sockets are shown: conversations of a batch of events, visitors behind identities, and what a
//! visitor missed.

use std::collections::HashMap;

use omni_model::{
    ChannelId, ChannelKind, ConversationId, IdentityId, MessageId, TeamId, TenantScope,
};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::bulk;
use crate::entity::{conversations, messages};
use crate::records::word;
use crate::{ConversationRecord, MessageRecord, StoreError, identities};

/// Conversations by id, in no particular order.
pub async fn conversations<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    ids: &[ConversationId],
) -> Result<Vec<ConversationRecord>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    conversations::Entity::find()
        .filter(conversations::Column::TenantId.eq(scope.tenant_id().0))
        .filter(bulk::among(
            db,
            conversations::Column::Id,
            ids.iter().map(|id| id.0),
        ))
        .all(db)
        .await?
        .into_iter()
        .map(TryInto::try_into)
        .collect()
}

/// The addresses behind these identities: channel and the person's id there.
pub async fn addresses<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    ids: &[IdentityId],
) -> Result<HashMap<IdentityId, (ChannelId, String)>, StoreError> {
    use crate::entity::identities::{Column, Entity};
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, Uuid, String)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::ChannelId, Column::ExternalId])
        .filter(Column::TenantId.eq(scope.tenant_id().0))
        .filter(bulk::among(db, Column::Id, ids.iter().map(|id| id.0)))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, channel, external_id)| (id.into(), (channel.into(), external_id)))
        .collect())
}

/// The newest conversations of the person at this address, newest first.
pub async fn conversations_at<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    channel: ChannelId,
    external_id: &str,
    limit: u64,
) -> Result<Vec<ConversationRecord>, StoreError> {
    let Some(identity) = identities::at(db, scope, channel, external_id).await? else {
        return Ok(Vec::new());
    };
    conversations::Entity::find()
        .filter(conversations::Column::TenantId.eq(scope.tenant_id().0))
        .filter(conversations::Column::IdentityId.eq(identity.id.0))
        .order_by_desc(conversations::Column::RowId)
        .limit(limit)
        .all(db)
        .await?
        .into_iter()
        .map(TryInto::try_into)
        .collect()
}

/// The newest conversations of the person at this address in which something was said, newest first: a merged
/// one is an empty shell.
pub async fn talks_at<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    channel: ChannelId,
    external_id: &str,
    limit: u64,
) -> Result<Vec<ConversationId>, StoreError> {
    let Some(identity) = identities::at(db, scope, channel, external_id).await? else {
        return Ok(Vec::new());
    };
    let ids: Vec<Uuid> = conversations::Entity::find()
        .select_only()
        .column(conversations::Column::Id)
        .filter(conversations::Column::TenantId.eq(scope.tenant_id().0))
        .filter(conversations::Column::IdentityId.eq(identity.id.0))
        .filter(conversations::Column::LastSeq.gt(0))
        .order_by_desc(conversations::Column::RowId)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// Which messages of several conversations.
#[derive(Clone, Copy, Debug)]
pub enum Stretch {
    /// The newest.
    Newest,
    /// The oldest stored after this one.
    After(MessageId),
}

/// What the customer may see of these conversations, in the order it was stored. `None` where the stretch
/// begins after a message that is not one of theirs.
pub async fn messages_shown<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    conversations: &[ConversationId],
    stretch: Stretch,
    limit: u64,
) -> Result<Option<Vec<MessageRecord>>, StoreError> {
    use messages::{Column, Entity};
    let shown = Condition::all()
        .add(Column::TenantId.eq(scope.tenant_id().0))
        .add(bulk::among(
            db,
            Column::ConversationId,
            conversations.iter().map(|id| id.0),
        ))
        .add(Column::Private.eq(false));
    let query = Entity::find().filter(shown.clone()).limit(limit);
    let query = match stretch {
        Stretch::Newest => query.order_by_desc(Column::RowId),
        Stretch::After(id) => {
            let place: Option<i64> = Entity::find()
                .select_only()
                .column(Column::RowId)
                .filter(shown)
                .filter(Column::Id.eq(id.0))
                .into_tuple()
                .one(db)
                .await?;
            let Some(place) = place else {
                return Ok(None);
            };
            query
                .filter(Column::RowId.gt(place))
                .order_by_asc(Column::RowId)
        }
    };
    let mut records: Vec<MessageRecord> = query
        .all(db)
        .await?
        .into_iter()
        .map(TryInto::try_into)
        .collect::<Result<_, _>>()?;
    if matches!(stretch, Stretch::Newest) {
        records.reverse();
    }
    Ok(Some(records))
}

/// Somebody who waits in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub conversation: ConversationId,
    pub identity: IdentityId,
    /// The team it is for.
    pub team: Option<TeamId>,
    pub channel: ChannelKind,
}

/// The first `limit` who wait, in the order in which they are served.
pub async fn queue<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    limit: u64,
) -> Result<Vec<Waiting>, StoreError> {
    use conversations::{Column, Entity};
    let rows: Vec<(Uuid, Uuid, Option<Uuid>, String)> = Entity::find()
        .select_only()
        .columns([
            Column::Id,
            Column::IdentityId,
            Column::AssignedTeam,
            Column::ChannelKind,
        ])
        .filter(Column::TenantId.eq(scope.tenant_id().0))
        // In the words of the partial index, as routing reads it.
        .filter(Expr::cust("assigned_to IS NULL AND status = 'open'"))
        .order_by_asc(Column::QueuedAt)
        .order_by_asc(Column::RowId)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    rows.into_iter()
        .map(|(conversation, identity, team, channel)| {
            Ok(Waiting {
                conversation: conversation.into(),
                identity: identity.into(),
                team: team.map(Into::into),
                channel: word(&channel, "conversations", "channel_kind")?,
            })
        })
        .collect()
}
