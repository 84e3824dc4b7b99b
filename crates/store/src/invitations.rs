//! Invitations: links by which somebody sets his password, stored by hash, one a person.

use omni_model::{PlatformScope, TenantScope, Timestamp, UserId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
};
use uuid::Uuid;

use crate::entity::invitations::{ActiveModel, Column, Entity};
use crate::{StoreError, UnitOfWork};

/// Stores somebody's invitation in the place of the one he had.
pub async fn put(
    unit: &UnitOfWork,
    scope: &TenantScope,
    person: UserId,
    token_hash: &str,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let row = ActiveModel {
        user_id: Set(person.0),
        tenant_id: Set(scope.tenant_id().0),
        token_hash: Set(token_hash.to_owned()),
        expires_at: Set(expires_at.millis()),
    };
    let conflict = OnConflict::column(Column::UserId)
        .update_columns([Column::TokenHash, Column::ExpiresAt])
        .to_owned();
    Entity::insert(row)
        .on_conflict(conflict)
        .exec_without_returning(unit.db())
        .await?;
    Ok(())
}

/// Whom an invitation is for: where somebody new learns his tenant.
pub async fn find<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<(TenantScope, UserId)>, StoreError> {
    let row: Option<(Uuid, Uuid)> = Entity::find()
        .select_only()
        .columns([Column::TenantId, Column::UserId])
        .filter(Column::TokenHash.eq(token_hash))
        .filter(Column::ExpiresAt.gt(now.millis()))
        .into_tuple()
        .one(db)
        .await?;
    Ok(row.map(|(tenant, person)| (TenantScope::of(tenant.into()), person.into())))
}

/// Uses an invitation up. Of several at once one is told that it was there.
pub async fn take(
    unit: &UnitOfWork,
    scope: &TenantScope,
    token_hash: &str,
) -> Result<bool, StoreError> {
    let done = Entity::delete_many()
        .filter(Column::TenantId.eq(scope.tenant_id().0))
        .filter(Column::TokenHash.eq(token_hash))
        .filter(Column::ExpiresAt.gt(unit.now().millis()))
        .exec(unit.db())
        .await?;
    Ok(done.rows_affected > 0)
}

/// Voids somebody's invitation.
pub async fn void(
    unit: &UnitOfWork,
    scope: &TenantScope,
    person: UserId,
) -> Result<(), StoreError> {
    Entity::delete_many()
        .filter(Column::TenantId.eq(scope.tenant_id().0))
        .filter(Column::UserId.eq(person.0))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// Until when the invitations of these people can be used.
pub async fn of_people<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    people: &[UserId],
    now: Timestamp,
) -> Result<std::collections::HashMap<UserId, Timestamp>, StoreError> {
    let rows: Vec<(Uuid, i64)> = Entity::find()
        .select_only()
        .columns([Column::UserId, Column::ExpiresAt])
        .filter(Column::TenantId.eq(scope.tenant_id().0))
        .filter(Column::UserId.is_in(people.iter().map(|id| id.0)))
        .filter(Column::ExpiresAt.gt(now.millis()))
        .into_tuple()
        .all(db)
        .await?;
    let until = |(person, at): (Uuid, i64)| (UserId(person), Timestamp::from_millis(at));
    Ok(rows.into_iter().map(until).collect())
}

/// Forgets what nobody can use any more. Returns how many.
pub async fn forget_old(unit: &UnitOfWork) -> Result<u64, StoreError> {
    let done = Entity::delete_many()
        .filter(Column::ExpiresAt.lte(unit.now().millis()))
        .exec(unit.db())
        .await?;
    Ok(done.rows_affected)
}
