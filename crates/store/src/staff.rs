//! What managers change in people, and what follows from it for their work.

use omni_model::{ConversationStatus, Role, TenantScope, UserId};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use crate::entity::conversations;
use crate::entity::users::{ActiveModel, Column, Entity};
use crate::records::{json, to_json};
use crate::users::UserRecord;
use crate::{ConversationRecord, StoreError, UnitOfWork, bulk};

/// Whoever changes a person keeps out others who do, but nobody who only points to him.
const PERSON: LockType = LockType::NoKeyUpdate;

/// A person, locked until the unit of work ends.
pub async fn lock(
    unit: &UnitOfWork,
    scope: &TenantScope,
    id: UserId,
) -> Result<Option<UserRecord>, StoreError> {
    Entity::find_by_id(id.0)
        .filter(Column::TenantId.eq(scope.tenant_id().0))
        .lock(PERSON)
        .one(unit.db())
        .await?
        .map(TryInto::try_into)
        .transpose()
}

/// The owners who may come in, locked in one order: of two who step down at once, the second finds himself
/// the last.
pub async fn lock_owners(
    unit: &UnitOfWork,
    scope: &TenantScope,
) -> Result<Vec<UserId>, StoreError> {
    let owners: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::TenantId.eq(scope.tenant_id().0))
        .filter(Column::Role.eq(Role::Owner.as_str()))
        .filter(Column::Disabled.eq(false))
        .order_by_asc(Column::Id)
        .lock(PERSON)
        .into_tuple()
        .all(unit.db())
        .await?;
    Ok(owners.into_iter().map(UserId).collect())
}

/// Which of these people take conversations; locked, in one order.
pub async fn lock_takers(
    unit: &UnitOfWork,
    scope: &TenantScope,
    people: &[UserId],
) -> Result<Vec<UserId>, StoreError> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let taking = Role::ALL.iter().filter(|role| role.takes_conversations());
    let found: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::TenantId.eq(scope.tenant_id().0))
        .filter(bulk::among(
            unit.db(),
            Column::Id,
            people.iter().map(|id| id.0),
        ))
        .filter(Column::Disabled.eq(false))
        .filter(Column::Role.is_in(taking.map(|role| role.as_str())))
        .order_by_asc(Column::Id)
        .lock(PERSON)
        .into_tuple()
        .all(unit.db())
        .await?;
    Ok(found.into_iter().map(UserId).collect())
}

/// Writes what may change in a locked person; his e-mail address stays.
pub async fn update(unit: &UnitOfWork, record: &UserRecord) -> Result<(), StoreError> {
    let values = ActiveModel {
        name: Set(record.name.clone()),
        password_hash: Set(record.password_hash.clone()),
        role: Set(record.role.as_str().to_owned()),
        status: Set(record.status.as_str().to_owned()),
        status_changed_at: Set(record.status_changed_at.millis()),
        skills: Set(to_json(&record.skills)),
        capacity: Set(record.capacity),
        version: Set(record.version),
        disabled: Set(record.disabled),
        updated_at: Set(unit.now().millis()),
        ..ActiveModel::default()
    };
    Entity::update_many()
        .set(values)
        .filter(Column::TenantId.eq(record.tenant_id.0))
        .filter(Column::Id.eq(record.id.0))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// Conversations that wait for this person or for their customers' next words to him, oldest first, locked.
pub async fn lock_active_of(
    unit: &UnitOfWork,
    scope: &TenantScope,
    operator: UserId,
    limit: u64,
) -> Result<Vec<ConversationRecord>, StoreError> {
    let active = ConversationStatus::ALL
        .iter()
        .filter(|status| status.is_active())
        .map(|status| status.as_str());
    conversations::Entity::find()
        .filter(conversations::Column::TenantId.eq(scope.tenant_id().0))
        .filter(conversations::Column::AssignedTo.eq(operator.0))
        .filter(conversations::Column::Status.is_in(active))
        .order_by_asc(conversations::Column::RowId)
        .limit(limit)
        .lock_exclusive()
        .all(unit.db())
        .await?
        .into_iter()
        .map(TryInto::try_into)
        .collect()
}

/// The skills of everybody who may come in, each once for each who has it.
pub async fn skills<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
) -> Result<Vec<String>, StoreError> {
    let rows: Vec<String> = Entity::find()
        .select_only()
        .column(Column::Skills)
        .filter(Column::TenantId.eq(scope.tenant_id().0))
        .filter(Column::Disabled.eq(false))
        .filter(Column::Skills.ne("[]"))
        .into_tuple()
        .all(db)
        .await?;
    let mut skills = Vec::new();
    for row in rows {
        skills.extend(json::<Vec<String>>(&row, "users", "skills")?);
    }
    Ok(skills)
}
