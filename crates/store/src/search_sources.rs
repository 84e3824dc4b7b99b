//! What there is to index: texts of messages, names and addresses of customers.

use std::collections::HashMap;

use omni_model::{
    Content, ContentType, ConversationId, CustomerId, MessageId, TenantScope, Timestamp,
};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use uuid::Uuid;

use crate::StoreError;
use crate::bulk;
use crate::entity::{conversations, customers, files, identities, messages, search_customers};
use crate::records::{json, word};

/// A message to index.
#[derive(Clone, Debug)]
pub struct MessageText {
    pub row_id: i64,
    pub id: MessageId,
    pub content: Content,
    /// The name of the file it shows.
    pub file_name: Option<String>,
}

#[derive(FromQueryResult)]
struct MessageRow {
    row_id: i64,
    id: Uuid,
    content_type: String,
    content: String,
    file_id: Option<Uuid>,
}

/// Messages by id.
pub async fn messages<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    ids: &[MessageId],
) -> Result<Vec<MessageText>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids = ids.iter().map(|id| id.0);
    let query = messages_of(scope).filter(bulk::among(db, messages::Column::Id, ids));
    read_messages(db, scope, query).await
}

/// The newest `limit` messages before this one, newest first. Ids of messages begin with the time of their making.
pub async fn messages_before<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    before: MessageId,
    limit: u64,
) -> Result<Vec<MessageText>, StoreError> {
    let query = messages_of(scope)
        .filter(messages::Column::Id.lt(before.0))
        .order_by_desc(messages::Column::Id)
        .limit(limit);
    read_messages(db, scope, query).await
}

fn messages_of(scope: &TenantScope) -> Select<messages::Entity> {
    use messages::Column;
    messages::Entity::find()
        .select_only()
        .columns([
            Column::RowId,
            Column::Id,
            Column::ContentType,
            Column::Content,
            Column::FileId,
        ])
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
}

async fn read_messages<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    query: Select<messages::Entity>,
) -> Result<Vec<MessageText>, StoreError> {
    const T: &str = "messages";
    let rows: Vec<MessageRow> = query.into_model().all(db).await?;
    let mut names = file_names(db, scope, rows.iter().filter_map(|row| row.file_id)).await?;
    rows.into_iter()
        .map(|row| {
            let kind: ContentType = word(&row.content_type, T, "content_type")?;
            let content = Content::from_json(kind, json(&row.content, T, "content")?);
            Ok(MessageText {
                row_id: row.row_id,
                id: row.id.into(),
                content: content.map_err(|_| StoreError::Inconsistent {
                    table: T,
                    column: "content",
                })?,
                file_name: row.file_id.and_then(|id| names.remove(&id)),
            })
        })
        .collect()
}

async fn file_names<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    ids: impl Iterator<Item = Uuid>,
) -> Result<HashMap<Uuid, String>, StoreError> {
    use files::Column;
    let ids: Vec<Uuid> = ids.collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, String)> = files::Entity::find()
        .select_only()
        .columns([Column::Id, Column::FileName])
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(bulk::among(db, Column::Id, ids))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// A customer to index.
#[derive(Clone, Debug)]
pub struct CustomerText {
    pub id: CustomerId,
    pub updated_at: Timestamp,
    pub name: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    /// What his channels call him.
    pub display_names: Vec<String>,
    /// Whether he was merged into another, by whom he is found then.
    pub merged: bool,
}

/// Customers by id.
pub async fn customers<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    ids: &[CustomerId],
) -> Result<Vec<CustomerText>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids = ids.iter().map(|id| id.0);
    let query = customers_of(scope).filter(bulk::among(db, customers::Column::Id, ids));
    read_customers(db, scope, query).await
}

/// The customers of these conversations that are not indexed as they are now.
pub async fn customers_changed<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    conversations: &[ConversationId],
) -> Result<Vec<CustomerText>, StoreError> {
    use conversations::Column as Conversation;
    use search_customers::Column as Indexed;
    if conversations.is_empty() {
        return Ok(Vec::new());
    }
    let tenant = Uuid::from(scope.tenant_id());
    let theirs = Query::select()
        .column(Conversation::CustomerId)
        .from(conversations::Entity)
        .and_where(Conversation::TenantId.eq(tenant))
        .and_where(bulk::among(
            db,
            Conversation::Id,
            conversations.iter().map(|id| id.0),
        ))
        .to_owned();
    let as_now = Query::select()
        .expr(Expr::val(1))
        .from(search_customers::Entity)
        .and_where(
            Expr::col((search_customers::Entity, Indexed::CustomerId))
                .equals((customers::Entity, customers::Column::Id)),
        )
        .and_where(
            Expr::col((search_customers::Entity, Indexed::CustomerUpdatedAt))
                .equals((customers::Entity, customers::Column::UpdatedAt)),
        )
        .to_owned();
    let query = customers_of(scope)
        .filter(customers::Column::Id.in_subquery(theirs))
        .filter(Condition::all().add(Expr::exists(as_now).not()));
    read_customers(db, scope, query).await
}

/// The newest `limit` customers before this one, newest first.
pub async fn customers_before<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    before: CustomerId,
    limit: u64,
) -> Result<Vec<CustomerText>, StoreError> {
    let query = customers_of(scope)
        .filter(customers::Column::Id.lt(before.0))
        .order_by_desc(customers::Column::Id)
        .limit(limit);
    read_customers(db, scope, query).await
}

fn customers_of(scope: &TenantScope) -> Select<customers::Entity> {
    customers::Entity::find().filter(customers::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
}

async fn read_customers<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    query: Select<customers::Entity>,
) -> Result<Vec<CustomerText>, StoreError> {
    use identities::Column;
    let rows = query.all(db).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<(Uuid, String)> = identities::Entity::find()
        .select_only()
        .columns([Column::CustomerId, Column::DisplayName])
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(bulk::among(
            db,
            Column::CustomerId,
            rows.iter().map(|row| row.id),
        ))
        .into_tuple()
        .all(db)
        .await?;
    let mut by_customer: HashMap<Uuid, Vec<String>> = HashMap::new();
    for (id, name) in names {
        by_customer.entry(id).or_default().push(name);
    }
    Ok(rows
        .into_iter()
        .map(|row| CustomerText {
            display_names: by_customer.remove(&row.id).unwrap_or_default(),
            id: row.id.into(),
            updated_at: Timestamp::from_millis(row.updated_at),
            name: row.name,
            phone: row.phone,
            email: row.email,
            merged: row.merged_into.is_some(),
        })
        .collect())
}
