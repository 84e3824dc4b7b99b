//! The event log: numbered without gaps per tenant, in the order of commits.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use omni_model::{
    ConversationId, Epoch, Event, NewEvent, PlatformScope, TenantId, TenantScope, Timestamp,
};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::bulk::{self, NewRows};
use crate::entity::{event_heads, events};
use crate::steps::Steps;
use crate::{ConversationRecord, Growth, MessageRecord, Store, StoreError, ToldEvent, UnitOfWork};

/// How long events can be replayed.
pub const RETENTION: Duration = Duration::from_secs(7 * 24 * 3600);

/// What happened, and the message it tells of where that is at hand.
pub(crate) type News = (NewEvent, Option<MessageRecord>);

/// Stored events as those who wait for them are told of them; `head` is the number of the last one.
pub(crate) fn growth(
    unit: &UnitOfWork,
    tenant_id: TenantId,
    head: i64,
    news: Vec<News>,
    conversations: &HashMap<ConversationId, Arc<ConversationRecord>>,
) -> Growth {
    let first = head + 1 - count(&news);
    let created_at = unit.now();
    let events = news
        .into_iter()
        .zip(first..)
        .map(|((new, message), seq)| ToldEvent {
            event: Event {
                seq,
                kind: new.kind,
                conversation_id: new.conversation_id,
                message_id: new.message_id,
                assigned_from: new.assigned_from,
                assigned_to: new.assigned_to,
                team_from: new.team_from,
                team_to: new.team_to,
                created_at,
            },
            message,
            conversation: conversations.get(&new.conversation_id).cloned(),
        })
        .collect();
    Growth {
        tenant_id,
        head,
        events,
    }
}

fn count(news: &[News]) -> i64 {
    i64::try_from(news.len()).expect("a unit of work has few events")
}

/// Numbers and stores a unit of work's events, the last thing before its commit; returns the new head. Updating the
/// head makes the writers of one tenant queue here, so numbers are given in the order of commits.
pub(crate) async fn append(
    unit: &UnitOfWork,
    tenant: TenantId,
    news: &[News],
) -> Result<i64, StoreError> {
    let count = count(news);
    let heads = event_heads::Entity::update_many()
        .col_expr(
            event_heads::Column::Seq,
            Expr::col(event_heads::Column::Seq).add(count),
        )
        .filter(event_heads::Column::TenantId.eq(Uuid::from(tenant)))
        .exec_with_returning(unit.db())
        .await?;
    let head = heads.first().ok_or(NO_HEAD)?.seq;
    bulk::insert(unit, rows(unit, tenant, news, head - count), "").await?;
    Ok(head)
}

/// PostgreSQL: the same as steps. The new head is then the largest `seq` of `added`.
pub(crate) fn append_with(steps: &mut Steps, unit: &UnitOfWork, tenant: TenantId, news: &[News]) {
    let (by, whose) = (steps.place(), steps.place() + 1);
    let head = format!(
        "UPDATE event_heads SET seq = seq + ${by} WHERE tenant_id = ${whose} AND {} \
         RETURNING seq - ${by} AS seq",
        steps.turn(),
    );
    steps.then(
        "base",
        &head,
        vec![count(news).into(), Uuid::from(tenant).into()],
    );
    let rows = NewRows::from(rows(unit, tenant, news, 0))
        .raising("seq", "(SELECT seq FROM base)")
        .when("EXISTS (SELECT FROM base)");
    let (sql, values) = rows.statement("RETURNING seq", steps.place());
    steps.then("added", &sql, values);
}

/// A tenant without a head.
pub(crate) const NO_HEAD: StoreError = StoreError::Inconsistent {
    table: "event_heads",
    column: "tenant_id",
};

/// The rows of events that come after number `head`.
fn rows(unit: &UnitOfWork, tenant: TenantId, news: &[News], head: i64) -> Vec<events::ActiveModel> {
    news.iter()
        .zip(head + 1..)
        .map(|((event, _), seq)| events::ActiveModel {
            row_id: NotSet,
            tenant_id: Set(tenant.into()),
            seq: Set(seq),
            kind: Set(event.kind.as_str().to_owned()),
            conversation_id: Set(event.conversation_id.into()),
            message_id: Set(event.message_id.map(Into::into)),
            assigned_from: Set(event.assigned_from.map(Into::into)),
            assigned_to: Set(event.assigned_to.map(Into::into)),
            team_from: Set(event.team_from.map(Into::into)),
            team_to: Set(event.team_to.map(Into::into)),
            created_at: Set(unit.now().millis()),
        })
        .collect()
}

/// A tenant's newest sequence number and the life its log is in.
pub async fn head<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
) -> Result<(i64, Epoch), StoreError> {
    let row = event_heads::Entity::find_by_id(Uuid::from(scope.tenant_id()))
        .one(db)
        .await?
        .ok_or(NO_HEAD)?;
    Ok((row.seq, Epoch(row.epoch)))
}

/// Begins a new life of a tenant's log: whoever followed the one before reads everything anew.
pub async fn renew_epoch(store: &Store, scope: &TenantScope) -> Result<(), StoreError> {
    let scope = *scope;
    store
        .write(&scope, move |unit| async move {
            let epoch = Uuid::from(TenantId::at(unit.now()));
            event_heads::Entity::update_many()
                .col_expr(event_heads::Column::Epoch, Expr::value(epoch))
                .filter(event_heads::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
                .exec(unit.db())
                .await?;
            Ok(())
        })
        .await
}

/// Every tenant's newest sequence number, for those who must notice what other processes wrote.
pub async fn heads<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
    tenants: &[TenantId],
) -> Result<Vec<(TenantId, i64)>, StoreError> {
    let rows: Vec<(Uuid, i64)> = event_heads::Entity::find()
        .select_only()
        .column(event_heads::Column::TenantId)
        .column(event_heads::Column::Seq)
        .filter(bulk::among(
            db,
            event_heads::Column::TenantId,
            tenants.iter().map(|t| t.0),
        ))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(tenant, seq)| (TenantId(tenant), seq))
        .collect())
}

/// The first `limit` events after `seq`, in order.
pub async fn after<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    seq: i64,
    limit: u64,
) -> Result<Vec<Event>, StoreError> {
    events::Entity::find()
        .filter(events::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(events::Column::Seq.gt(seq))
        .order_by_asc(events::Column::Seq)
        .limit(limit)
        .all(db)
        .await?
        .into_iter()
        .map(|row| {
            Ok(Event {
                seq: row.seq,
                kind: row.kind.parse().map_err(|_| StoreError::Inconsistent {
                    table: "events",
                    column: "kind",
                })?,
                conversation_id: row.conversation_id.into(),
                message_id: row.message_id.map(Into::into),
                assigned_from: row.assigned_from.map(Into::into),
                assigned_to: row.assigned_to.map(Into::into),
                team_from: row.team_from.map(Into::into),
                team_to: row.team_to.map(Into::into),
                created_at: Timestamp::from_millis(row.created_at),
            })
        })
        .collect()
}

/// The oldest sequence number still kept, or `None` for an empty log.
pub async fn oldest<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
) -> Result<Option<i64>, StoreError> {
    Ok(events::Entity::find()
        .select_only()
        .column(events::Column::Seq)
        .filter(events::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .order_by_asc(events::Column::Seq)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?)
}

/// Forgets events older than [`RETENTION`]. Returns how many.
pub async fn forget_old(unit: &UnitOfWork) -> Result<u64, StoreError> {
    let before = unit.now().minus(RETENTION).millis();
    let done = events::Entity::delete_many()
        .filter(events::Column::CreatedAt.lt(before))
        .exec(unit.db())
        .await?;
    Ok(done.rows_affected)
}
