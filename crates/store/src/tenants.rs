//! Companies.

use omni_model::{Epoch, PlatformScope, RoutingSettings, TenantId, TenantScope, Timestamp};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::entity::event_heads;
use crate::entity::tenants::{ActiveModel, Column, Entity, Model};
use crate::records::{json, to_json};
use crate::{StoreError, UnitOfWork};

/// The settings' key of routing.
const ROUTING: &str = "routing";

/// A company's row.
#[derive(Clone, Debug, PartialEq)]
pub struct TenantRecord {
    pub id: TenantId,
    pub name: String,
    /// Names the company in addresses and at sign-in.
    pub slug: String,
    pub created_at: Timestamp,
}

impl From<Model> for TenantRecord {
    fn from(row: Model) -> Self {
        Self {
            id: row.id.into(),
            name: row.name,
            slug: row.slug,
            created_at: Timestamp::from_millis(row.created_at),
        }
    }
}

/// Stores a new company and begins its event log. Its slug may be taken:
/// [`crate::UniqueKey::TENANT_SLUG`].
pub async fn insert(
    unit: &UnitOfWork,
    record: &TenantRecord,
    epoch: Epoch,
) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(record.id.into()),
        name: Set(record.name.clone()),
        slug: Set(record.slug.clone()),
        settings: Set("{}".to_owned()),
        branding: Set("{}".to_owned()),
        suspended_at: Set(None),
        suspended_reason: Set(None),
        route_again_at: Set(None),
        created_at: Set(record.created_at.millis()),
        updated_at: Set(record.created_at.millis()),
    };
    Entity::insert(row)
        .exec_without_returning(unit.db())
        .await?;
    let head = event_heads::ActiveModel {
        tenant_id: Set(record.id.into()),
        seq: Set(0),
        epoch: Set(epoch.0),
    };
    event_heads::Entity::insert(head)
        .exec_without_returning(unit.db())
        .await?;
    Ok(())
}

/// All companies in the order of creation.
pub async fn all<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
) -> Result<Vec<TenantRecord>, StoreError> {
    let rows = Entity::find()
        .order_by_asc(Column::CreatedAt)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The company with this slug.
pub async fn by_slug<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
    slug: &str,
) -> Result<Option<TenantRecord>, StoreError> {
    let row = Entity::find().filter(Column::Slug.eq(slug)).one(db).await?;
    Ok(row.map(Into::into))
}

/// How the company routes; the defaults until somebody sets something.
pub async fn routing<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
) -> Result<RoutingSettings, StoreError> {
    setting(db, scope, ROUTING).await
}

/// One of the company's settings.
pub(crate) async fn setting<T: DeserializeOwned + Default, C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    key: &str,
) -> Result<T, StoreError> {
    let text: Option<String> = Entity::find_by_id(Uuid::from(scope.tenant_id()))
        .select_only()
        .column(Column::Settings)
        .into_tuple()
        .one(db)
        .await?;
    read(&settings(text)?, key)
}

/// What is asked of a company again and again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TenantStanding {
    pub routing: RoutingSettings,
    /// Nobody comes in, and nothing is worked on.
    pub suspended: bool,
}

/// How the company routes, and whether it is suspended, in one statement.
pub async fn standing<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
) -> Result<TenantStanding, StoreError> {
    let row: Option<(String, Option<i64>)> = Entity::find_by_id(Uuid::from(scope.tenant_id()))
        .select_only()
        .columns([Column::Settings, Column::SuspendedAt])
        .into_tuple()
        .one(db)
        .await?;
    let (text, suspended_at) = row.unzip();
    Ok(TenantStanding {
        routing: read(&settings(text)?, ROUTING)?,
        suspended: suspended_at.flatten().is_some(),
    })
}

/// Locks the company's row until the unit of work ends: for what may be there only so many times.
pub async fn lock(unit: &UnitOfWork, scope: &TenantScope) -> Result<(), StoreError> {
    let found: Option<Uuid> = Entity::find_by_id(Uuid::from(scope.tenant_id()))
        .select_only()
        .column(Column::Id)
        .lock_exclusive()
        .into_tuple()
        .one(unit.db())
        .await?;
    found.map(drop).ok_or(StoreError::Inconsistent {
        table: "tenants",
        column: "id",
    })
}

/// Suspends the company. Returns false if it was suspended before; then the first reason stands.
pub async fn suspend(
    unit: &UnitOfWork,
    scope: &TenantScope,
    reason: &str,
) -> Result<bool, StoreError> {
    let done = Entity::update_many()
        .col_expr(Column::SuspendedAt, Expr::value(unit.now().millis()))
        .col_expr(Column::SuspendedReason, Expr::value(reason))
        .filter(Column::Id.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::SuspendedAt.is_null())
        .exec(unit.db())
        .await?;
    Ok(done.rows_affected > 0)
}

/// Lets the company work again. Returns false if it was not suspended.
pub async fn restore(unit: &UnitOfWork, scope: &TenantScope) -> Result<bool, StoreError> {
    let done = Entity::update_many()
        .col_expr(Column::SuspendedAt, Expr::value(None::<i64>))
        .col_expr(Column::SuspendedReason, Expr::value(None::<String>))
        .filter(Column::Id.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::SuspendedAt.is_not_null())
        .exec(unit.db())
        .await?;
    Ok(done.rows_affected > 0)
}

/// Sets how the company routes. Returns what was set before. The row is locked until the unit of work ends.
pub async fn set_routing(
    unit: &UnitOfWork,
    scope: &TenantScope,
    routing: RoutingSettings,
) -> Result<RoutingSettings, StoreError> {
    replace_setting(unit, scope, ROUTING, &routing).await
}

/// Replaces one of the company's settings. Returns what it was before. The row is locked until the unit of work
/// ends.
pub(crate) async fn replace_setting<T: Serialize + DeserializeOwned + Default>(
    unit: &UnitOfWork,
    scope: &TenantScope,
    key: &str,
    value: &T,
) -> Result<T, StoreError> {
    let text: Option<String> = Entity::find_by_id(Uuid::from(scope.tenant_id()))
        .select_only()
        .column(Column::Settings)
        .lock_exclusive()
        .into_tuple()
        .one(unit.db())
        .await?;
    let mut all = settings(text)?;
    let before = read(&all, key)?;
    let after = serde_json::to_value(value).expect("settings are plain data");
    all.insert(key.to_owned(), after);
    Entity::update_many()
        .col_expr(Column::Settings, Expr::value(to_json(&all)))
        .col_expr(Column::UpdatedAt, Expr::value(unit.now().millis()))
        .filter(Column::Id.eq(Uuid::from(scope.tenant_id())))
        .exec(unit.db())
        .await?;
    Ok(before)
}

fn settings(text: Option<String>) -> Result<Map<String, Value>, StoreError> {
    match text {
        Some(text) => json(&text, "tenants", "settings"),
        None => Err(StoreError::Inconsistent {
            table: "tenants",
            column: "id",
        }),
    }
}

fn read<T: DeserializeOwned + Default>(
    settings: &Map<String, Value>,
    key: &str,
) -> Result<T, StoreError> {
    match settings.get(key) {
        Some(value) => T::deserialize(value).map_err(|_| StoreError::Inconsistent {
            table: "tenants",
            column: "settings",
        }),
        None => Ok(T::default()),
    }
}

/// The company's name.
pub async fn name<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
) -> Result<Option<String>, StoreError> {
    let row = Entity::find_by_id(Uuid::from(scope.tenant_id()))
        .one(db)
        .await?;
    Ok(row.map(|row| row.name))
}
