//! Lanes: the jobs of one order key are handed to one worker at a time and run in order.
//!
//! A lane is a row that exists while it has work. Whoever adds work touches it, which raises `version`;
//! whoever leases it raises `fence` and may commit only while his fence is the lane's. A worker that saw
//! all jobs and finds the version unchanged removes the lane; otherwise it goes to the tail.
//!
//! `attempts` counts leases since the last progress, in the same statement that takes the lease: a job
//! that kills its worker is counted, too.

use std::collections::BTreeSet;
use std::time::Duration;

use omni_model::{PlatformScope, Queue, TenantId, TenantScope};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
    Statement, Value,
};
use uuid::Uuid;

use crate::entity::lanes::{ActiveModel, Column, Entity};
use crate::{Dialect, Store, StoreError, UnitOfWork};

/// How long a lease lasts without renewal.
pub const LEASE: Duration = Duration::from_secs(15);

/// A leased lane.
#[derive(Clone, Debug)]
pub struct Lease {
    row_id: i64,
    pub queue: Queue,
    pub scope: TenantScope,
    pub order_key: String,
    fence: i64,
    version: i64,
    /// Leases since the last progress, this one included.
    pub attempts: i64,
}

/// What a worker asks for.
#[derive(Clone, Debug)]
pub struct Claim {
    pub queue: Queue,
    /// Names the worker's process.
    pub owner: String,
    /// Lanes at most, all of one tenant.
    pub lanes: usize,
    /// Lanes of one tenant under lease at any time: no tenant takes all workers.
    pub tenant_bound: usize,
}

/// Notes that lanes have work. Keys come sorted, so that two writers lock in the same order.
pub(crate) async fn touch(
    unit: &UnitOfWork,
    keys: &BTreeSet<(Queue, TenantId, String)>,
) -> Result<(), StoreError> {
    if keys.is_empty() {
        return Ok(());
    }
    let rows = keys.iter().map(|(queue, tenant, order_key)| ActiveModel {
        row_id: NotSet,
        queue: Set(queue.as_str().to_owned()),
        tenant_id: Set((*tenant).into()),
        order_key: Set(order_key.clone()),
        due_at: Set(unit.now().millis()),
        version: Set(1),
        attempts: Set(0),
        owner: Set(None),
        fence: Set(0),
        lease_until: Set(0),
    });
    let conflict = OnConflict::columns([Column::Queue, Column::TenantId, Column::OrderKey])
        .value(Column::Version, Expr::col((Entity, Column::Version)).add(1))
        .to_owned();
    for chunk in chunks(rows.collect(), unit.dialect().rows_per_statement(9)) {
        Entity::insert_many(chunk)
            .on_conflict(conflict.clone())
            .exec_without_returning(unit.db())
            .await?;
    }
    Ok(())
}

pub(crate) fn chunks<T>(rows: Vec<T>, size: usize) -> impl Iterator<Item = Vec<T>> {
    let mut rows = rows.into_iter();
    std::iter::from_fn(move || {
        let chunk: Vec<T> = rows.by_ref().take(size).collect();
        (!chunk.is_empty()).then_some(chunk)
    })
}

#[derive(FromQueryResult)]
struct ClaimedRow {
    row_id: i64,
    tenant_id: Uuid,
    order_key: String,
    fence: i64,
    version: i64,
    attempts: i64,
}

#[derive(FromQueryResult)]
struct TenantRow {
    tenant_id: Option<Uuid>,
}

impl Store {
    /// Leases up to `claim.lanes` due lanes of one tenant: the next tenant after `after` that has any,
    /// going round. Empty when nothing is due.
    pub async fn claim_lanes(
        &self,
        claim: Claim,
        after: Option<TenantId>,
    ) -> Result<Vec<Lease>, StoreError> {
        let Some(tenant) = self.next_due_tenant(claim.queue, after).await? else {
            return Ok(Vec::new());
        };
        let why = PlatformScope::for_reason("workers serve all tenants");
        let rows = self
            .write_platform(why, move |unit| async move {
                claim_of(&unit, &claim, tenant).await
            })
            .await?;
        Ok(rows)
    }

    async fn next_due_tenant(
        &self,
        queue: Queue,
        after: Option<TenantId>,
    ) -> Result<Option<TenantId>, StoreError> {
        let now = self.dialect().now_ms();
        let sql = format!(
            "SELECT tenant_id FROM lanes WHERE queue = $1 AND tenant_id > $2 \
             AND due_at <= {now} AND lease_until <= {now} ORDER BY tenant_id LIMIT 1"
        );
        let after = after.map_or(Uuid::nil(), Uuid::from);
        // First those behind the last one served, then from the beginning.
        for start in [after, Uuid::nil()] {
            let statement = Statement::from_sql_and_values(
                self.reader().get_database_backend(),
                &sql,
                [queue.as_str().into(), start.into()],
            );
            let row = TenantRow::find_by_statement(statement)
                .one(self.reader())
                .await?;
            if let Some(TenantRow {
                tenant_id: Some(tenant),
            }) = row
            {
                return Ok(Some(TenantId(tenant)));
            }
            if start.is_nil() {
                break;
            }
        }
        Ok(None)
    }

    /// Whether any lane of `queue` is due now, and how many jobs wait in all lanes: for metrics.
    pub async fn lane_backlog(&self, queue: Queue) -> Result<LaneBacklog, StoreError> {
        let sql = format!(
            "SELECT COUNT(*) AS lanes, COALESCE(MIN(due_at), {now}) AS oldest, {now} AS now \
             FROM lanes WHERE queue = $1 AND due_at <= {now}",
            now = self.dialect().now_ms()
        );
        let statement = Statement::from_sql_and_values(
            self.reader().get_database_backend(),
            sql,
            [queue.as_str().into()],
        );
        let row = BacklogRow::find_by_statement(statement)
            .one(self.reader())
            .await?;
        let row = row.unwrap_or(BacklogRow {
            lanes: 0,
            oldest: 0,
            now: 0,
        });
        Ok(LaneBacklog {
            lanes: row.lanes,
            oldest_due: Duration::from_millis(
                u64::try_from(row.now.saturating_sub(row.oldest)).unwrap_or(0),
            ),
        })
    }

    /// Frees every lease of processes that are surely gone. Only for an engine that one process owns
    /// alone, right after that process started.
    pub async fn free_all_leases(&self) -> Result<(), StoreError> {
        let why = PlatformScope::for_reason("start of the only process");
        self.write_platform(why, |unit| async move {
            Entity::update_many()
                .col_expr(Column::LeaseUntil, Expr::value(0))
                .exec(unit.db())
                .await?;
            Ok::<_, StoreError>(())
        })
        .await
    }

    /// Makes leases last another [`LEASE`]. A lease that was lost is simply not renewed; its commit will
    /// be refused.
    pub async fn renew_leases(&self, leases: &[Lease]) -> Result<(), StoreError> {
        let keys = leases
            .iter()
            .map(|lease| (lease.row_id, lease.fence))
            .collect::<Vec<_>>();
        let why = PlatformScope::for_reason("workers serve all tenants");
        self.write_platform(why, move |unit| async move {
            let sql = format!(
                "UPDATE lanes SET lease_until = {} + {} WHERE (row_id, fence) IN (VALUES {})",
                unit.dialect().now_ms(),
                LEASE.as_millis(),
                pairs(&keys)
            );
            unit.db().execute_unprepared(&sql).await?;
            Ok::<_, StoreError>(())
        })
        .await
    }
}

/// What waits in a queue.
#[derive(Clone, Copy, Debug)]
pub struct LaneBacklog {
    /// Lanes with due work.
    pub lanes: i64,
    /// How long the oldest of them has been due.
    pub oldest_due: Duration,
}

#[derive(FromQueryResult)]
struct BacklogRow {
    lanes: i64,
    oldest: i64,
    now: i64,
}

async fn claim_of(
    unit: &UnitOfWork,
    claim: &Claim,
    tenant: TenantId,
) -> Result<Vec<Lease>, StoreError> {
    let dialect = unit.dialect();
    let now = dialect.now_ms();
    let sql = format!(
        "UPDATE lanes SET owner = $1, fence = fence + 1, attempts = attempts + 1, \
           lease_until = {now} + {lease} \
         WHERE row_id IN (\
           SELECT row_id FROM lanes WHERE queue = $2 AND tenant_id = $3 AND due_at <= {now} \
           AND lease_until <= {now} AND $4 > (\
             SELECT COUNT(*) FROM lanes AS held WHERE held.queue = $2 AND held.tenant_id = $3 \
             AND held.owner IS NOT NULL AND held.lease_until > {now}) \
           ORDER BY due_at, row_id LIMIT $5{skip}) \
         RETURNING row_id, tenant_id, order_key, fence, version, attempts",
        lease = LEASE.as_millis(),
        skip = dialect.skip_locked(),
    );
    let count = |n: usize| Value::from(i64::try_from(n).unwrap_or(i64::MAX));
    let statement = Statement::from_sql_and_values(
        unit.db().get_database_backend(),
        sql,
        [
            claim.owner.clone().into(),
            claim.queue.as_str().into(),
            Uuid::from(tenant).into(),
            count(claim.tenant_bound),
            count(claim.lanes),
        ],
    );
    let rows = ClaimedRow::find_by_statement(statement)
        .all(unit.db())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Lease {
            row_id: row.row_id,
            queue: claim.queue,
            scope: TenantScope::of(row.tenant_id.into()),
            order_key: row.order_key,
            fence: row.fence,
            version: row.version,
            attempts: row.attempts,
        })
        .collect())
}

/// How a worker leaves a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// All jobs seen are done.
    Drained,
    /// Some are done, others were not looked at: to the tail.
    More,
    /// The first job is to be tried again after this long; those behind it wait.
    Retry(Duration),
    /// What the work stands on was away. Tried again after this long; the attempt does not count.
    Postpone(Duration),
}

/// Gives leases back in the unit of work that holds their results. Fails as [`StoreError::Stale`], and so
/// rolls everything back, if any of them was lost meanwhile.
pub async fn leave(unit: &UnitOfWork, leases: &[(&Lease, Leave)]) -> Result<(), StoreError> {
    if leases.is_empty() {
        return Ok(());
    }
    let mut gone = 0;
    let drained: Vec<_> = leases
        .iter()
        .filter(|(_, leave)| *leave == Leave::Drained)
        .map(|(l, _)| *l)
        .collect();
    if !drained.is_empty() {
        let values: Vec<String> = drained
            .iter()
            .map(|l| format!("({}, {}, {})", l.row_id, l.fence, l.version))
            .collect();
        let sql = format!(
            "DELETE FROM lanes WHERE (row_id, fence, version) IN (VALUES {})",
            values.join(",")
        );
        gone = unit.db().execute_unprepared(&sql).await?.rows_affected();
    }
    // Whatever is left of them has new work since the lease was taken.
    let mut kept = 0;
    if gone < leases.len() as u64 {
        let tail: Vec<_> = leases
            .iter()
            .filter(|(_, leave)| matches!(leave, Leave::Drained | Leave::More))
            .map(|(lease, _)| (lease.row_id, lease.fence))
            .collect();
        kept += release(unit, &tail, Duration::ZERO, "0").await?;
        for (lease, leave) in leases {
            let key = [(lease.row_id, lease.fence)];
            kept += match leave {
                Leave::Retry(delay) => release(unit, &key, *delay, "attempts").await?,
                Leave::Postpone(delay) => release(unit, &key, *delay, "attempts - 1").await?,
                Leave::Drained | Leave::More => 0,
            };
        }
    }
    if gone + kept == leases.len() as u64 {
        Ok(())
    } else {
        Err(StoreError::Stale)
    }
}

/// Fails as [`StoreError::Stale`] unless the lease is still held; holds it until the unit of work ends.
pub async fn assert_held(unit: &UnitOfWork, lease: &Lease) -> Result<(), StoreError> {
    let held = Entity::find_by_id(lease.row_id)
        .filter(Column::Fence.eq(lease.fence))
        .lock_exclusive()
        .one(unit.db())
        .await?;
    held.map(drop).ok_or(StoreError::Stale)
}

async fn release(
    unit: &UnitOfWork,
    keys: &[(i64, i64)],
    delay: Duration,
    attempts: &str,
) -> Result<u64, StoreError> {
    if keys.is_empty() {
        return Ok(0);
    }
    let sql = format!(
        "UPDATE lanes SET owner = NULL, lease_until = 0, due_at = {} + {}, attempts = {attempts} \
         WHERE (row_id, fence) IN (VALUES {})",
        unit.dialect().now_ms(),
        delay.as_millis(),
        pairs(keys)
    );
    Ok(unit.db().execute_unprepared(&sql).await?.rows_affected())
}

/// Integers of our own making, so they may stand in the text: the statement is new each time anyhow.
fn pairs(keys: &[(i64, i64)]) -> String {
    keys.iter()
        .map(|(id, fence)| format!("({id}, {fence})"))
        .collect::<Vec<_>>()
        .join(",")
}

/// Delay before the `attempt`th try of a job: doubles from one second to five minutes, with a jitter of
/// a quarter taken from the lane's own number, so that lanes that failed together do not return together.
pub fn backoff(attempt: i64, lease: &Lease) -> Duration {
    let doublings = u32::try_from((attempt - 1).clamp(0, 9)).unwrap_or(0);
    let base = Ord::min(1000_u64 << doublings, 300_000);
    let spread = base / 4;
    let jitter = if spread == 0 {
        0
    } else {
        (lease.row_id.unsigned_abs() * 7919) % spread
    };
    Duration::from_millis(base + jitter)
}

impl Dialect {
    /// Whether one process owns the database alone.
    pub const fn is_exclusive(self) -> bool {
        matches!(self, Self::Sqlite)
    }
}
