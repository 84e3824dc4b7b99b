//! People who look after the whole installation, their sign-ins, and the refresh tokens that descend from each.

use omni_model::{PlatformScope, SuperadminId, SuperadminSessionId, Timestamp};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType,
    QueryFilter, QuerySelect,
};
use uuid::Uuid;

use crate::entity::{superadmin_refresh_tokens, superadmin_sessions, superadmins};
use crate::{StoreError, UnitOfWork};

/// A superadmin's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuperadminRecord {
    pub id: SuperadminId,
    /// Normalised: compared as it stands.
    pub email: String,
    pub password_hash: String,
    pub created_at: Timestamp,
}

impl From<superadmins::Model> for SuperadminRecord {
    fn from(row: superadmins::Model) -> Self {
        Self {
            id: row.id.into(),
            email: row.email,
            password_hash: row.password_hash,
            created_at: Timestamp::from_millis(row.created_at),
        }
    }
}

/// Stores a new superadmin. The e-mail address may be taken: [`crate::UniqueKey::SUPERADMIN_EMAIL`].
pub async fn insert(unit: &UnitOfWork, record: &SuperadminRecord) -> Result<(), StoreError> {
    let row = superadmins::ActiveModel {
        id: Set(record.id.into()),
        email: Set(record.email.clone()),
        password_hash: Set(record.password_hash.clone()),
        created_at: Set(record.created_at.millis()),
    };
    superadmins::Entity::insert(row)
        .exec_without_returning(unit.db())
        .await?;
    Ok(())
}

/// The superadmin with this e-mail address.
pub async fn by_email<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
    email: &str,
) -> Result<Option<SuperadminRecord>, StoreError> {
    let row = superadmins::Entity::find()
        .filter(superadmins::Column::Email.eq(email))
        .one(db)
        .await?;
    Ok(row.map(Into::into))
}

/// A sign-in and whose it is, as they are now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuperadminStanding {
    pub id: SuperadminId,
    pub email: String,
    pub expires_at: Timestamp,
    pub revoked: bool,
}

#[derive(FromQueryResult)]
struct StandingRow {
    superadmin_id: Uuid,
    email: String,
    expires_at: i64,
    revoked_at: Option<i64>,
}

/// How a sign-in stands.
pub async fn standing<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
    session: SuperadminSessionId,
) -> Result<Option<SuperadminStanding>, StoreError> {
    use superadmin_sessions::Column;
    let person = superadmin_sessions::Entity::belongs_to(superadmins::Entity)
        .from(Column::SuperadminId)
        .to(superadmins::Column::Id)
        .into();
    let row = superadmin_sessions::Entity::find_by_id(Uuid::from(session))
        .select_only()
        .columns([Column::SuperadminId, Column::ExpiresAt, Column::RevokedAt])
        .column(superadmins::Column::Email)
        .join(JoinType::InnerJoin, person)
        .into_model::<StandingRow>()
        .one(db)
        .await?;
    Ok(row.map(|row| SuperadminStanding {
        id: row.superadmin_id.into(),
        email: row.email,
        expires_at: Timestamp::from_millis(row.expires_at),
        revoked: row.revoked_at.is_some(),
    }))
}

/// Stores a new sign-in, which ends at `expires_at`.
pub async fn insert_session(
    unit: &UnitOfWork,
    session: SuperadminSessionId,
    whose: SuperadminId,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let row = superadmin_sessions::ActiveModel {
        id: Set(session.into()),
        superadmin_id: Set(whose.into()),
        created_at: Set(unit.now().millis()),
        expires_at: Set(expires_at.millis()),
        revoked_at: Set(None),
        revoked_reason: Set(None),
    };
    superadmin_sessions::Entity::insert(row)
        .exec_without_returning(unit.db())
        .await?;
    Ok(())
}

/// Ends a sign-in. Returns false if it had ended before.
pub async fn revoke(
    unit: &UnitOfWork,
    session: SuperadminSessionId,
    reason: &str,
) -> Result<bool, StoreError> {
    use superadmin_sessions::Column;
    let done = superadmin_sessions::Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(unit.now().millis()))
        .col_expr(Column::RevokedReason, Expr::value(reason))
        .filter(Column::Id.eq(Uuid::from(session)))
        .filter(Column::RevokedAt.is_null())
        .exec(unit.db())
        .await?;
    Ok(done.rows_affected > 0)
}

/// A refresh token's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuperadminRefresh {
    pub session: SuperadminSessionId,
    pub expires_at: Timestamp,
    /// A token is used once; whoever uses it again has stolen it, or was stolen from.
    pub used_at: Option<Timestamp>,
}

/// Stores a new refresh token of a sign-in, by its hash, and lets the sign-in live as long as the token.
pub async fn insert_refresh(
    unit: &UnitOfWork,
    token_hash: &str,
    session: SuperadminSessionId,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let row = superadmin_refresh_tokens::ActiveModel {
        token_hash: Set(token_hash.to_owned()),
        session_id: Set(session.into()),
        issued_at: Set(unit.now().millis()),
        expires_at: Set(expires_at.millis()),
        used_at: Set(None),
    };
    superadmin_refresh_tokens::Entity::insert(row)
        .exec_without_returning(unit.db())
        .await?;
    use superadmin_sessions::Column;
    superadmin_sessions::Entity::update_many()
        .col_expr(Column::ExpiresAt, Expr::value(expires_at.millis()))
        .filter(Column::Id.eq(Uuid::from(session)))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// A refresh token, locked: of two who use it at once, one is first.
pub async fn lock_refresh(
    unit: &UnitOfWork,
    token_hash: &str,
) -> Result<Option<SuperadminRefresh>, StoreError> {
    let row = superadmin_refresh_tokens::Entity::find_by_id(token_hash)
        .lock_exclusive()
        .one(unit.db())
        .await?;
    Ok(row.map(|row| SuperadminRefresh {
        session: row.session_id.into(),
        expires_at: Timestamp::from_millis(row.expires_at),
        used_at: row.used_at.map(Timestamp::from_millis),
    }))
}

/// Marks a refresh token as used.
pub async fn use_refresh(unit: &UnitOfWork, token_hash: &str) -> Result<(), StoreError> {
    use superadmin_refresh_tokens::Column;
    superadmin_refresh_tokens::Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(unit.now().millis()))
        .filter(Column::TokenHash.eq(token_hash))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// Forgets refresh tokens and sign-ins that ran out before `before`.
pub async fn forget_old(unit: &UnitOfWork, before: Timestamp) -> Result<(), StoreError> {
    superadmin_refresh_tokens::Entity::delete_many()
        .filter(superadmin_refresh_tokens::Column::ExpiresAt.lt(before.millis()))
        .exec(unit.db())
        .await?;
    // A sign-in lives as long as its newest token, so none of its tokens is left.
    superadmin_sessions::Entity::delete_many()
        .filter(superadmin_sessions::Column::ExpiresAt.lt(before.millis()))
        .exec(unit.db())
        .await?;
    Ok(())
}
