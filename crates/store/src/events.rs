//! The event log: numbered without gaps per tenant, in the order of commits.

use std::time::Duration;

use omni_model::{Epoch, Event, NewEvent, PlatformScope, TenantId, TenantScope, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::bulk;
use crate::entity::{event_heads, events};
use crate::{StoreError, UnitOfWork};

/// How long events can be replayed.
pub const RETENTION: Duration = Duration::from_secs(7 * 24 * 3600);

/// Appends a unit of work's events; the last thing before its commit. Updating the head first makes the
/// writers of one tenant queue here, so numbers are given in the order of commits.
pub(crate) async fn append(
    unit: &UnitOfWork,
    tenant: TenantId,
    new: &[NewEvent],
) -> Result<Option<i64>, StoreError> {
    if new.is_empty() {
        return Ok(None);
    }
    let count = i64::try_from(new.len()).expect("a unit of work has few events");
    let heads = event_heads::Entity::update_many()
        .col_expr(
            event_heads::Column::Seq,
            Expr::col(event_heads::Column::Seq).add(count),
        )
        .filter(event_heads::Column::TenantId.eq(Uuid::from(tenant)))
        .exec_with_returning(unit.db())
        .await?;
    let head = heads
        .first()
        .ok_or(StoreError::Inconsistent {
            table: "event_heads",
            column: "tenant_id",
        })?
        .seq;
    let rows: Vec<_> = new
        .iter()
        .zip(head - count + 1..)
        .map(|(event, seq)| events::ActiveModel {
            row_id: NotSet,
            tenant_id: Set(tenant.into()),
            seq: Set(seq),
            kind: Set(event.kind.as_str().to_owned()),
            conversation_id: Set(event.conversation_id.into()),
            message_id: Set(event.message_id.map(Into::into)),
            assigned_from: Set(event.assigned_from.map(Into::into)),
            assigned_to: Set(event.assigned_to.map(Into::into)),
            created_at: Set(unit.now().millis()),
        })
        .collect();
    bulk::insert(unit, rows, "").await?;
    Ok(Some(head))
}

/// A tenant's newest sequence number and the life its log is in.
pub async fn head<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
) -> Result<(i64, Epoch), StoreError> {
    let row = event_heads::Entity::find_by_id(Uuid::from(scope.tenant_id()))
        .one(db)
        .await?
        .ok_or(StoreError::Inconsistent {
            table: "event_heads",
            column: "tenant_id",
        })?;
    Ok((row.seq, Epoch(row.epoch)))
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
        .filter(event_heads::Column::TenantId.is_in(tenants.iter().map(|t| t.0)))
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
