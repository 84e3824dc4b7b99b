//! Conversations: loading and saving in sets. Lists and views are in `conversation_views`.

use omni_model::{
    ChannelId, ConversationId, IdentityId, PlatformScope, TeamId, TenantScope, Timestamp,
};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, Value,
};
use uuid::Uuid;

use crate::bulk;
use crate::entity::conversations::{ActiveModel, Column, Entity};
use crate::records::{ConversationRecord, json, to_json};
use crate::{CounterCell, StoreError, UnitOfWork};

/// The conversations with these ids, locked until the unit of work ends, in the order of creation: two
/// writers that want the same ones take turns instead of blocking each other.
pub async fn lock(
    unit: &UnitOfWork,
    scope: &TenantScope,
    ids: &[ConversationId],
) -> Result<Vec<ConversationRecord>, StoreError> {
    Entity::find()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(bulk::among(
            unit.db(),
            Column::Id,
            ids.iter().map(|id| id.0),
        ))
        .order_by_asc(Column::RowId)
        .lock_exclusive()
        .all(unit.db())
        .await?
        .into_iter()
        .map(TryInto::try_into)
        .collect()
}

/// One conversation, locked.
pub async fn lock_one(
    unit: &UnitOfWork,
    scope: &TenantScope,
    id: ConversationId,
) -> Result<Option<ConversationRecord>, StoreError> {
    Ok(lock(unit, scope, &[id]).await?.pop())
}

/// An identity's newest conversation, in whatever state, locked.
pub async fn lock_newest(
    unit: &UnitOfWork,
    scope: &TenantScope,
    identity: IdentityId,
) -> Result<Option<ConversationRecord>, StoreError> {
    Entity::find()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::IdentityId.eq(Uuid::from(identity)))
        .order_by_desc(Column::RowId)
        .limit(1)
        .lock_exclusive()
        .one(unit.db())
        .await?
        .map(TryInto::try_into)
        .transpose()
}

/// The first `limit` unassigned open conversations in the order of the queue, locked.
pub async fn lock_queue(
    unit: &UnitOfWork,
    scope: &TenantScope,
    limit: u64,
) -> Result<Vec<ConversationRecord>, StoreError> {
    Entity::find()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        // In the words of the partial index: a bound value would hide from PostgreSQL that it fits.
        .filter(Expr::cust("assigned_to IS NULL AND status = 'open'"))
        .order_by_asc(Column::QueuedAt)
        .order_by_asc(Column::RowId)
        .limit(limit)
        .lock_exclusive()
        .all(unit.db())
        .await?
        .into_iter()
        .map(TryInto::try_into)
        .collect()
}

/// What routing asks of a waiting conversation.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub id: ConversationId,
    pub channel_id: ChannelId,
    pub team: Option<TeamId>,
    pub tags: Vec<String>,
    place: (i64, i64),
}

#[derive(FromQueryResult)]
struct WaitingRow {
    row_id: i64,
    id: Uuid,
    channel_id: Uuid,
    assigned_team: Option<Uuid>,
    tags: String,
    queued_at: i64,
}

/// A page of the queue in its order, after the last one of the page before. Nothing is locked: most of a long
/// queue stays as it is.
pub async fn queue_page(
    unit: &UnitOfWork,
    scope: &TenantScope,
    after: Option<&Waiting>,
    limit: u64,
) -> Result<Vec<Waiting>, StoreError> {
    let mut query = Entity::find()
        .select_only()
        .columns([
            Column::RowId,
            Column::Id,
            Column::ChannelId,
            Column::AssignedTeam,
            Column::Tags,
            Column::QueuedAt,
        ])
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        // As in `lock_queue`.
        .filter(Expr::cust("assigned_to IS NULL AND status = 'open'"))
        .order_by_asc(Column::QueuedAt)
        .order_by_asc(Column::RowId)
        .limit(limit);
    if let Some((queued_at, row_id)) = after.map(|last| last.place) {
        query = query.filter(Column::QueuedAt.gte(queued_at)).filter(
            Condition::any()
                .add(Column::QueuedAt.gt(queued_at))
                .add(Column::RowId.gt(row_id)),
        );
    }
    let rows: Vec<WaitingRow> = query.into_model().all(unit.db()).await?;
    rows.into_iter()
        .map(|row| {
            Ok(Waiting {
                id: row.id.into(),
                channel_id: row.channel_id.into(),
                team: row.assigned_team.map(Into::into),
                tags: json(&row.tags, "conversations", "tags")?,
                place: (row.queued_at, row.row_id),
            })
        })
        .collect()
}

/// Pending conversations of any tenant whose time has come.
pub async fn snoozed_until<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<(TenantScope, ConversationId)>, StoreError> {
    let rows: Vec<(Uuid, Uuid)> = Entity::find()
        .select_only()
        .columns([Column::TenantId, Column::Id])
        .filter(Column::SnoozeUntil.is_not_null())
        .filter(Column::SnoozeUntil.lte(now.millis()))
        .filter(Column::Status.eq("pending"))
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(tenant, id)| (TenantScope::of(tenant.into()), id.into()))
        .collect())
}

/// A change of one conversation: `None` before means that it is new.
pub struct Change {
    pub before: Option<ConversationRecord>,
    pub after: ConversationRecord,
}

impl Change {
    /// A change of a locked conversation, to be made on `after`.
    pub fn of(record: ConversationRecord) -> Self {
        Self {
            before: Some(record.clone()),
            after: record,
        }
    }

    fn is_needed(&self) -> bool {
        self.before.as_ref() != Some(&self.after)
    }

    /// Whether nothing but [`GROWTH`] differs.
    fn only_grew(&self) -> bool {
        let Some(before) = &self.before else {
            return false;
        };
        let grown = ConversationRecord {
            last_seq: self.after.last_seq,
            unread_count: self.after.unread_count,
            updated_at: self.after.updated_at,
            ..before.clone()
        };
        grown == self.after
    }
}

/// Writes changed and new conversations, and counts them.
pub async fn save(unit: &UnitOfWork, changes: &[Change]) -> Result<(), StoreError> {
    let needed: Vec<&Change> = changes.iter().filter(|change| change.is_needed()).collect();
    if needed.is_empty() {
        return Ok(());
    }
    for change in &needed {
        if let Some(before) = &change.before {
            unit.count(cell(before), -1);
        }
        unit.count(cell(&change.after), 1);
        unit.leaves(&change.after);
    }
    let new: Vec<ActiveModel> = needed
        .iter()
        .filter(|change| change.before.is_none())
        .map(|change| (&change.after).into())
        .collect();
    bulk::insert(unit, new, "").await?;
    let (grown, changed): (Vec<&Change>, Vec<&Change>) = needed
        .into_iter()
        .filter(|change| change.before.is_some())
        .partition(|change| change.only_grew());
    let grown = grown.iter().map(|change| growth(&change.after)).collect();
    bulk::update(unit, "conversations", &["row_id"], GROWTH, grown).await?;
    let changed = changed
        .iter()
        .map(|change| changeable(&change.after))
        .collect();
    bulk::update(unit, "conversations", &["row_id"], CHANGEABLE, changed).await?;
    Ok(())
}

/// What a message changes in a conversation that is open already. Written by itself, since naming a column
/// is enough to have its indexes written anew and its references checked.
const GROWTH: &[&str] = &["last_seq", "unread_count", "updated_at"];

/// The row key and the values of [`GROWTH`].
fn growth(record: &ConversationRecord) -> Vec<Value> {
    vec![
        record.row_id.into(),
        record.last_seq.into(),
        record.unread_count.into(),
        record.updated_at.millis().into(),
    ]
}

const CHANGEABLE: &[&str] = &[
    "customer_id",
    "status",
    "priority",
    "tags",
    "assigned_to",
    "assigned_team",
    "assigned_reason",
    "queued_at",
    "last_seq",
    "read_seq",
    "unread_count",
    "metadata",
    "updated_at",
    "resolved_at",
    "snooze_until",
    "woken_by",
    "away_at",
];

/// The row key and the values of [`CHANGEABLE`].
fn changeable(record: &ConversationRecord) -> Vec<Value> {
    vec![
        record.row_id.into(),
        record.customer_id.0.into(),
        record.status.as_str().into(),
        record.priority.as_str().into(),
        to_json(&record.tags).into(),
        record.assigned_to.map(|id| id.0).into(),
        record.assigned_team.map(|id| id.0).into(),
        record.assigned_reason.as_ref().map(to_json).into(),
        record.queued_at.millis().into(),
        record.last_seq.into(),
        record.read_seq.into(),
        record.unread_count.into(),
        to_json(&record.metadata).into(),
        record.updated_at.millis().into(),
        record.resolved_at.map(Timestamp::millis).into(),
        record.snooze_until.map(Timestamp::millis).into(),
        record.woken_by.map(|woken| woken.as_str()).into(),
        record.away_at.map(Timestamp::millis).into(),
    ]
}

fn cell(record: &ConversationRecord) -> CounterCell {
    CounterCell {
        status: record.status,
        assignee: record.assigned_to,
        team: record.assigned_team,
        channel_id: record.channel_id,
    }
}
