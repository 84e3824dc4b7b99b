//! Superadmins look after the whole installation. They belong to no company, and what they hold opens nothing of one.

mod accounts;
mod audit;
mod sessions;
mod tenants;

use omni_model::{SuperadminId, SuperadminSessionId};
use serde::{Deserialize, Serialize};

pub use accounts::CreatedSuperadmin;
pub use audit::PlatformAuditEntry;
pub(crate) use audit::{Act, note};
pub use tenants::{Tenant, TenantQuery};

/// Whom their tokens are for.
pub(crate) const AUDIENCE: &str = "omnisupport-superadmin";

/// A superadmin who signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Superadmin {
    pub id: SuperadminId,
    pub session_id: SuperadminSessionId,
}

/// Signing in as a superadmin.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuperadminLogin {
    pub email: String,
    pub password: String,
}

/// A fresh pair of a superadmin's tokens.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SuperadminTokenPair {
    pub access_token: String,
    /// Works once. Using it again ends the session.
    pub refresh_token: String,
    /// Always `bearer`.
    pub token_type: &'static str,
    /// Seconds until the access token ends.
    pub expires_in: u64,
    pub superadmin: SuperadminProfile,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SuperadminProfile {
    pub id: SuperadminId,
    pub email: String,
}

/// Why something is done to a company.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// 1 to 500 characters.
    pub reason: String,
}
