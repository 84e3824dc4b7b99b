//! The log of what a channel was handed: pages of it, single events, and taking one up again.

use omni_model::{ChannelId, Queue, TenantScope, Timestamp, Total};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use uuid::Uuid;

use crate::entity::raw_events::{Column, Entity};
use crate::raw_events::RawState;
use crate::{StoreError, UnitOfWork, capped};

/// An event without what it carried.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
struct Row {
    row_id: i64,
    provider_event_id: String,
    kind: String,
    state: String,
    error: Option<String>,
    received_at: i64,
}

/// An event of a channel's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawLine {
    /// Grows with each event.
    pub row_id: i64,
    pub provider_event_id: String,
    pub kind: String,
    pub state: RawState,
    pub error: Option<String>,
    pub received_at: Timestamp,
}

impl TryFrom<Row> for RawLine {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let state = RawState::named(&row.state).ok_or(StoreError::Inconsistent {
            table: "raw_events",
            column: "state",
        })?;
        Ok(Self {
            row_id: row.row_id,
            provider_event_id: row.provider_event_id,
            kind: row.kind,
            state,
            error: row.error,
            received_at: Timestamp::from_millis(row.received_at),
        })
    }
}

/// Which events somebody wants to see.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    pub channel: ChannelId,
    /// `None` = in any.
    pub state: Option<RawState>,
    /// Those before this one.
    pub before: Option<i64>,
    pub limit: u64,
}

fn of_channel(scope: &TenantScope, channel: ChannelId) -> Select<Entity> {
    Entity::find()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::ChannelId.eq(Uuid::from(channel)))
}

/// One page of a channel's events, the newest first.
pub async fn page<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    wanted: Wanted,
) -> Result<(Vec<RawLine>, Total), StoreError> {
    let mut query = of_channel(scope, wanted.channel);
    if let Some(state) = wanted.state {
        // Word for word what the index of the few is limited to, so that it is used.
        if matches!(state, RawState::Unsupported | RawState::Dead) {
            query = query.filter(Expr::cust("state IN ('unsupported', 'dead')"));
        }
        query = query.filter(Column::State.eq(state.as_str()));
    }
    let total = capped::count(db, query.clone()).await?;
    if let Some(before) = wanted.before {
        query = query.filter(Column::RowId.lt(before));
    }
    let rows: Vec<Row> = lines(query)
        .order_by_desc(Column::RowId)
        .limit(wanted.limit)
        .into_model()
        .all(db)
        .await?;
    let lines = rows.into_iter().map(RawLine::try_from);
    Ok((lines.collect::<Result<_, _>>()?, total))
}

fn lines(query: Select<Entity>) -> Select<Entity> {
    query.select_only().columns([
        Column::RowId,
        Column::ProviderEventId,
        Column::Kind,
        Column::State,
        Column::Error,
        Column::ReceivedAt,
    ])
}

/// An event, and what it carried as it came.
pub async fn find<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    channel: ChannelId,
    row_id: i64,
) -> Result<Option<(RawLine, String)>, StoreError> {
    let one = || of_channel(scope, channel).filter(Column::RowId.eq(row_id));
    let line: Option<Row> = lines(one()).into_model().one(db).await?;
    let Some(line) = line else {
        return Ok(None);
    };
    let payload: Option<String> = one()
        .select_only()
        .column(Column::Payload)
        .into_tuple()
        .one(db)
        .await?;
    Ok(Some((line.try_into()?, payload.unwrap_or_default())))
}

/// Has an event that led to nothing worked on again, in the order in which it came. One that was worked off, or that
/// waits, stays as it is. Answers whether anything changed; `None` where there is no such event.
pub async fn take_up(
    unit: &UnitOfWork,
    scope: &TenantScope,
    channel: ChannelId,
    row_id: i64,
) -> Result<Option<bool>, StoreError> {
    let found = of_channel(scope, channel)
        .filter(Column::RowId.eq(row_id))
        .lock_exclusive()
        .one(unit.db())
        .await?;
    let Some(event) = found else {
        return Ok(None);
    };
    let aside = [RawState::Unsupported, RawState::Dead].map(RawState::as_str);
    if !aside.contains(&event.state.as_str()) {
        return Ok(Some(false));
    }
    Entity::update_many()
        .col_expr(Column::State, Expr::value(RawState::Pending.as_str()))
        .col_expr(Column::Error, Expr::value(None::<String>))
        .filter(Column::RowId.eq(row_id))
        .exec(unit.db())
        .await?;
    unit.wake(Queue::Inbound, event.order_key);
    Ok(Some(true))
}
