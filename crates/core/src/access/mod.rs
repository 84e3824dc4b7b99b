//! Who may come in: passwords, access and refresh tokens, sessions.
//!
//! An access token names a session; what its person may do is read from the rows as they are now, so a
//! changed role, password or session holds at once in this process and within [`FRESH`] in others.

mod authenticate;
mod keys;
mod login;
mod password;
mod refresh;
mod remembered;
mod signer;
mod suspension;
mod token;

use std::sync::Arc;
use std::time::Duration;

use omni_bus::Bus;
use omni_model::{Permissions, Principal, Role, SessionId, TenantId, UserId, codes};
use omni_store::users::UserRecord;
use serde::{Deserialize, Serialize};

use crate::{Error, Options, Result, superadmin};

pub(crate) use keys::PREFIX as KEY_PREFIX;
pub use keys::{KeyPass, looks_like_key};
pub(crate) use password::{
    Passwords, check_claimed as check_claimed_password, check_new as check_new_password,
};
pub(crate) use remembered::Remembered;
pub(crate) use signer::{ISSUER, Life, Lived, Signer};
use token::AccessTokens;
pub(crate) use token::{random_token, token_hash};

/// How long what was read of a session or of settings is believed without looking again.
pub const FRESH: Duration = Duration::from_secs(2);

/// What the use cases of access share.
pub(crate) struct Access {
    pub(crate) passwords: Passwords,
    pub(crate) remembered: Arc<Remembered>,
    tokens: AccessTokens,
    /// Of superadmins: for another audience, so that neither lets in where the other does.
    pub(crate) superadmin_tokens: Signer,
}

impl Access {
    pub(crate) fn new(options: &Options, bus: &Bus) -> Self {
        Self {
            passwords: Passwords::new(),
            remembered: Arc::new(Remembered::listening_to(bus)),
            tokens: AccessTokens::new(&options.jwt_secret),
            superadmin_tokens: Signer::new(&options.jwt_secret, superadmin::AUDIENCE),
        }
    }
}

/// Signing in.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginRequest {
    pub email: String,
    pub password: String,
    /// The company's slug; needed only by somebody whom several companies know.
    pub tenant: Option<String>,
}

/// Exchanging a refresh token for a new pair.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshRequest {
    pub refresh_token: String,
}

/// Changing one's password.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    pub current_password: String,
    /// At least 8 characters.
    pub new_password: String,
}

/// A fresh pair of tokens.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TokenPair {
    pub access_token: String,
    /// Works once. Using it again ends the session.
    pub refresh_token: String,
    /// Always `bearer`.
    pub token_type: &'static str,
    /// Seconds until the access token ends.
    pub expires_in: u64,
    pub user: User,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct User {
    pub id: UserId,
    pub tenant_id: TenantId,
    pub email: String,
    pub name: String,
    pub role: Role,
    #[schema(value_type = Vec<String>)]
    pub permissions: Permissions,
}

impl From<&UserRecord> for User {
    fn from(record: &UserRecord) -> Self {
        Self {
            id: record.id,
            tenant_id: record.tenant_id,
            email: record.email.clone(),
            name: record.name.clone(),
            role: record.role,
            permissions: Permissions::of(record.role),
        }
    }
}

/// 403 unless he may do `permission`.
pub fn needs(principal: &Principal, permission: &'static str) -> Result<()> {
    if principal.may(permission) {
        Ok(())
    } else {
        Err(Error::forbidden(permission))
    }
}

/// The person who asks; 403 for a program, since this is about a person himself.
pub fn person(principal: &Principal) -> Result<UserId> {
    principal.person().ok_or_else(for_people)
}

/// The person who asks, and the session that he came in with; 403 for a program.
fn signed_in(principal: &Principal) -> Result<(UserId, SessionId)> {
    let session = principal.session().ok_or_else(for_people)?;
    Ok((person(principal)?, session))
}

fn for_people() -> Error {
    Error::refused(codes::FORBIDDEN, "this is for people, not for API keys")
}

/// The one answer to a token that does not let in, whatever is wrong with it.
pub(crate) fn unauthenticated() -> Error {
    Error::refused(
        codes::UNAUTHENTICATED,
        "the token is not valid, or not any more",
    )
}
