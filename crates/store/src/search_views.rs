//! What becomes of the rows of the index that have the words (`search_hits`): those that pass the filters, and what
//! belongs to them. All is asked by row keys, a bounded number of them, so a search takes about as long for a common
//! word as for a rare one.

use std::collections::HashMap;

use omni_model::{ConversationId, CustomerId, TenantScope, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};
use uuid::Uuid;

use crate::conversation_views::{ConversationFilter, passing};
use crate::customers::CustomerRecord;
use crate::entity::{conversation_tags, conversations, customers, messages, search_customers};
use crate::{MessageRecord, StoreError, bulk};

/// When messages were received. `None` means no bound.
#[derive(Clone, Copy, Debug, Default)]
pub struct Period {
    pub from: Option<Timestamp>,
    /// Exclusive.
    pub to: Option<Timestamp>,
}

/// Those of `hits` that were received in the period, in a conversation that passes the filter; newest first.
pub async fn messages_passing<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    hits: &[i64],
    filter: &ConversationFilter,
    period: Period,
) -> Result<Vec<i64>, StoreError> {
    use messages::Column;
    if hits.is_empty() {
        return Ok(Vec::new());
    }
    let conversation = messages::Entity::belongs_to(conversations::Entity)
        .from(Column::ConversationId)
        .to(conversations::Column::Id);
    let mut query = messages::Entity::find()
        .select_only()
        .column(Column::RowId)
        .join(JoinType::InnerJoin, conversation.into())
        .filter(bulk::of_tenant(Column::TenantId, scope))
        .filter(bulk::among(db, Column::RowId, hits.iter().copied()))
        .filter(passing(scope, filter))
        .order_by_desc(Column::RowId);
    if let Some(from) = period.from {
        query = query.filter(Column::CreatedAt.gte(from.millis()));
    }
    if let Some(to) = period.to {
        query = query.filter(Column::CreatedAt.lt(to.millis()));
    }
    Ok(query.into_tuple().all(db).await?)
}

/// Messages by row key, newest first.
pub async fn messages<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    row_ids: &[i64],
) -> Result<Vec<MessageRecord>, StoreError> {
    if row_ids.is_empty() {
        return Ok(Vec::new());
    }
    messages::Entity::find()
        .filter(bulk::of_tenant(messages::Column::TenantId, scope))
        .filter(bulk::among(
            db,
            messages::Column::RowId,
            row_ids.iter().copied(),
        ))
        .order_by_desc(messages::Column::RowId)
        .all(db)
        .await?
        .into_iter()
        .map(TryInto::try_into)
        .collect()
}

/// Those of `hits` whose customer has a conversation that passes the filter; newest first.
pub async fn customers_passing<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    hits: &[i64],
    filter: &ConversationFilter,
) -> Result<Vec<i64>, StoreError> {
    use search_customers::Column;
    if hits.is_empty() {
        return Ok(Vec::new());
    }
    let conversation = search_customers::Entity::belongs_to(conversations::Entity)
        .from(Column::CustomerId)
        .to(conversations::Column::CustomerId);
    Ok(search_customers::Entity::find()
        .select_only()
        .column(Column::RowId)
        .distinct()
        .join(JoinType::InnerJoin, conversation.into())
        .filter(bulk::of_tenant(Column::TenantId, scope))
        .filter(bulk::among(db, Column::RowId, hits.iter().copied()))
        .filter(passing(scope, filter))
        .order_by_desc(Column::RowId)
        .into_tuple()
        .all(db)
        .await?)
}

/// Customers by their row key in the index, newest first.
pub async fn customers<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    row_ids: &[i64],
) -> Result<Vec<CustomerRecord>, StoreError> {
    use search_customers::Column;
    if row_ids.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<(i64, Uuid)> = search_customers::Entity::find()
        .select_only()
        .columns([Column::RowId, Column::CustomerId])
        .filter(bulk::of_tenant(Column::TenantId, scope))
        .filter(bulk::among(db, Column::RowId, row_ids.iter().copied()))
        .order_by_desc(Column::RowId)
        .into_tuple()
        .all(db)
        .await?;
    let rows = customers::Entity::find()
        .filter(bulk::of_tenant(customers::Column::TenantId, scope))
        .filter(customers::Column::MergedInto.is_null())
        .filter(bulk::among(
            db,
            customers::Column::Id,
            keys.iter().map(|(_, id)| *id),
        ))
        .all(db)
        .await?;
    let mut by_id: HashMap<Uuid, customers::Model> =
        rows.into_iter().map(|row| (row.id, row)).collect();
    keys.into_iter()
        .filter_map(|(_, id)| by_id.remove(&id))
        .map(TryInto::try_into)
        .collect()
}

/// The newest conversation of each of these customers that passes the filter.
pub async fn newest_conversations<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    customers: &[CustomerId],
    filter: &ConversationFilter,
) -> Result<HashMap<CustomerId, ConversationId>, StoreError> {
    use conversations::Column;
    if customers.is_empty() {
        return Ok(HashMap::new());
    }
    let ids = customers.iter().map(|id| id.0);
    let newest = conversations::Entity::find()
        .select_only()
        .expr(Expr::col(Column::RowId).max())
        .filter(bulk::among(db, Column::CustomerId, ids))
        .filter(passing(scope, filter))
        .group_by(Column::CustomerId)
        .into_query();
    let rows: Vec<(Uuid, Uuid)> = conversations::Entity::find()
        .select_only()
        .columns([Column::CustomerId, Column::Id])
        .filter(bulk::of_tenant(Column::TenantId, scope))
        .filter(Column::RowId.in_subquery(newest))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(customer, id)| (customer.into(), id.into()))
        .collect())
}

/// Row keys of the conversations of these messages.
pub async fn conversations_of_messages<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    hits: &[i64],
) -> Result<Vec<i64>, StoreError> {
    use messages::Column;
    if hits.is_empty() {
        return Ok(Vec::new());
    }
    let conversation = messages::Entity::belongs_to(conversations::Entity)
        .from(Column::ConversationId)
        .to(conversations::Column::Id);
    Ok(messages::Entity::find()
        .select_only()
        .column(conversations::Column::RowId)
        .distinct()
        .join(JoinType::InnerJoin, conversation.into())
        .filter(bulk::of_tenant(Column::TenantId, scope))
        .filter(bulk::among(db, Column::RowId, hits.iter().copied()))
        .into_tuple()
        .all(db)
        .await?)
}

/// Row keys of the newest `limit` conversations of these customers, given by their row keys in the index.
pub async fn conversations_of_customers<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    hits: &[i64],
    limit: u64,
) -> Result<Vec<i64>, StoreError> {
    use search_customers::Column;
    if hits.is_empty() {
        return Ok(Vec::new());
    }
    let conversation = search_customers::Entity::belongs_to(conversations::Entity)
        .from(Column::CustomerId)
        .to(conversations::Column::CustomerId);
    Ok(search_customers::Entity::find()
        .select_only()
        .column(conversations::Column::RowId)
        .join(JoinType::InnerJoin, conversation.into())
        .filter(bulk::of_tenant(Column::TenantId, scope))
        .filter(bulk::among(db, Column::RowId, hits.iter().copied()))
        .order_by_desc(conversations::Column::RowId)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?)
}

/// Row keys of the newest `limit` conversations with this tag. Ids of conversations begin with the time of their making.
pub async fn conversations_tagged<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    tag: &str,
    limit: u64,
) -> Result<Vec<i64>, StoreError> {
    use conversation_tags::Column;
    let conversation = conversation_tags::Entity::belongs_to(conversations::Entity)
        .from(Column::ConversationId)
        .to(conversations::Column::Id);
    Ok(conversation_tags::Entity::find()
        .select_only()
        .column(conversations::Column::RowId)
        .join(JoinType::InnerJoin, conversation.into())
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::Tag.eq(tag))
        .order_by_desc(Column::ConversationId)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?)
}
