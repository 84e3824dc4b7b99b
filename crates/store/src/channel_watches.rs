//! When each channel is looked after next, and what was seen the last times.

use omni_model::{ChannelKind, PlatformScope, Timestamp};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::channels::ChannelRecord;
use crate::entity::channels::{Column, Entity};
use crate::{StoreError, UnitOfWork};

/// How a channel stood when it was looked after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    /// When it is looked after next.
    pub at: Timestamp,
    /// Since when its provider cannot hand anything over.
    pub failing_since: Option<Timestamp>,
    /// Since when we ask, because nothing could be handed over.
    pub fell_back_at: Option<Timestamp>,
}

/// The channels of a kind that are to be looked after by now, those that wait longest first.
pub async fn due<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
    kind: ChannelKind,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<(ChannelRecord, Watch)>, StoreError> {
    let rows = Entity::find()
        .filter(Column::Kind.eq(kind.as_str()))
        .filter(Column::DeletedAt.is_null())
        .filter(Column::WatchAt.lte(now.millis()))
        .order_by_asc(Column::WatchAt)
        .limit(limit)
        .all(db)
        .await?;
    rows.into_iter()
        .map(|row| {
            let watch = Watch {
                at: Timestamp::from_millis(row.watch_at),
                failing_since: row.failing_since.map(Timestamp::from_millis),
                fell_back_at: row.fell_back_at.map(Timestamp::from_millis),
            };
            Ok((row.try_into()?, watch))
        })
        .collect()
}

/// Takes a channel that is due, so that nobody else looks after it before `next`. Answers whether nobody had.
pub async fn take(
    unit: &UnitOfWork,
    channel: &ChannelRecord,
    due: Timestamp,
    next: Timestamp,
) -> Result<bool, StoreError> {
    let done = Entity::update_many()
        .col_expr(Column::WatchAt, Expr::value(next.millis()))
        .filter(Column::TenantId.eq(Uuid::from(channel.tenant_id)))
        .filter(Column::Id.eq(Uuid::from(channel.id)))
        .filter(Column::WatchAt.eq(due.millis()))
        .exec(unit.db())
        .await?;
    Ok(done.rows_affected == 1)
}

/// Writes what was seen.
pub async fn note(
    unit: &UnitOfWork,
    channel: &ChannelRecord,
    failing_since: Option<Timestamp>,
    fell_back_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    let millis = |at: Option<Timestamp>| Expr::value(at.map(Timestamp::millis));
    Entity::update_many()
        .col_expr(Column::FailingSince, millis(failing_since))
        .col_expr(Column::FellBackAt, millis(fell_back_at))
        .filter(Column::TenantId.eq(Uuid::from(channel.tenant_id)))
        .filter(Column::Id.eq(Uuid::from(channel.id)))
        .exec(unit.db())
        .await?;
    Ok(())
}
