//! Exact totals of conversations, kept in the transaction that moves a conversation.

use omni_model::{ChannelId, ConversationStatus, SeenBy, TenantId, TenantScope, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter,
    QuerySelect,
};
use uuid::Uuid;

use crate::entity::counters::{ActiveModel, Column, Entity};
use crate::sight::{self, NONE};
use crate::{CounterCell, StoreError};

/// What the rows of [`rows`] do to the cells that are there.
pub(crate) const ADD: &str = "ON CONFLICT (tenant_id, status, assignee, channel_id, team) \
                              DO UPDATE SET n = counters.n + excluded.n";

/// Cells and what to add to them, as rows. They come sorted, so that two writers lock in the same order.
pub(crate) fn rows(tenant: TenantId, cells: &[(CounterCell, i64)]) -> Vec<ActiveModel> {
    cells
        .iter()
        .map(|(cell, by)| ActiveModel {
            tenant_id: Set(tenant.into()),
            channel_id: Set(cell.channel_id.into()),
            status: Set(cell.status.as_str().to_owned()),
            assignee: Set(cell.assignee.map_or(NONE, Into::into)),
            team: Set(cell.team.map_or(NONE, Into::into)),
            n: Set(*by),
        })
        .collect()
}

/// Which cells a total sums. Empty lists mean no restriction.
#[derive(Clone, Debug, Default)]
pub struct CounterFilter {
    pub statuses: Vec<ConversationStatus>,
    /// `Some(None)` = nobody.
    pub assignee: Option<Option<UserId>>,
    pub channels: Option<Vec<ChannelId>>,
    /// Only what somebody sees who does not see all.
    pub seen_by: Option<SeenBy>,
}

/// How many conversations match.
pub async fn total<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    filter: &CounterFilter,
) -> Result<u64, StoreError> {
    let mut condition = Condition::all().add(Column::TenantId.eq(Uuid::from(scope.tenant_id())));
    if !filter.statuses.is_empty() {
        condition = condition.add(Column::Status.is_in(filter.statuses.iter().map(|s| s.as_str())));
    }
    if let Some(assignee) = filter.assignee {
        condition = condition.add(Column::Assignee.eq(assignee.map_or(NONE, Uuid::from)));
    }
    if let Some(seen_by) = &filter.seen_by {
        condition = condition.add(sight::cells_seen(seen_by));
    }
    if let Some(channels) = &filter.channels {
        condition = condition.add(Column::ChannelId.is_in(channels.iter().map(|c| c.0)));
    }
    // PostgreSQL sums into another type.
    let sum: Option<i64> = Entity::find()
        .select_only()
        .expr(Expr::cust("CAST(COALESCE(SUM(n), 0) AS BIGINT)"))
        .filter(condition)
        .into_tuple()
        .one(db)
        .await?;
    Ok(sum.and_then(|sum| u64::try_from(sum).ok()).unwrap_or(0))
}

/// Open conversations of each operator who has any: what counts against his capacity.
pub async fn open_by_operator<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
) -> Result<std::collections::HashMap<UserId, i64>, StoreError> {
    let cells: Vec<(Uuid, i64)> = Entity::find()
        .select_only()
        .column(Column::Assignee)
        .column(Column::N)
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::Assignee.ne(NONE))
        .filter(Column::Status.eq("open"))
        .into_tuple()
        .all(db)
        .await?;
    let mut loads = std::collections::HashMap::new();
    for (operator, n) in cells {
        *loads.entry(UserId(operator)).or_default() += n;
    }
    Ok(loads)
}
