//! Sign-ins, and the refresh tokens that descend from each.

use omni_model::{PlatformScope, Role, SessionId, TenantId, TenantScope, Timestamp, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType,
    QueryFilter, QuerySelect,
};
use uuid::Uuid;

use crate::entity::{refresh_tokens, sessions, users};
use crate::records::word;
use crate::{StoreError, UnitOfWork};

/// A sign-in's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRecord {
    pub id: SessionId,
    pub tenant_id: TenantId,
    pub user_id: UserId,
    pub created_at: Timestamp,
    /// Moves on with each refresh.
    pub expires_at: Timestamp,
}

/// A refresh token's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshRecord {
    pub tenant_id: TenantId,
    pub session_id: SessionId,
    pub expires_at: Timestamp,
    /// A token is used once; whoever uses it again has stolen it, or was stolen from.
    pub used_at: Option<Timestamp>,
}

impl From<refresh_tokens::Model> for RefreshRecord {
    fn from(row: refresh_tokens::Model) -> Self {
        Self {
            tenant_id: row.tenant_id.into(),
            session_id: row.session_id.into(),
            expires_at: Timestamp::from_millis(row.expires_at),
            used_at: row.used_at.map(Timestamp::from_millis),
        }
    }
}

/// Stores a new sign-in.
pub async fn insert(unit: &UnitOfWork, record: &SessionRecord) -> Result<(), StoreError> {
    let row = sessions::ActiveModel {
        id: Set(record.id.into()),
        tenant_id: Set(record.tenant_id.into()),
        user_id: Set(record.user_id.into()),
        created_at: Set(record.created_at.millis()),
        expires_at: Set(record.expires_at.millis()),
        revoked_at: Set(None),
        revoked_reason: Set(None),
    };
    sessions::Entity::insert(row)
        .exec_without_returning(unit.db())
        .await?;
    Ok(())
}

/// What counts of a sign-in and its person when a request comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub user_id: UserId,
    pub expires_at: Timestamp,
    pub revoked: bool,
    pub role: Role,
    /// See [`crate::users::UserRecord::version`].
    pub version: i64,
    pub disabled: bool,
}

#[derive(FromQueryResult)]
struct StandingRow {
    user_id: Uuid,
    expires_at: i64,
    revoked_at: Option<i64>,
    role: String,
    version: i64,
    disabled: bool,
}

/// A sign-in and its person as they are now, in one statement: every request asks, sooner or later.
pub async fn standing<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    id: SessionId,
) -> Result<Option<Standing>, StoreError> {
    let person = sessions::Entity::belongs_to(users::Entity)
        .from(sessions::Column::UserId)
        .to(users::Column::Id)
        .into();
    let row = sessions::Entity::find_by_id(Uuid::from(id))
        .select_only()
        .columns([
            sessions::Column::UserId,
            sessions::Column::ExpiresAt,
            sessions::Column::RevokedAt,
        ])
        .columns([
            users::Column::Role,
            users::Column::Version,
            users::Column::Disabled,
        ])
        .join(JoinType::InnerJoin, person)
        .filter(sessions::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .into_model::<StandingRow>()
        .one(db)
        .await?;
    row.map(|row| {
        Ok(Standing {
            user_id: row.user_id.into(),
            expires_at: Timestamp::from_millis(row.expires_at),
            revoked: row.revoked_at.is_some(),
            role: word(&row.role, "users", "role")?,
            version: row.version,
            disabled: row.disabled,
        })
    })
    .transpose()
}

/// Ends a sign-in. Returns false if it had ended before.
pub async fn revoke(
    unit: &UnitOfWork,
    scope: &TenantScope,
    id: SessionId,
    reason: &str,
) -> Result<bool, StoreError> {
    let done = sessions::Entity::update_many()
        .col_expr(
            sessions::Column::RevokedAt,
            Expr::value(unit.now().millis()),
        )
        .col_expr(sessions::Column::RevokedReason, Expr::value(reason))
        .filter(sessions::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(sessions::Column::Id.eq(Uuid::from(id)))
        .filter(sessions::Column::RevokedAt.is_null())
        .exec(unit.db())
        .await?;
    Ok(done.rows_affected > 0)
}

/// Ends all sign-ins of a person but one. Returns which.
pub async fn revoke_others(
    unit: &UnitOfWork,
    scope: &TenantScope,
    user: UserId,
    but: SessionId,
    reason: &str,
) -> Result<Vec<SessionId>, StoreError> {
    let ids: Vec<Uuid> = sessions::Entity::find()
        .select_only()
        .column(sessions::Column::Id)
        .filter(sessions::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(sessions::Column::UserId.eq(Uuid::from(user)))
        .filter(sessions::Column::Id.ne(Uuid::from(but)))
        .filter(sessions::Column::RevokedAt.is_null())
        .lock_exclusive()
        .into_tuple()
        .all(unit.db())
        .await?;
    sessions::Entity::update_many()
        .col_expr(
            sessions::Column::RevokedAt,
            Expr::value(unit.now().millis()),
        )
        .col_expr(sessions::Column::RevokedReason, Expr::value(reason))
        .filter(sessions::Column::Id.is_in(ids.iter().copied()))
        .exec(unit.db())
        .await?;
    Ok(ids.into_iter().map(SessionId).collect())
}

/// Ends all sign-ins of a person. Returns which.
pub async fn revoke_all(
    unit: &UnitOfWork,
    scope: &TenantScope,
    user: UserId,
    reason: &str,
) -> Result<Vec<SessionId>, StoreError> {
    let none = SessionId(Uuid::nil());
    revoke_others(unit, scope, user, none, reason).await
}

/// Lets a sign-in live until `expires_at`.
pub async fn extend(
    unit: &UnitOfWork,
    scope: &TenantScope,
    id: SessionId,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    sessions::Entity::update_many()
        .col_expr(
            sessions::Column::ExpiresAt,
            Expr::value(expires_at.millis()),
        )
        .filter(sessions::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(sessions::Column::Id.eq(Uuid::from(id)))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// Stores a new refresh token, by its hash.
pub async fn insert_refresh(
    unit: &UnitOfWork,
    token_hash: &str,
    record: &RefreshRecord,
) -> Result<(), StoreError> {
    let row = refresh_tokens::ActiveModel {
        token_hash: Set(token_hash.to_owned()),
        tenant_id: Set(record.tenant_id.into()),
        session_id: Set(record.session_id.into()),
        issued_at: Set(unit.now().millis()),
        expires_at: Set(record.expires_at.millis()),
        used_at: Set(record.used_at.map(Timestamp::millis)),
    };
    refresh_tokens::Entity::insert(row)
        .exec_without_returning(unit.db())
        .await?;
    Ok(())
}

/// Whose refresh token this is: where a refresh learns its tenant.
pub async fn tenant_of_refresh<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
    token_hash: &str,
) -> Result<Option<TenantScope>, StoreError> {
    let row = refresh_tokens::Entity::find_by_id(token_hash)
        .one(db)
        .await?;
    Ok(row.map(|row| TenantScope::of(row.tenant_id.into())))
}

/// A refresh token, locked: of two who use it at once, one is first.
pub async fn lock_refresh(
    unit: &UnitOfWork,
    scope: &TenantScope,
    token_hash: &str,
) -> Result<Option<RefreshRecord>, StoreError> {
    let row = refresh_tokens::Entity::find_by_id(token_hash)
        .filter(refresh_tokens::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .lock_exclusive()
        .one(unit.db())
        .await?;
    Ok(row.map(Into::into))
}

/// Marks a refresh token as used.
pub async fn use_refresh(
    unit: &UnitOfWork,
    scope: &TenantScope,
    token_hash: &str,
) -> Result<(), StoreError> {
    refresh_tokens::Entity::update_many()
        .col_expr(
            refresh_tokens::Column::UsedAt,
            Expr::value(unit.now().millis()),
        )
        .filter(refresh_tokens::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(refresh_tokens::Column::TokenHash.eq(token_hash))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// Forgets refresh tokens and sign-ins that ran out before `before`. Returns how many rows went.
pub async fn forget_old(unit: &UnitOfWork, before: Timestamp) -> Result<u64, StoreError> {
    let tokens = refresh_tokens::Entity::delete_many()
        .filter(refresh_tokens::Column::ExpiresAt.lt(before.millis()))
        .exec(unit.db())
        .await?;
    // A sign-in lives as long as its newest token, so none of its tokens is left.
    let sessions = sessions::Entity::delete_many()
        .filter(sessions::Column::ExpiresAt.lt(before.millis()))
        .exec(unit.db())
        .await?;
    Ok(tokens.rows_affected + sessions.rows_affected)
}
