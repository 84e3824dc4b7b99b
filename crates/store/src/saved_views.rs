//! Saved views: named filters of the inbox, everybody's or one's own.

use omni_model::{SavedViewId, TenantScope, Timestamp, UserId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Select,
};
use serde_json::Value;
use uuid::Uuid;

use crate::entity::saved_views::{ActiveModel, Column, Entity, Model};
use crate::records::json;
use crate::{StoreError, UnitOfWork};

/// A saved view.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewRecord {
    pub id: SavedViewId,
    /// Whose it is alone; `None` = everybody's.
    pub owner_id: Option<UserId>,
    pub name: String,
    pub filter: Value,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl TryFrom<Model> for ViewRecord {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            owner_id: row.owner_id.map(Into::into),
            name: row.name,
            filter: json(&row.filter, "saved_views", "filter")?,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        })
    }
}

fn row(scope: &TenantScope, record: &ViewRecord) -> ActiveModel {
    ActiveModel {
        id: Set(record.id.into()),
        tenant_id: Set(scope.tenant_id().into()),
        owner_id: Set(record.owner_id.map(Into::into)),
        name: Set(record.name.clone()),
        filter: Set(record.filter.to_string()),
        created_at: Set(record.created_at.millis()),
        updated_at: Set(record.updated_at.millis()),
    }
}

fn of_tenant(scope: &TenantScope) -> Select<Entity> {
    Entity::find().filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
}

/// Those that `user` sees, everybody's and his own, in the order of making.
pub async fn seen_by<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    user: UserId,
    limit: u64,
) -> Result<Vec<ViewRecord>, StoreError> {
    of_tenant(scope)
        .filter(
            Condition::any()
                .add(Column::OwnerId.is_null())
                .add(Column::OwnerId.eq(Uuid::from(user))),
        )
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await?
        .into_iter()
        .map(TryInto::try_into)
        .collect()
}

/// One that `user` sees.
pub async fn find<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    user: UserId,
    id: SavedViewId,
) -> Result<Option<ViewRecord>, StoreError> {
    let found = of_tenant(scope)
        .filter(Column::Id.eq(Uuid::from(id)))
        .one(db)
        .await?;
    let record: Option<ViewRecord> = found.map(TryInto::try_into).transpose()?;
    Ok(record.filter(|record| record.owner_id.is_none_or(|owner| owner == user)))
}

/// How many are everybody's, or this person's.
pub async fn count<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    owner: Option<UserId>,
) -> Result<u64, StoreError> {
    let of_owner = match owner {
        Some(owner) => Column::OwnerId.eq(Uuid::from(owner)),
        None => Column::OwnerId.is_null(),
    };
    Ok(of_tenant(scope).filter(of_owner).count(db).await?)
}

/// Stores a new one.
pub async fn insert(
    unit: &UnitOfWork,
    scope: &TenantScope,
    record: &ViewRecord,
) -> Result<(), StoreError> {
    Entity::insert(row(scope, record))
        .exec_without_returning(unit.db())
        .await?;
    Ok(())
}

/// Writes one anew.
pub async fn update(
    unit: &UnitOfWork,
    scope: &TenantScope,
    record: &ViewRecord,
) -> Result<(), StoreError> {
    Entity::update_many()
        .set(row(scope, record))
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::Id.eq(Uuid::from(record.id)))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// Removes one.
pub async fn remove(
    unit: &UnitOfWork,
    scope: &TenantScope,
    id: SavedViewId,
) -> Result<(), StoreError> {
    Entity::delete_many()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::Id.eq(Uuid::from(id)))
        .exec(unit.db())
        .await?;
    Ok(())
}
