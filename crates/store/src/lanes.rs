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
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Statement, Value,
};
use uuid::Uuid;

use crate::bulk::{self, NewRows};
use crate::database_time::DatabaseTime;
use crate::entity::lanes::{ActiveModel, Column, Entity};
use crate::{Dialect, Store, StoreError, UnitOfWork};

/// How long a lease lasts without renewal.
pub const LEASE: Duration = Duration::from_secs(15);

/// Holds of lanes whose company is not suspended: what it has waits until it is restored.
pub(crate) const NOT_SUSPENDED: &str =
    "tenant_id NOT IN (SELECT id FROM tenants WHERE suspended_at IS NOT NULL)";

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

impl Lease {
    /// The first lease of a lane that was just made.
    pub(crate) fn new(
        row_id: i64,
        queue: Queue,
        scope: TenantScope,
        order_key: String,
        fence: i64,
    ) -> Self {
        Self {
            row_id,
            queue,
            scope,
            order_key,
            fence,
            version: FIRST_VERSION,
            attempts: 1,
        }
    }

    fn seen(&self) -> Seen {
        [self.row_id, self.fence, self.version]
    }
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
    bulk::insert(
        unit,
        touched(keys, unit.dialect(), unit.database_time()),
        TOUCH_AGAIN,
    )
    .await
}

/// What a touch does to a lane that is there.
pub(crate) const TOUCH_AGAIN: &str =
    "ON CONFLICT (queue, tenant_id, order_key) DO UPDATE SET version = lanes.version + 1";

/// The version of a lane that was just made.
pub(crate) const FIRST_VERSION: i64 = 1;

/// The rows of a touch.
pub(crate) fn touched(
    keys: &BTreeSet<(Queue, TenantId, String)>,
    dialect: Dialect,
    time: DatabaseTime,
) -> NewRows {
    new_lanes(keys, dialect, time, None).computing("lease_until", "0")
}

/// The rows of a touch that leases those lanes to `owner` that are new: they have [`FIRST_VERSION`].
pub(crate) fn leased(
    keys: &BTreeSet<(Queue, TenantId, String)>,
    dialect: Dialect,
    time: DatabaseTime,
    owner: &str,
) -> NewRows {
    let until = format!("{} + {}", time.now(), LEASE.as_millis());
    new_lanes(keys, dialect, time, Some(owner)).computing("lease_until", until)
}

fn new_lanes(
    keys: &BTreeSet<(Queue, TenantId, String)>,
    dialect: Dialect,
    time: DatabaseTime,
    owner: Option<&str>,
) -> NewRows {
    let rows: Vec<_> = keys
        .iter()
        .map(|(queue, tenant, order_key)| ActiveModel {
            row_id: NotSet,
            queue: Set(queue.as_str().to_owned()),
            tenant_id: Set((*tenant).into()),
            order_key: Set(order_key.clone()),
            due_at: NotSet,
            version: Set(FIRST_VERSION),
            attempts: Set(owner.map_or(0, |_| 1)),
            owner: Set(owner.map(ToOwned::to_owned)),
            fence: NotSet,
            lease_until: NotSet,
        })
        .collect();
    NewRows::from(rows)
        .computing("due_at", time.now())
        .computing("fence", dialect.first_fence())
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

impl Store {
    /// Leases up to `claim.lanes` due lanes of one tenant: the next tenant after `after` that has any,
    /// going round. Empty when nothing is due.
    pub async fn claim_lanes(
        &self,
        claim: Claim,
        after: Option<TenantId>,
    ) -> Result<Vec<Lease>, StoreError> {
        let dialect = self.dialect();
        let now = self.database_time().now();
        let next = format!(
            "SELECT tenant_id FROM lanes WHERE queue = $2 AND tenant_id > $3 \
             AND due_at <= {now} AND lease_until <= {now} AND {NOT_SUSPENDED} ORDER BY tenant_id LIMIT 1"
        );
        let sql = format!(
            "WITH served AS (SELECT COALESCE(({next}), ({first})) AS tenant_id) \
             UPDATE lanes SET owner = $1, fence = fence + 1, attempts = attempts + 1, \
               lease_until = {now} + {lease} \
             WHERE row_id IN (\
               SELECT row_id FROM lanes WHERE queue = $2 AND tenant_id = (SELECT tenant_id FROM served) \
               AND due_at <= {now} AND lease_until <= {now} AND $4 > (\
                 SELECT COUNT(*) FROM lanes AS held WHERE held.queue = $2 \
                 AND held.tenant_id = (SELECT tenant_id FROM served) \
                 AND held.owner IS NOT NULL AND held.lease_until > {now}) \
               ORDER BY due_at, row_id LIMIT $5{skip}) \
             RETURNING row_id, tenant_id, order_key, fence, version, attempts",
            first = next.replace(" AND tenant_id > $3", ""),
            lease = LEASE.as_millis(),
            skip = dialect.skip_locked(),
        );
        let count = |n: usize| Value::from(i64::try_from(n).unwrap_or(i64::MAX));
        let values = [
            claim.owner.clone().into(),
            claim.queue.as_str().into(),
            after.map_or(Uuid::nil(), Uuid::from).into(),
            count(claim.tenant_bound),
            count(claim.lanes),
        ];
        let backend = self.reader().get_database_backend();
        let statement = Statement::from_sql_and_values(backend, sql, values);
        let through = match claim.queue {
            Queue::Inbound => self.intake(),
            _ => self.writer(),
        };
        let rows: Vec<ClaimedRow> = self.write_statement(through, statement).await?;
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

    /// Whether any lane of `queue` is due now, and how many jobs wait in all lanes: for metrics.
    pub async fn lane_backlog(&self, queue: Queue) -> Result<LaneBacklog, StoreError> {
        let sql = format!(
            "SELECT COUNT(*) AS lanes, COALESCE(MIN(due_at), {now}) AS oldest, {now} AS now \
             FROM lanes WHERE queue = $1 AND due_at <= {now} AND {NOT_SUSPENDED}",
            now = self.database_time().now()
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
    /// alone, right after that process started. What waits is tried at once: the clock may have been set back since
    /// it was put off.
    pub async fn free_all_leases(&self) -> Result<(), StoreError> {
        let why = PlatformScope::for_reason("start of the only process");
        self.write_platform(why, |unit| async move {
            let now = unit.database_time().now();
            Entity::update_many()
                .col_expr(Column::LeaseUntil, Expr::value(0))
                .col_expr(Column::DueAt, Expr::cust(now))
                .exec(unit.db())
                .await?;
            Ok::<_, StoreError>(())
        })
        .await
    }

    /// Gives back leases under which nothing was tried.
    pub async fn give_back(&self, leases: &[Lease]) -> Result<(), StoreError> {
        let keys: Vec<_> = (leases.iter())
            .map(|lease| [lease.row_id, lease.fence])
            .collect();
        let why = PlatformScope::for_reason("workers serve all tenants");
        let queues: BTreeSet<Queue> = leases.iter().map(|lease| lease.queue).collect();
        self.write_platform(why, move |unit| async move {
            release(&unit, &keys, Duration::ZERO, "attempts - 1").await?;
            queues.into_iter().for_each(|queue| unit.announce(queue));
            Ok::<_, StoreError>(())
        })
        .await
    }

    /// Makes leases last another [`LEASE`]. A lease that was lost is simply not renewed; its commit will
    /// be refused.
    pub async fn renew_leases(&self, leases: &[Lease]) -> Result<(), StoreError> {
        let keys = leases
            .iter()
            .map(|lease| [lease.row_id, lease.fence])
            .collect::<Vec<_>>();
        let why = PlatformScope::for_reason("workers serve all tenants");
        self.write_platform(why, move |unit| async move {
            let set = format!(
                "UPDATE lanes SET lease_until = {} + {}",
                unit.database_time().now(),
                LEASE.as_millis(),
            );
            change_held(&unit, &set, &keys).await?;
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
    let drained: Vec<_> = leases
        .iter()
        .filter(|(_, leave)| *leave == Leave::Drained)
        .map(|(lease, _)| lease.seen())
        .collect();
    if drained.len() == leases.len() && unit.may_wait() {
        unit.leave_last(leases[0].0.queue, drained);
        return Ok(());
    }
    let gone = change_held(unit, REMOVE, &drained).await?;
    // Nobody else tells of what a lane still has when it goes to the tail.
    let more = leases.iter().any(|(_, leave)| *leave == Leave::More);
    if more || gone < drained.len() as u64 {
        unit.announce(leases[0].0.queue);
    }
    // Whatever is left of them has new work since the lease was taken.
    let mut kept = 0;
    if gone < leases.len() as u64 {
        let tail: Vec<_> = leases
            .iter()
            .filter(|(_, leave)| matches!(leave, Leave::Drained | Leave::More))
            .map(|(lease, _)| [lease.row_id, lease.fence])
            .collect();
        kept += release(unit, &tail, Duration::ZERO, "0").await?;
        for (lease, leave) in leases {
            let key = [[lease.row_id, lease.fence]];
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

const REMOVE: &str = "DELETE FROM lanes";

/// A drained lane as its holder saw it: what [`HELD_BY`] says.
pub(crate) type Seen = [i64; 3];

/// PostgreSQL: the removal of drained lanes, with the common table expression before it and what to bind from `place`
/// on.
pub(crate) fn removal(drained: &[Seen], place: usize) -> (String, String, Vec<Value>) {
    change_of_held(Dialect::Postgres, REMOVE, drained, place)
}

/// Leaves the lanes that [`removal`] found to have new work: those are not among the `gone`. Answers whether there are
/// any.
pub(crate) async fn leave_rest(
    unit: &UnitOfWork,
    drained: &[Seen],
    gone: u64,
) -> Result<bool, StoreError> {
    let all = drained.len() as u64;
    if gone == all {
        return Ok(false);
    }
    let keys: Vec<_> = (drained.iter())
        .map(|[row_id, fence, _]| [*row_id, *fence])
        .collect();
    let kept = release(unit, &keys, Duration::ZERO, "0").await?;
    if gone + kept == all {
        Ok(true)
    } else {
        Err(StoreError::Stale)
    }
}

/// Fails as [`StoreError::Stale`] unless the lease is still held; holds it until the unit of work ends.
pub async fn assert_held(unit: &UnitOfWork, lease: &Lease) -> Result<(), StoreError> {
    let held = Entity::find_by_id(lease.row_id)
        .filter(Column::Fence.eq(lease.fence))
        .filter(Column::Owner.is_not_null())
        .lock_exclusive()
        .one(unit.db())
        .await?;
    held.map(drop).ok_or(StoreError::Stale)
}

async fn release(
    unit: &UnitOfWork,
    keys: &[[i64; 2]],
    delay: Duration,
    attempts: &str,
) -> Result<u64, StoreError> {
    let set = format!(
        "UPDATE lanes SET owner = NULL, lease_until = 0, due_at = {} + {}, attempts = {attempts}",
        unit.database_time().now(),
        delay.as_millis(),
    );
    change_held(unit, &set, keys).await
}

/// The columns that say whether a lane is as its holder knows it.
const HELD_BY: [&str; 3] = ["row_id", "fence", "version"];

/// Changes those lanes (all of one queue and tenant) that are still leased and have these values in the first
/// columns of [`HELD_BY`]; returns how many. Who gave a lane back holds it no more, though its fence is still his.
///
/// Where several write at once, the lanes are locked in the order in which [`touch`] does it, so that those
/// who bring work and those who did some take turns instead of blocking each other.
async fn change_held<const N: usize>(
    unit: &UnitOfWork,
    change: &str,
    held: &[[i64; N]],
) -> Result<u64, StoreError> {
    if held.is_empty() {
        return Ok(0);
    }
    let dialect = unit.dialect();
    let mut changed = 0;
    for held in held.chunks(dialect.rows_per_statement(N)) {
        let (with, main, values) = change_of_held(dialect, change, held, 1);
        let sql = if with.is_empty() {
            main
        } else {
            format!("WITH {with} {main}")
        };
        changed += bulk::execute(unit, sql, values).await?;
    }
    Ok(changed)
}

fn change_of_held<const N: usize>(
    dialect: Dialect,
    change: &str,
    held: &[[i64; N]],
    place: usize,
) -> (String, String, Vec<Value>) {
    let rows = held.iter().map(|values| values.map(Value::from).to_vec());
    let (list, values) = dialect.rows(rows.collect(), &[], place);
    let condition = format!(
        "owner IS NOT NULL AND ({}) IN ({list})",
        HELD_BY[..N].join(", ")
    );
    let (with, main) = dialect.change_lanes(change, &condition, place);
    (with, main, values)
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
