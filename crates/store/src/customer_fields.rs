//! Fields that a company adds to its customers' cards. Their values stand with the customers, by the field's id:
//! values of a field that was deleted mean nothing any more, whatever comes to be called the same.

use omni_model::{CustomerFieldId, CustomerFieldKind, TenantScope, Timestamp};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, Select,
};
use uuid::Uuid;

use crate::entity::customer_fields::{ActiveModel, Column, Entity, Model};
use crate::records::{json, to_json, word};
use crate::{StoreError, UnitOfWork};

/// A field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldRecord {
    pub id: CustomerFieldId,
    pub key: String,
    pub label: String,
    pub kind: CustomerFieldKind,
    /// What may be chosen; of a choice only.
    pub options: Vec<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl TryFrom<Model> for FieldRecord {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            key: row.key,
            label: row.label,
            kind: word(&row.kind, "customer_fields", "kind")?,
            options: json(&row.options, "customer_fields", "options")?,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        })
    }
}

fn row(scope: &TenantScope, record: &FieldRecord) -> ActiveModel {
    ActiveModel {
        id: Set(record.id.into()),
        tenant_id: Set(scope.tenant_id().into()),
        key: Set(record.key.clone()),
        label: Set(record.label.clone()),
        kind: Set(record.kind.as_str().to_owned()),
        options: Set(to_json(&record.options)),
        created_at: Set(record.created_at.millis()),
        updated_at: Set(record.updated_at.millis()),
    }
}

fn of_tenant(scope: &TenantScope) -> Select<Entity> {
    Entity::find().filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
}

/// All fields, in the order of making.
pub async fn all<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
) -> Result<Vec<FieldRecord>, StoreError> {
    of_tenant(scope)
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(db)
        .await?
        .into_iter()
        .map(TryInto::try_into)
        .collect()
}

/// One field.
pub async fn find<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    id: CustomerFieldId,
) -> Result<Option<FieldRecord>, StoreError> {
    of_tenant(scope)
        .filter(Column::Id.eq(Uuid::from(id)))
        .one(db)
        .await?
        .map(TryInto::try_into)
        .transpose()
}

/// How many the tenant has.
pub async fn count<C: ConnectionTrait>(db: &C, scope: &TenantScope) -> Result<u64, StoreError> {
    Ok(of_tenant(scope).count(db).await?)
}

/// Stores a new one.
pub async fn insert(
    unit: &UnitOfWork,
    scope: &TenantScope,
    record: &FieldRecord,
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
    record: &FieldRecord,
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
    id: CustomerFieldId,
) -> Result<(), StoreError> {
    Entity::delete_many()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::Id.eq(Uuid::from(id)))
        .exec(unit.db())
        .await?;
    Ok(())
}
