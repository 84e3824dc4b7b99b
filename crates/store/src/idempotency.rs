//! Answers kept for repeats of a creating request.

use std::time::Duration;

use omni_model::{ActorId, TenantScope};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::entity::idempotency_keys::{ActiveModel, Column, Entity};
use crate::{StoreError, UnitOfWork};

/// How long a repeat gets the first answer.
pub const RETENTION: Duration = Duration::from_secs(24 * 3600);

/// The answer of an earlier request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Tells a repeat from another request under the same key.
    pub request_hash: String,
    /// JSON.
    pub body: String,
}

/// The answer kept under a key.
pub async fn find<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    principal: ActorId,
    key: &str,
    now: omni_model::Timestamp,
) -> Result<Option<KeptAnswer>, StoreError> {
    let row = Entity::find_by_id((
        Uuid::from(scope.tenant_id()),
        Uuid::from(principal),
        key.to_owned(),
    ))
    .filter(Column::CreatedAt.gte(now.minus(RETENTION).millis()))
    .one(db)
    .await?;
    Ok(row.map(|row| KeptAnswer {
        request_hash: row.request_hash,
        body: row.body,
    }))
}

/// Keeps an answer, as the first thing of the unit of work that makes it true: of two requests under
/// one key the second waits for the first and then fails with [`crate::UniqueKey::IDEMPOTENCY`].
pub async fn keep(
    unit: &UnitOfWork,
    scope: &TenantScope,
    principal: ActorId,
    key: &str,
    answer: &KeptAnswer,
) -> Result<(), StoreError> {
    // One that is past its time but not yet swept away must not be in the way.
    Entity::delete_many()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::Principal.eq(Uuid::from(principal)))
        .filter(Column::Key.eq(key))
        .filter(Column::CreatedAt.lt(unit.now().minus(RETENTION).millis()))
        .exec(unit.db())
        .await?;
    let row = ActiveModel {
        tenant_id: Set(scope.tenant_id().into()),
        principal: Set(principal.into()),
        key: Set(key.to_owned()),
        request_hash: Set(answer.request_hash.clone()),
        status: Set(201),
        body: Set(answer.body.clone()),
        created_at: Set(unit.now().millis()),
    };
    Entity::insert(row)
        .exec_without_returning(unit.db())
        .await?;
    Ok(())
}

/// Forgets answers past their time. Returns how many.
pub async fn forget_old(unit: &UnitOfWork) -> Result<u64, StoreError> {
    let done = Entity::delete_many()
        .filter(Column::CreatedAt.lt(unit.now().minus(RETENTION).millis()))
        .exec(unit.db())
        .await?;
    Ok(done.rows_affected)
}
