//! Jobs: rows that a lane hands out in order.

use omni_model::{Job, Queue, TenantId};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::entity::jobs::{ActiveModel, Column, Entity};
use crate::lanes::Lease;
use crate::{StoreError, UnitOfWork};

const PENDING: &str = "pending";
const DEAD: &str = "dead";

/// New jobs as rows.
pub(crate) fn rows(
    unit: &UnitOfWork,
    tenant: TenantId,
    jobs: &[(Queue, String, Job)],
) -> Vec<ActiveModel> {
    jobs.iter()
        .map(|(queue, order_key, job)| ActiveModel {
            row_id: NotSet,
            queue: Set(queue.as_str().to_owned()),
            tenant_id: Set(tenant.into()),
            order_key: Set(order_key.clone()),
            payload: Set(serde_json::to_string(job).expect("a job is plain data")),
            state: Set(PENDING.to_owned()),
            attempts: Set(0),
            error: Set(None),
            trace: Set(None),
            created_at: Set(unit.now().millis()),
        })
        .collect()
}

/// A job that a lease covers.
#[derive(Clone, Debug)]
pub struct PendingJob {
    pub row_id: i64,
    pub job: Job,
}

/// The first `limit` jobs of a leased lane, in order. A payload that no longer reads is set aside as dead.
pub async fn of_lane<C: ConnectionTrait>(
    db: &C,
    lease: &Lease,
    limit: u64,
) -> Result<Vec<PendingJob>, StoreError> {
    let rows = Entity::find()
        .filter(Column::State.eq(PENDING))
        .filter(Column::Queue.eq(lease.queue.as_str()))
        .filter(Column::TenantId.eq(Uuid::from(lease.scope.tenant_id())))
        .filter(Column::OrderKey.eq(&lease.order_key))
        .order_by_asc(Column::RowId)
        .limit(limit)
        .all(db)
        .await?;
    rows.into_iter()
        .map(|row| {
            let job = serde_json::from_str(&row.payload).map_err(|_| StoreError::Inconsistent {
                table: "jobs",
                column: "payload",
            })?;
            Ok(PendingJob {
                row_id: row.row_id,
                job,
            })
        })
        .collect()
}

/// Removes a job that is done.
pub async fn done(unit: &UnitOfWork, row_id: i64) -> Result<(), StoreError> {
    Entity::delete_by_id(row_id).exec(unit.db()).await?;
    Ok(())
}

/// Sets the first job of a lane aside as dead, with the reason, so that those behind it go on.
pub async fn bury_first(unit: &UnitOfWork, lease: &Lease, reason: &str) -> Result<(), StoreError> {
    let first: Option<i64> = Entity::find()
        .select_only()
        .column(Column::RowId)
        .filter(Column::State.eq(PENDING))
        .filter(Column::Queue.eq(lease.queue.as_str()))
        .filter(Column::TenantId.eq(Uuid::from(lease.scope.tenant_id())))
        .filter(Column::OrderKey.eq(&lease.order_key))
        .order_by_asc(Column::RowId)
        .into_tuple()
        .one(unit.db())
        .await?;
    if let Some(row_id) = first {
        Entity::update_many()
            .col_expr(Column::State, Expr::value(DEAD))
            .col_expr(Column::Error, Expr::value(reason))
            .filter(Column::RowId.eq(row_id))
            .exec(unit.db())
            .await?;
    }
    Ok(())
}
