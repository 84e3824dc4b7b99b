//! Events on their way to webhooks: one row an event and webhook, which says by ids what to tell, how often it was
//! tried and when it is tried again.

use std::time::Duration;

use omni_model::{
    ConversationId, EventKind, MessageId, PlatformScope, TenantId, TenantScope, Timestamp, Total,
    UserId, WebhookAttempt, WebhookDeliveryId, WebhookDeliveryState, WebhookId,
};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

use crate::entity::webhook_deliveries::{ActiveModel, Column, Entity, Model};
use crate::records::{json, to_json, word};
use crate::{StoreError, UnitOfWork, bulk, capped};

/// An event on its way to a webhook.
#[derive(Clone, Debug, PartialEq)]
pub struct WebhookDeliveryRecord {
    pub id: WebhookDeliveryId,
    pub tenant_id: TenantId,
    pub webhook_id: WebhookId,
    /// The event's number in the tenant's log.
    pub event_seq: i64,
    pub kind: EventKind,
    pub conversation_id: ConversationId,
    pub message_id: Option<MessageId>,
    /// Who had the conversation after the event.
    pub assigned_to: Option<UserId>,
    pub event_at: Timestamp,
    pub state: WebhookDeliveryState,
    /// Attempts of this round; sending it anew begins another.
    pub tries: i64,
    /// The last of all attempts, oldest first.
    pub attempts: Vec<WebhookAttempt>,
    /// When this round began.
    pub first_tried_at: Option<Timestamp>,
    /// When it is tried again; `None` while it stands in its lane, or is over.
    pub retry_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

impl TryFrom<Model> for WebhookDeliveryRecord {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        const T: &str = "webhook_deliveries";
        Ok(Self {
            id: row.id.into(),
            tenant_id: row.tenant_id.into(),
            webhook_id: row.webhook_id.into(),
            event_seq: row.event_seq,
            kind: word(&row.kind, T, "kind")?,
            conversation_id: row.conversation_id.into(),
            message_id: row.message_id.map(Into::into),
            assigned_to: row.assigned_to.map(Into::into),
            event_at: Timestamp::from_millis(row.event_at),
            state: word(&row.state, T, "state")?,
            tries: row.tries,
            attempts: json(&row.attempts, T, "attempts")?,
            first_tried_at: row.first_tried_at.map(Timestamp::from_millis),
            retry_at: row.retry_at.map(Timestamp::from_millis),
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

fn changeable(record: &WebhookDeliveryRecord) -> ActiveModel {
    ActiveModel {
        state: Set(record.state.as_str().to_owned()),
        tries: Set(record.tries),
        attempts: Set(to_json(&record.attempts)),
        first_tried_at: Set(record.first_tried_at.map(Timestamp::millis)),
        retry_at: Set(record.retry_at.map(Timestamp::millis)),
        ..ActiveModel::default()
    }
}

/// Stores new deliveries. One for the same webhook and event is there once.
pub async fn insert(
    unit: &UnitOfWork,
    records: &[WebhookDeliveryRecord],
) -> Result<(), StoreError> {
    let rows: Vec<_> = records
        .iter()
        .map(|record| ActiveModel {
            row_id: NotSet,
            id: Set(record.id.into()),
            tenant_id: Set(record.tenant_id.into()),
            webhook_id: Set(record.webhook_id.into()),
            event_seq: Set(record.event_seq),
            kind: Set(record.kind.as_str().to_owned()),
            conversation_id: Set(record.conversation_id.into()),
            message_id: Set(record.message_id.map(Into::into)),
            assigned_to: Set(record.assigned_to.map(Into::into)),
            event_at: Set(record.event_at.millis()),
            created_at: Set(record.created_at.millis()),
            ..changeable(record)
        })
        .collect();
    let once = "ON CONFLICT (webhook_id, event_seq) DO NOTHING";
    bulk::insert(unit, rows, once).await
}

/// Writes how far a delivery is.
pub async fn update(unit: &UnitOfWork, record: &WebhookDeliveryRecord) -> Result<(), StoreError> {
    Entity::update_many()
        .set(changeable(record))
        .filter(Column::TenantId.eq(Uuid::from(record.tenant_id)))
        .filter(Column::Id.eq(Uuid::from(record.id)))
        .exec(unit.db())
        .await?;
    Ok(())
}

fn all(scope: &TenantScope) -> Select<Entity> {
    Entity::find().filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
}

/// A delivery.
pub async fn find<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    id: WebhookDeliveryId,
) -> Result<Option<WebhookDeliveryRecord>, StoreError> {
    all(scope)
        .filter(Column::Id.eq(Uuid::from(id)))
        .one(db)
        .await?
        .map(TryInto::try_into)
        .transpose()
}

/// A delivery, locked until the unit of work ends.
pub async fn lock(
    unit: &UnitOfWork,
    scope: &TenantScope,
    id: WebhookDeliveryId,
) -> Result<Option<WebhookDeliveryRecord>, StoreError> {
    all(scope)
        .filter(Column::Id.eq(Uuid::from(id)))
        .lock_exclusive()
        .one(unit.db())
        .await?
        .map(TryInto::try_into)
        .transpose()
}

/// Which deliveries of a webhook somebody wants to see.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    pub webhook_id: WebhookId,
    /// `None` = in any.
    pub state: Option<WebhookDeliveryState>,
    /// The last one of the page before.
    pub after: Option<WebhookDeliveryId>,
    pub offset: u64,
    pub limit: u64,
}

/// One page of a webhook's deliveries, the newest event first.
pub async fn page<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    wanted: Wanted,
) -> Result<(Vec<WebhookDeliveryRecord>, Total), StoreError> {
    let mut query = all(scope).filter(Column::WebhookId.eq(Uuid::from(wanted.webhook_id)));
    if let Some(state) = wanted.state {
        query = query.filter(Column::State.eq(state.as_str()));
    }
    let total = capped::count(db, query.clone()).await?;
    if let Some(id) = wanted.after {
        // One that was forgotten meanwhile was among the oldest: nothing comes after it.
        let Some(last) = find(db, scope, id).await? else {
            return Ok((Vec::new(), total));
        };
        query = query.filter(Column::EventSeq.lt(last.event_seq));
    }
    let rows = query
        .order_by_desc(Column::EventSeq)
        .offset(wanted.offset)
        .limit(wanted.limit)
        .all(db)
        .await?;
    let records = rows
        .into_iter()
        .map(TryInto::try_into)
        .collect::<Result<_, _>>()?;
    Ok((records, total))
}

/// A delivery whose time to be tried again has come.
#[derive(Clone, Copy, Debug)]
pub struct DueRetry {
    pub scope: TenantScope,
    pub id: WebhookDeliveryId,
    pub webhook_id: WebhookId,
}

/// The first `limit` deliveries of all tenants that are to be tried again by `now`.
pub async fn due_retries<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<DueRetry>, StoreError> {
    let rows: Vec<(Uuid, Uuid, Uuid)> = Entity::find()
        .select_only()
        .columns([Column::TenantId, Column::Id, Column::WebhookId])
        .filter(Column::RetryAt.lte(now.millis()))
        .order_by_asc(Column::RetryAt)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(tenant, id, webhook)| DueRetry {
            scope: TenantScope::of(tenant.into()),
            id: id.into(),
            webhook_id: webhook.into(),
        })
        .collect())
}

/// Takes those of these deliveries that still wait to be tried again; whoever takes them puts them into a lane.
pub async fn take_retries(
    unit: &UnitOfWork,
    scope: &TenantScope,
    ids: &[WebhookDeliveryId],
) -> Result<Vec<WebhookDeliveryId>, StoreError> {
    let taken = Entity::update_many()
        .col_expr(Column::RetryAt, Expr::value(Option::<i64>::None))
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(bulk::among(
            unit.db(),
            Column::Id,
            ids.iter().map(|id| id.0),
        ))
        .filter(Column::RetryAt.is_not_null())
        .exec_with_returning(unit.db())
        .await?;
    Ok(taken.into_iter().map(|row| row.id.into()).collect())
}

/// The first `limit` deliveries of events from `from` to before `to` that did not arrive and are not tried any more,
/// locked, in the order of the events.
pub async fn lock_missed(
    unit: &UnitOfWork,
    scope: &TenantScope,
    webhook_id: WebhookId,
    from: Timestamp,
    to: Timestamp,
    limit: u64,
) -> Result<Vec<WebhookDeliveryRecord>, StoreError> {
    use WebhookDeliveryState::{Failed, Skipped};
    all(scope)
        .filter(Column::WebhookId.eq(Uuid::from(webhook_id)))
        .filter(Column::State.is_in([Failed.as_str(), Skipped.as_str()]))
        .filter(Column::EventAt.gte(from.millis()))
        .filter(Column::EventAt.lt(to.millis()))
        .order_by_asc(Column::EventSeq)
        .limit(limit)
        .lock_exclusive()
        .all(unit.db())
        .await?
        .into_iter()
        .map(TryInto::try_into)
        .collect()
}

/// Begins a new round of attempts.
pub async fn begin_anew(
    unit: &UnitOfWork,
    scope: &TenantScope,
    ids: &[WebhookDeliveryId],
) -> Result<(), StoreError> {
    let pending = WebhookDeliveryState::Pending.as_str();
    let nothing = || Expr::value(Option::<i64>::None);
    Entity::update_many()
        .col_expr(Column::State, Expr::value(pending))
        .col_expr(Column::Tries, Expr::value(0_i64))
        .col_expr(Column::FirstTriedAt, nothing())
        .col_expr(Column::RetryAt, nothing())
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(bulk::among(
            unit.db(),
            Column::Id,
            ids.iter().map(|id| id.0),
        ))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// Forgets what was made more than `kept` ago. Returns how many.
pub async fn forget_old(unit: &UnitOfWork, kept: Duration) -> Result<u64, StoreError> {
    let before = unit.now().minus(kept).millis();
    let done = Entity::delete_many()
        .filter(Column::CreatedAt.lt(before))
        .exec(unit.db())
        .await?;
    Ok(done.rows_affected)
}
