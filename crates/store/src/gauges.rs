//! What the operator of an installation watches: how much waits, since when, and how many conversations
//! there are.

use omni_model::{ChannelKind, ConversationStatus, PlatformScope, Queue, TenantId, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::StoreError;
use crate::entity::{channels, counters, jobs, lanes, raw_events};
use crate::lanes::NOT_SUSPENDED;
use crate::records::word;

const PENDING: &str = "state = 'pending'";

/// How much waits in each queue.
pub async fn queue_sizes<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
) -> Result<Vec<(Queue, i64)>, StoreError> {
    let inbound: Option<i64> = raw_events::Entity::find()
        .select_only()
        .expr(Expr::col(raw_events::Column::RowId).count())
        .filter(Expr::cust(PENDING))
        .into_tuple()
        .one(db)
        .await?;
    // Where the lane itself is the job.
    let themselves = [Queue::Route, Queue::Index, Queue::Webhooks];
    let lanes: Vec<(String, i64)> = lanes::Entity::find()
        .select_only()
        .column(lanes::Column::Queue)
        .expr(Expr::col(lanes::Column::RowId).count())
        .filter(lanes::Column::Queue.is_in(themselves.map(Queue::as_str)))
        .group_by(lanes::Column::Queue)
        .into_tuple()
        .all(db)
        .await?;
    let jobs: Vec<(String, i64)> = jobs::Entity::find()
        .select_only()
        .column(jobs::Column::Queue)
        .expr(Expr::col(jobs::Column::RowId).count())
        .filter(Expr::cust(PENDING))
        .group_by(jobs::Column::Queue)
        .into_tuple()
        .all(db)
        .await?;
    let counted = |counts: &[(String, i64)], queue: Queue| {
        let found = counts.iter().find(|(name, _)| name == queue.as_str());
        found.map_or(0, |(_, n)| *n)
    };
    let size = |queue: Queue| match queue {
        Queue::Inbound => inbound.unwrap_or(0),
        Queue::Route | Queue::Index | Queue::Webhooks => counted(&lanes, queue),
        Queue::Deliver | Queue::Files => counted(&jobs, queue),
    };
    Ok(Queue::ALL
        .iter()
        .map(|&queue| (queue, size(queue)))
        .collect())
}

/// Since when the oldest work that could run waits; `None` when nothing does.
pub async fn oldest_due<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let oldest: Option<Option<i64>> = lanes::Entity::find()
        .select_only()
        .expr(Expr::col(lanes::Column::DueAt).min())
        .filter(lanes::Column::DueAt.lte(now.millis()))
        .filter(Expr::cust(NOT_SUSPENDED))
        .into_tuple()
        .one(db)
        .await?;
    Ok(oldest.flatten().map(Timestamp::from_millis))
}

/// How many conversations each tenant has, by the kind of channel and status.
pub async fn conversations<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
) -> Result<Vec<(TenantId, ChannelKind, ConversationStatus, i64)>, StoreError> {
    let channel = counters::Entity::belongs_to(channels::Entity)
        .from(counters::Column::ChannelId)
        .to(channels::Column::Id)
        .into();
    let cells: Vec<(Uuid, String, String, i64)> = counters::Entity::find()
        .select_only()
        .column(counters::Column::TenantId)
        .column(channels::Column::Kind)
        .column(counters::Column::Status)
        .column(counters::Column::N)
        .join(JoinType::InnerJoin, channel)
        .into_tuple()
        .all(db)
        .await?;
    cells
        .into_iter()
        .map(|(tenant, kind, status, n)| {
            Ok((
                tenant.into(),
                word(&kind, "channels", "kind")?,
                word(&status, "counters", "status")?,
                n,
            ))
        })
        .collect()
}
