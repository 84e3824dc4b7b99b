//! What is found. Everything is found in two steps: the newest rows of the index that have the words, up to a bound and
//! part by part; and of them those that pass the filters. So a search takes about as long for a common word as for a
//! rare one.

use std::cmp::min;
use std::collections::HashMap;

use omni_analyzer::Query;
use omni_model::{ConversationId, CustomerId, TenantScope, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Statement,
};
use uuid::Uuid;

use crate::conversation_views::{ConversationFilter, passing};
use crate::customers::CustomerRecord;
use crate::entity::{conversation_tags, conversations, customers, messages, search_customers};
use crate::search_parts::{self, Terms};
use crate::{Dialect, MessageRecord, StoreError, bulk};

/// Parts of the index asked in one statement at most.
const PARTS: usize = 16;

/// Row keys of the newest `limit` messages before row `before` that have the words.
pub async fn message_hits<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    query: &Query,
    before: Option<i64>,
    limit: u64,
) -> Result<Vec<i64>, StoreError> {
    hits(db, scope, Terms::Messages, query, before, limit).await
}

/// Row keys, in the index, of the newest `limit` customers before row `before` that have the words.
pub async fn customer_hits<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    query: &Query,
    before: Option<i64>,
    limit: u64,
) -> Result<Vec<i64>, StoreError> {
    hits(db, scope, Terms::Customers, query, before, limit).await
}

async fn hits<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    terms: Terms,
    query: &Query,
    before: Option<i64>,
    limit: u64,
) -> Result<Vec<i64>, StoreError> {
    if query.words.is_empty() {
        return Ok(Vec::new());
    }
    let dialect = Dialect::of(db);
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let before = before.unwrap_or(i64::MAX);
    let parts = search_parts::numbers(db, scope, terms, before).await?;
    let (mut rest, mut at_once) = (parts.as_slice(), 1);
    let mut found: Vec<i64> = Vec::new();
    while found.len() < most && !rest.is_empty() {
        let (these, older) = rest.split_at(min(at_once, rest.len()));
        let (sql, asked) = dialect.full_text_hits(terms.table(), these, query);
        let wanted = i64::try_from(most - found.len()).unwrap_or(i64::MAX);
        let values = [before.into(), wanted.into()].into_iter().chain(asked);
        let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
        for row in db.query_all_raw(statement).await? {
            found.push(row.try_get_by_index(0)?);
        }
        // The rarer the words, the more parts at once.
        (rest, at_once) = (older, min(at_once * 2, PARTS));
    }
    Ok(found)
}

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
