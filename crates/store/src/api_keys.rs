//! Keys that programs call the API with. What is stored of a key is its hash and its last characters.

use omni_model::{
    ApiKeyId, Permissions, PlatformScope, Role, TenantId, TenantScope, Timestamp, UserId,
};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult,
    JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::entity::api_keys::{ActiveModel, Column, Entity, Model};
use crate::entity::users;
use crate::records::{json, to_json, word};
use crate::{StoreError, UnitOfWork};

/// A key's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKeyRecord {
    pub id: ApiKeyId,
    pub tenant_id: TenantId,
    pub name: String,
    /// What people tell it from others by.
    pub last4: String,
    pub permissions: Permissions,
    /// Requests a minute; `None` = the installation's setting.
    pub rate_limit: Option<i64>,
    /// It never does more than this person may.
    pub created_by: UserId,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub last_used_at: Option<Timestamp>,
}

impl TryFrom<Model> for ApiKeyRecord {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            tenant_id: row.tenant_id.into(),
            name: row.name,
            last4: row.last4,
            permissions: json(&row.permissions, "api_keys", "permissions")?,
            rate_limit: row.rate_limit,
            created_by: row.created_by.into(),
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
            expires_at: row.expires_at.map(Timestamp::from_millis),
            last_used_at: row.last_used_at.map(Timestamp::from_millis),
        })
    }
}

/// Stores a new key, by its hash.
pub async fn insert(
    unit: &UnitOfWork,
    key_hash: &str,
    record: &ApiKeyRecord,
) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(record.id.into()),
        tenant_id: Set(record.tenant_id.into()),
        name: Set(record.name.clone()),
        key_hash: Set(key_hash.to_owned()),
        last4: Set(record.last4.clone()),
        permissions: Set(to_json(&record.permissions)),
        rate_limit: Set(record.rate_limit),
        created_by: Set(record.created_by.into()),
        created_at: Set(record.created_at.millis()),
        updated_at: Set(record.updated_at.millis()),
        expires_at: Set(record.expires_at.map(Timestamp::millis)),
        last_used_at: Set(None),
        revoked_at: Set(None),
    };
    Entity::insert(row)
        .exec_without_returning(unit.db())
        .await?;
    Ok(())
}

/// How many keys the tenant has that are not revoked.
pub async fn count<C: ConnectionTrait>(db: &C, scope: &TenantScope) -> Result<u64, StoreError> {
    Ok(living(scope).count(db).await?)
}

/// A key of the tenant that is not revoked.
pub async fn find<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    id: ApiKeyId,
) -> Result<Option<ApiKeyRecord>, StoreError> {
    living(scope)
        .filter(Column::Id.eq(Uuid::from(id)))
        .one(db)
        .await?
        .map(TryInto::try_into)
        .transpose()
}

/// The same, locked until the unit of work ends.
pub async fn lock(
    unit: &UnitOfWork,
    scope: &TenantScope,
    id: ApiKeyId,
) -> Result<Option<ApiKeyRecord>, StoreError> {
    living(scope)
        .filter(Column::Id.eq(Uuid::from(id)))
        .lock_exclusive()
        .one(unit.db())
        .await?
        .map(TryInto::try_into)
        .transpose()
}

/// One page of the tenant's keys that are not revoked, newest first, and how many there are. `after` = the last one
/// of the page before.
pub async fn page<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    after: Option<(Timestamp, ApiKeyId)>,
    offset: u64,
    limit: u64,
) -> Result<(Vec<ApiKeyRecord>, u64), StoreError> {
    let total = living(scope).count(db).await?;
    let mut query = living(scope)
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id);
    if let Some((created_at, id)) = after {
        let created_at = created_at.millis();
        query = query.filter(
            Condition::any().add(Column::CreatedAt.lt(created_at)).add(
                Condition::all()
                    .add(Column::CreatedAt.eq(created_at))
                    .add(Column::Id.lt(Uuid::from(id))),
            ),
        );
    }
    let rows = query.offset(offset).limit(limit).all(db).await?;
    let keys = rows
        .into_iter()
        .map(TryInto::try_into)
        .collect::<Result<_, _>>()?;
    Ok((keys, total))
}

fn living(scope: &TenantScope) -> sea_orm::Select<Entity> {
    Entity::find()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::RevokedAt.is_null())
}

/// Stores a key's new name and limit.
pub async fn update(unit: &UnitOfWork, record: &ApiKeyRecord) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::Name, Expr::value(record.name.clone()))
        .col_expr(Column::RateLimit, Expr::value(record.rate_limit))
        .col_expr(Column::UpdatedAt, Expr::value(unit.now().millis()))
        .filter(Column::TenantId.eq(Uuid::from(record.tenant_id)))
        .filter(Column::Id.eq(Uuid::from(record.id)))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// Ends a key for good. Returns false if it had ended before.
pub async fn revoke(
    unit: &UnitOfWork,
    scope: &TenantScope,
    id: ApiKeyId,
) -> Result<bool, StoreError> {
    let done = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(unit.now().millis()))
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::Id.eq(Uuid::from(id)))
        .filter(Column::RevokedAt.is_null())
        .exec(unit.db())
        .await?;
    Ok(done.rows_affected > 0)
}

/// Notes when a key was used, unless that was noted after `before` already.
pub async fn note_use(
    unit: &UnitOfWork,
    scope: &TenantScope,
    id: ApiKeyId,
    before: Timestamp,
) -> Result<(), StoreError> {
    let stale = Condition::any()
        .add(Column::LastUsedAt.is_null())
        .add(Column::LastUsedAt.lte(before.millis()));
    Entity::update_many()
        .col_expr(Column::LastUsedAt, Expr::value(unit.now().millis()))
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::Id.eq(Uuid::from(id)))
        .filter(stale)
        .exec(unit.db())
        .await?;
    Ok(())
}

/// What counts of a key and of who made it when a request comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyStanding {
    pub id: ApiKeyId,
    pub tenant_id: TenantId,
    pub created_by: UserId,
    pub permissions: Permissions,
    pub rate_limit: Option<i64>,
    pub expires_at: Option<Timestamp>,
    pub last_used_at: Option<Timestamp>,
    /// Of who made it, as all that follows.
    pub role: Role,
    pub disabled: bool,
}

#[derive(FromQueryResult)]
struct StandingRow {
    id: Uuid,
    tenant_id: Uuid,
    created_by: Uuid,
    permissions: String,
    rate_limit: Option<i64>,
    expires_at: Option<i64>,
    last_used_at: Option<i64>,
    role: String,
    disabled: bool,
}

/// The key with this hash and who made it, as they are now, in one statement; `None` for one that was revoked.
pub async fn standing<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
    key_hash: &str,
) -> Result<Option<KeyStanding>, StoreError> {
    let maker = Entity::belongs_to(users::Entity)
        .from(Column::CreatedBy)
        .to(users::Column::Id)
        .into();
    let row = Entity::find()
        .select_only()
        .columns([
            Column::Id,
            Column::TenantId,
            Column::CreatedBy,
            Column::Permissions,
            Column::RateLimit,
            Column::ExpiresAt,
            Column::LastUsedAt,
        ])
        .columns([users::Column::Role, users::Column::Disabled])
        .join(JoinType::InnerJoin, maker)
        .filter(Column::KeyHash.eq(key_hash))
        .filter(Column::RevokedAt.is_null())
        .into_model::<StandingRow>()
        .one(db)
        .await?;
    row.map(|row| {
        Ok(KeyStanding {
            id: row.id.into(),
            tenant_id: row.tenant_id.into(),
            created_by: row.created_by.into(),
            permissions: json(&row.permissions, "api_keys", "permissions")?,
            rate_limit: row.rate_limit,
            expires_at: row.expires_at.map(Timestamp::from_millis),
            last_used_at: row.last_used_at.map(Timestamp::from_millis),
            role: word(&row.role, "users", "role")?,
            disabled: row.disabled,
        })
    })
    .transpose()
}
