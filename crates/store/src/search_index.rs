//! What is written into the search index, and how far a tenant is in it.

use std::collections::BTreeMap;

use omni_model::{CustomerId, MessageId, TenantScope, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
};
use uuid::Uuid;

use crate::bulk;
use crate::entity::search_tenants::{ActiveModel, Column, Entity, Model};
use crate::entity::{search_customers, tenants};
use crate::search_parts::{self, Terms};
use crate::{StoreError, UnitOfWork};

/// How far a tenant is in the index. What was there before it was followed is indexed from the newest to the oldest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Indexed {
    /// The analyzer's version that made the terms.
    pub version: i64,
    /// Messages before this one are still to be indexed; `None` when all are.
    pub messages_before: Option<MessageId>,
    /// Customers before this one are still to be indexed; `None` when all are.
    pub customers_before: Option<CustomerId>,
}

impl From<Model> for Indexed {
    fn from(row: Model) -> Self {
        Self {
            version: row.version,
            messages_before: row.messages_before.map(Into::into),
            customers_before: row.customers_before.map(Into::into),
        }
    }
}

/// How far this tenant is; `None` before its first time.
pub async fn indexed<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
) -> Result<Option<Indexed>, StoreError> {
    let row = Entity::find()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .one(db)
        .await?;
    Ok(row.map(Into::into))
}

/// Begins to index a tenant, or begins anew: everything is still to be indexed, by this version of the analyzer.
pub async fn begin(unit: &UnitOfWork, scope: &TenantScope, version: i64) -> Result<(), StoreError> {
    let row = ActiveModel {
        tenant_id: Set(scope.tenant_id().into()),
        version: Set(version),
        messages_before: Set(Some(Uuid::max())),
        customers_before: Set(Some(Uuid::max())),
    };
    let mut again = OnConflict::column(Column::TenantId);
    again.update_columns([
        Column::Version,
        Column::MessagesBefore,
        Column::CustomersBefore,
    ]);
    Entity::insert(row)
        .on_conflict(again)
        .exec_without_returning(unit.db())
        .await?;
    Ok(())
}

/// Notes how far the tenant is.
pub async fn save(
    unit: &UnitOfWork,
    scope: &TenantScope,
    indexed: &Indexed,
) -> Result<(), StoreError> {
    Entity::update_many()
        .set(ActiveModel {
            messages_before: Set(indexed.messages_before.map(Into::into)),
            customers_before: Set(indexed.customers_before.map(Into::into)),
            ..ActiveModel::default()
        })
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// Up to `limit` tenants that are not indexed by this version of the analyzer.
pub async fn not_begun<C: ConnectionTrait>(
    db: &C,
    _scope: omni_model::PlatformScope,
    version: i64,
    limit: u64,
) -> Result<Vec<TenantScope>, StoreError> {
    let begun = sea_orm::sea_query::Query::select()
        .column(Column::TenantId)
        .from(Entity)
        .and_where(Expr::col(Column::Version).eq(version))
        .to_owned();
    let ids: Vec<Uuid> = tenants::Entity::find()
        .select_only()
        .column(tenants::Column::Id)
        .filter(tenants::Column::Id.not_in_subquery(begun))
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids
        .into_iter()
        .map(|id| TenantScope::of(id.into()))
        .collect())
}

/// Stores the terms of messages, by their row keys, in the place of those they had.
pub async fn put_messages<'a>(
    unit: &UnitOfWork,
    scope: &TenantScope,
    documents: impl IntoIterator<Item = (i64, &'a [String])>,
) -> Result<(), StoreError> {
    put(unit, scope, Terms::Messages, documents).await
}

/// A customer's terms.
#[derive(Clone, Debug)]
pub struct CustomerTerms {
    pub id: CustomerId,
    /// The state of the customer that they are of.
    pub updated_at: Timestamp,
    pub terms: Vec<String>,
}

/// Stores the terms of customers in the place of those they had.
pub async fn put_customers(
    unit: &UnitOfWork,
    scope: &TenantScope,
    customers: &[CustomerTerms],
) -> Result<(), StoreError> {
    use search_customers::{ActiveModel, Column};
    if customers.is_empty() {
        return Ok(());
    }
    let rows: Vec<ActiveModel> = customers
        .iter()
        .map(|customer| ActiveModel {
            row_id: NotSet,
            tenant_id: Set(scope.tenant_id().into()),
            customer_id: Set(customer.id.into()),
            customer_updated_at: Set(customer.updated_at.millis()),
        })
        .collect();
    let again = "ON CONFLICT (customer_id) DO UPDATE SET customer_updated_at = EXCLUDED.customer_updated_at";
    bulk::insert(unit, rows, again).await?;
    let keys: Vec<(Uuid, i64)> = search_customers::Entity::find()
        .select_only()
        .columns([Column::CustomerId, Column::RowId])
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(bulk::among(
            unit.db(),
            Column::CustomerId,
            customers.iter().map(|customer| customer.id.0),
        ))
        .into_tuple()
        .all(unit.db())
        .await?;
    let documents = keys.iter().filter_map(|(id, row_id)| {
        let customer = customers.iter().find(|customer| customer.id.0 == *id)?;
        Some((*row_id, customer.terms.as_slice()))
    });
    put(unit, scope, Terms::Customers, documents).await
}

async fn put<'a>(
    unit: &UnitOfWork,
    scope: &TenantScope,
    terms: Terms,
    documents: impl IntoIterator<Item = (i64, &'a [String])>,
) -> Result<(), StoreError> {
    let documents: BTreeMap<i64, &[String]> = documents.into_iter().collect();
    if documents.is_empty() {
        return Ok(());
    }
    let parts = search_parts::place(unit, scope, terms, documents.keys().copied()).await?;
    let rows = parts.into_iter().map(|(row_id, part)| {
        let text: Vec<String> = (documents[&row_id].iter())
            .map(|term| format!("{part}_{term}"))
            .collect();
        vec![row_id.into(), text.join(" ").into()]
    });
    let (list, values) = unit.dialect().rows(rows.collect(), &[], 1);
    let sql = unit.dialect().full_text_put(terms.table(), &list);
    bulk::execute(unit, sql, values).await.map(drop)
}
