//! Raw inbound events: stored before they are acknowledged, each its own job in the lane of its chat.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Deref;

use omni_model::{ChannelId, PlatformScope, Queue, TenantId, TenantScope, Timestamp};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QueryResult, QuerySelect, Value,
};
use uuid::Uuid;

use crate::bulk::{self, NewRows};
use crate::database_time::DatabaseTime;
use crate::entity::raw_events::{ActiveModel, Column, Entity};
use crate::lanes::{self, Lease};
use crate::{Committed, Dialect, Store, StoreError, UnitOfWork};

/// Where a raw event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawState {
    Pending,
    Done,
    /// Understood as something we do not act on; kept as it came.
    Unsupported,
    /// Given up, with the reason.
    Dead,
}

impl RawState {
    /// The state of a stored word.
    pub(crate) fn named(word: &str) -> Option<Self> {
        [Self::Pending, Self::Done, Self::Unsupported, Self::Dead]
            .into_iter()
            .find(|state| state.as_str() == word)
    }

    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Done => "done",
            Self::Unsupported => "unsupported",
            Self::Dead => "dead",
        }
    }
}

/// An event as a provider sent it.
#[derive(Clone, Debug)]
pub struct NewRawEvent {
    pub scope: TenantScope,
    pub channel_id: ChannelId,
    /// The provider's id of the event, unique within the channel.
    pub provider_event_id: String,
    /// Orders the channel's events: usually the chat.
    pub order_key: String,
    /// The provider's word for what it is.
    pub kind: String,
    /// The body, as it came.
    pub payload: String,
    pub received_at: Timestamp,
}

impl NewRawEvent {
    fn lane_key(&self) -> String {
        format!("{}:{}", self.channel_id, self.order_key)
    }
}

/// Stores events; one that is there already has no effect. They may be of several tenants.
pub async fn accept(unit: &UnitOfWork, events: &[NewRawEvent]) -> Result<(), StoreError> {
    // The lanes first: their rows make writers of one chat take turns, so that the row keys given to the
    // events grow in the order of commits.
    let (dialect, time) = (unit.dialect(), unit.database_time());
    let touched = lanes::touched(&lanes_of(events), dialect, time);
    let touched = (touched, lanes::TOUCH_AGAIN);
    unit.announce(Queue::Inbound);
    if !unit.dialect().is_exclusive() {
        return bulk::insert_both(unit, touched, (rows(events), STORED_ALREADY)).await;
    }
    bulk::insert(unit, touched.0, touched.1).await?;
    let stored = bulk::insert_last(unit, rows(events), STORED_ALREADY).await?;
    // Where nothing was new, the key would be of another table.
    if let Some(stored) = stored.filter(|stored| stored.rows_affected() > 0) {
        let newest = i64::try_from(stored.last_insert_id()).unwrap_or(0);
        unit.received_up_to(newest);
    }
    Ok(())
}

/// Like [`accept`], in a transaction by itself, on SQLite ahead of all others that wait to write (see
/// [`Store::write_script_next`]): `gather` is asked for the events when their turn has come.
///
/// On PostgreSQL lanes that are new are leased to `owner` at once, if there is one. It need not look for them nor read
/// their events; others are to be claimed, as always.
pub async fn accept_next<G, Fut>(
    store: &Store,
    owner: Option<&str>,
    gather: G,
) -> Result<Taken, StoreError>
where
    G: FnOnce() -> Fut + Send + 'static,
    Fut: Future<Output: Deref<Target = Vec<NewRawEvent>> + Send> + Send + 'static,
{
    let (dialect, time) = (store.dialect(), store.database_time());
    if !dialect.is_exclusive() {
        let (sql, values) = match owner {
            None => {
                let events = gather().await;
                let touched = lanes::touched(&lanes_of(&events), dialect, time);
                let stored = (NewRows::from(rows(&events)), STORED_ALREADY);
                bulk::one_after_the_other((touched, lanes::TOUCH_AGAIN), stored)
            }
            Some(owner) => take(&gather().await, dialect, time, owner),
        };
        let found = store.run_statement(&sql, values).await?;
        let taken = Taken::of(found, owner.is_some())?;
        if taken.others {
            store.tell(&Committed {
                queues: vec![Queue::Inbound],
                ..Committed::default()
            });
        }
        return Ok(taken);
    }
    let why = PlatformScope::for_reason("a group commit holds the events of all tenants");
    let script = move || async move {
        let events = gather().await;
        let touched = lanes::touched(&lanes_of(&events), dialect, time);
        let stored = (NewRows::from(rows(&events)), STORED_ALREADY);
        let (sql, values) = bulk::script((touched, lanes::TOUCH_AGAIN), stored);
        (format!("{sql}; SELECT MAX(row_id) FROM raw_events"), values)
    };
    let outcome = |rows: Vec<QueryResult>| {
        let newest = rows
            .first()
            .map(|row| row.try_get_by_index(0))
            .transpose()?;
        Ok(Committed {
            events: None,
            queues: vec![Queue::Inbound],
            raw_events: newest.flatten(),
        })
    };
    store.write_script_next(why, script, outcome).await?;
    Ok(Taken::default())
}

/// PostgreSQL: stores events, leases the new ones among their lanes, and answers what [`TakenRow`] says.
fn take(
    events: &[NewRawEvent],
    dialect: Dialect,
    time: DatabaseTime,
    owner: &str,
) -> (String, Vec<Value>) {
    let touched = lanes::leased(&lanes_of(events), dialect, time, owner);
    let again = format!(
        "{} RETURNING row_id, tenant_id, order_key, fence, version",
        lanes::TOUCH_AGAIN
    );
    let (touch, mut values) = touched.statement(&again, 1);
    // The count of the lanes is known when the events are stored.
    let stored = NewRows::from(rows(events)).when("(SELECT COUNT(*) FROM touched) >= 0");
    let already = format!("{STORED_ALREADY} RETURNING row_id, order_key, provider_event_id");
    let (store, more) = stored.statement(&already, values.len() + 1);
    values.extend(more);
    let sql = format!(
        "WITH touched AS ({touch}), stored AS ({store}) \
         SELECT touched.*, stored.row_id AS event, stored.provider_event_id \
         FROM touched LEFT JOIN stored ON stored.order_key = touched.order_key \
         ORDER BY stored.row_id"
    );
    (sql, values)
}

#[derive(FromQueryResult)]
struct TakenRow {
    row_id: i64,
    tenant_id: Uuid,
    order_key: String,
    fence: i64,
    version: i64,
    /// The row key of an event that was new, and the provider's id of it.
    event: Option<i64>,
    provider_event_id: Option<String>,
}

/// What was leased while it was stored.
#[derive(Debug, Default)]
pub struct Taken {
    leases: Vec<Lease>,
    /// By lane and the provider's id: the row keys of events.
    events: HashMap<(String, String), i64>,
    /// Whether lanes have work that are not among them.
    others: bool,
}

impl Taken {
    fn of(rows: Vec<QueryResult>, leased: bool) -> Result<Self, StoreError> {
        let mut taken = Self {
            others: !leased,
            ..Self::default()
        };
        let mut seen = HashSet::new();
        for row in rows {
            let row = TakenRow::from_query_result(&row, "")?;
            if row.version != lanes::FIRST_VERSION {
                taken.others = true;
                continue;
            }
            if seen.insert(row.row_id) {
                let scope = TenantScope::of(row.tenant_id.into());
                let key = row.order_key.clone();
                taken.leases.push(Lease::new(
                    row.row_id,
                    Queue::Inbound,
                    scope,
                    key,
                    row.fence,
                ));
            }
            if let (Some(event), Some(id)) = (row.event, row.provider_event_id) {
                taken.events.insert((row.order_key, id), event);
            }
        }
        Ok(taken)
    }

    /// The leases, each with its events in their order; `given` are those that were stored.
    pub fn with(self, given: Vec<NewRawEvent>) -> Vec<(Lease, Vec<RawEvent>)> {
        if self.leases.is_empty() {
            return Vec::new();
        }
        let mut events: HashMap<String, Vec<RawEvent>> = HashMap::new();
        for event in given {
            let order_key = event.lane_key();
            let id = (order_key, event.provider_event_id);
            // One that is given twice was stored once.
            if let Some(&row_id) = self.events.get(&id) {
                let of_lane = events.entry(id.0.clone()).or_default();
                if of_lane.iter().all(|event| event.row_id != row_id) {
                    of_lane.push(RawEvent {
                        row_id,
                        channel_id: event.channel_id.into(),
                        order_key: id.0,
                        kind: event.kind,
                        payload: event.payload,
                        received_at: event.received_at.millis(),
                    });
                }
            }
        }
        let leases = self.leases.into_iter();
        leases
            .map(|lease| {
                let mut events = events.remove(&lease.order_key).unwrap_or_default();
                events.sort_unstable_by_key(|event| event.row_id);
                (lease, events)
            })
            .collect()
    }
}

/// Whether an event was there already does not matter.
const STORED_ALREADY: &str = "ON CONFLICT (channel_id, provider_event_id) DO NOTHING";

fn lanes_of(events: &[NewRawEvent]) -> BTreeSet<(Queue, TenantId, String)> {
    events
        .iter()
        .map(|event| (Queue::Inbound, event.scope.tenant_id(), event.lane_key()))
        .collect()
}

fn rows(events: &[NewRawEvent]) -> Vec<ActiveModel> {
    events
        .iter()
        .map(|event| ActiveModel {
            row_id: NotSet,
            tenant_id: Set(event.scope.tenant_id().into()),
            channel_id: Set(event.channel_id.into()),
            provider_event_id: Set(event.provider_event_id.clone()),
            order_key: Set(event.lane_key()),
            kind: Set(event.kind.clone()),
            payload: Set(event.payload.clone()),
            state: Set(RawState::Pending.as_str().to_owned()),
            error: Set(None),
            received_at: Set(event.received_at.millis()),
        })
        .collect()
}

/// An event that a lease covers.
#[derive(Clone, Debug, FromQueryResult)]
pub struct RawEvent {
    pub row_id: i64,
    channel_id: Uuid,
    /// The lane it runs in.
    pub order_key: String,
    pub kind: String,
    pub payload: String,
    received_at: i64,
}

impl RawEvent {
    /// The channel it came through.
    pub fn channel_id(&self) -> ChannelId {
        self.channel_id.into()
    }

    /// When it was stored.
    pub fn received_at(&self) -> Timestamp {
        Timestamp::from_millis(self.received_at)
    }
}

/// The first `limit` pending events of leased lanes (all of one tenant), oldest first.
pub async fn of_lanes<C: ConnectionTrait>(
    db: &C,
    leases: &[Lease],
    limit: u64,
) -> Result<Vec<RawEvent>, StoreError> {
    let Some(first) = leases.first() else {
        return Ok(Vec::new());
    };
    Ok(Entity::find()
        .select_only()
        .columns([
            Column::RowId,
            Column::ChannelId,
            Column::OrderKey,
            Column::Kind,
            Column::Payload,
            Column::ReceivedAt,
        ])
        .filter(Column::TenantId.eq(Uuid::from(first.scope.tenant_id())))
        .filter(bulk::among(
            db,
            Column::OrderKey,
            leases.iter().map(|lease| lease.order_key.as_str()),
        ))
        .filter(Expr::cust("state = 'pending'"))
        .order_by_asc(Column::RowId)
        .limit(limit)
        .into_model()
        .all(db)
        .await?)
}

/// Marks events as dealt with.
pub async fn finish(
    unit: &UnitOfWork,
    row_ids: &[i64],
    state: RawState,
    error: Option<&str>,
) -> Result<(), StoreError> {
    if row_ids.is_empty() {
        return Ok(());
    }
    if unit.may_wait() {
        let (state, error) = (state.as_str().to_owned(), error.map(ToOwned::to_owned));
        let ids = bulk::array(row_ids);
        unit.wait_with(Box::new(move |place| {
            let (why, which) = (place + 1, place + 2);
            let sql = format!(
                "UPDATE raw_events SET state = ${place}, error = ${why}::text \
                 WHERE row_id = ANY(${which}::bigint[])"
            );
            (sql, vec![state.into(), error.into(), ids])
        }));
        return Ok(());
    }
    Entity::update_many()
        .col_expr(Column::State, Expr::value(state.as_str()))
        .col_expr(Column::Error, Expr::value(error.map(ToOwned::to_owned)))
        .filter(bulk::among(
            unit.db(),
            Column::RowId,
            row_ids.iter().copied(),
        ))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// How many events of a channel are in a state: for the channel's page and for tests.
pub async fn count<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    channel: ChannelId,
    state: RawState,
) -> Result<u64, StoreError> {
    use sea_orm::PaginatorTrait;
    Ok(Entity::find()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::ChannelId.eq(Uuid::from(channel)))
        .filter(Column::State.eq(state.as_str()))
        .count(db)
        .await?)
}

/// The newest events of a channel, for its log.
pub async fn latest<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    channel: ChannelId,
    limit: u64,
) -> Result<Vec<LoggedEvent>, StoreError> {
    let rows = Entity::find()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::ChannelId.eq(Uuid::from(channel)))
        .order_by_desc(Column::RowId)
        .limit(limit)
        .all(db)
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(LoggedEvent {
                provider_event_id: row.provider_event_id,
                kind: row.kind,
                state: row.state,
                error: row.error,
                // Nested too deep to be shown in parts, it is shown as it came.
                payload: serde_json::from_str(&row.payload).unwrap_or(row.payload.into()),
                received_at: Timestamp::from_millis(row.received_at),
            })
        })
        .collect()
}

/// A raw event as the channel's log shows it.
#[derive(Clone, Debug)]
pub struct LoggedEvent {
    pub provider_event_id: String,
    pub kind: String,
    pub state: String,
    pub error: Option<String>,
    pub payload: serde_json::Value,
    pub received_at: Timestamp,
}
