//! Roles, permissions, and the one rule of who sees what.

use serde::{Deserialize, Serialize};

use crate::{SessionId, TenantId, TenantScope, UserId, Visibility, word_enum};

word_enum! {
    /// A person's role in a tenant.
    Role {
        Owner = "owner",
        Admin = "admin",
        Operator = "operator",
        Viewer = "viewer",
    }
}

impl Role {
    /// What the role may do: `area:action`, `area:*` or `*`.
    pub const fn permissions(self) -> &'static [&'static str] {
        match self {
            Self::Owner => &["*"],
            Self::Admin => &[
                "conversations:*",
                "customers:*",
                "operators:manage",
                "settings:*",
                "analytics:*",
                "knowledge:*",
                "scenarios:*",
            ],
            Self::Operator => &[
                "conversations:read",
                "conversations:reply",
                "conversations:assign_self",
                "customers:read",
                "customers:update",
                "knowledge:read",
            ],
            Self::Viewer => &["conversations:read", "customers:read", "analytics:read"],
        }
    }

    /// Whether conversations may be assigned to somebody of this role.
    pub const fn takes_conversations(self) -> bool {
        !matches!(self, Self::Viewer)
    }
}

/// A set of granted permissions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Permissions(Vec<String>);

impl Permissions {
    /// The permissions of a role.
    pub fn of(role: Role) -> Self {
        Self(role.permissions().iter().map(ToString::to_string).collect())
    }

    /// Whether `wanted` (`area:action`) is granted, by name or by wildcard.
    pub fn allow(&self, wanted: &str) -> bool {
        let area = wanted.split(':').next().unwrap_or_default();
        self.0.iter().any(|granted| {
            granted == "*"
                || granted == wanted
                || granted.strip_suffix(":*").is_some_and(|a| a == area)
        })
    }

    /// The granted words.
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }
}

/// Who is asking: a signed-in person, as stored now (not as the token remembers him).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    pub tenant_id: TenantId,
    pub user_id: UserId,
    pub session_id: SessionId,
    pub role: Role,
    pub permissions: Permissions,
}

impl Principal {
    /// The scope of his tenant.
    pub const fn scope(&self) -> TenantScope {
        TenantScope::of(self.tenant_id)
    }

    /// Whether he may do `wanted`.
    pub fn may(&self, wanted: &str) -> bool {
        self.permissions.allow(wanted)
    }
}

/// The one rule of visibility, for REST, live events and replay alike: may this person see a
/// conversation that is assigned to `assigned_to` now?
///
/// `team` shows what `own` shows until teams exist.
pub fn may_see(principal: &Principal, visibility: Visibility, assigned_to: Option<UserId>) -> bool {
    if !principal.may("conversations:read") {
        return false;
    }
    if principal.role != Role::Operator || visibility == Visibility::All {
        return true;
    }
    assigned_to.is_none_or(|operator| operator == principal.user_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_grant_an_area_and_nothing_beside_it() {
        let admin = Permissions::of(Role::Admin);
        assert!(admin.allow("conversations:assign_others"));
        assert!(admin.allow("operators:manage"));
        assert!(!admin.allow("operators:delete_everything"));
        assert!(!admin.allow("platform:anything"));
        assert!(Permissions::of(Role::Owner).allow("platform:anything"));
        assert!(!Permissions::of(Role::Viewer).allow("conversations:reply"));
    }
}
