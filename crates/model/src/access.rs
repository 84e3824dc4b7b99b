//! Roles, permissions, and the one rule of who sees what.

use serde::{Deserialize, Serialize};

use crate::{SessionId, TeamId, TenantId, TenantScope, UserId, Visibility, word_enum};

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

/// With whom a conversation is: with somebody, with a team, with somebody of a team, or with nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    pub operator: Option<UserId>,
    pub team: Option<TeamId>,
}

/// How much a person sees, beside what his role lets him: the tenant's setting and the teams he is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    pub visibility: Visibility,
    pub teams: Vec<TeamId>,
}

/// What somebody sees who does not see all: [`may_see`] as a filter of lists and counters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenBy {
    pub operator: UserId,
    /// What waits for these teams is seen.
    pub teams: Vec<TeamId>,
    /// What others have of these teams is seen, too.
    pub colleagues: bool,
}

impl Sight {
    /// The limits of what `principal` sees; `None` where he sees all.
    pub fn limits(&self, principal: &Principal) -> Option<SeenBy> {
        let limited = principal.role == Role::Operator && self.visibility != Visibility::All;
        limited.then(|| SeenBy {
            operator: principal.user_id,
            teams: self.teams.clone(),
            colleagues: self.visibility == Visibility::Team,
        })
    }
}

/// The one rule of visibility, for REST, live events and replay alike: may this person see a
/// conversation that `holder` has now?
///
/// Where operators do not see all, each sees what is his and what waits for anybody. What waits for a team is
/// seen by its members; under `team` they also see what others of the team have.
pub fn may_see(principal: &Principal, sight: &Sight, holder: Holder) -> bool {
    if !principal.may("conversations:read") {
        return false;
    }
    if principal.role != Role::Operator || sight.visibility == Visibility::All {
        return true;
    }
    if holder.operator == Some(principal.user_id) {
        return true;
    }
    let waits = holder.operator.is_none();
    match holder.team {
        Some(team) => {
            sight.teams.contains(&team) && (waits || sight.visibility == Visibility::Team)
        }
        None => waits,
    }
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

    #[test]
    fn who_sees_what_of_a_team() {
        let id = |n| uuid::Uuid::from_u128(n);
        let me = Principal {
            tenant_id: TenantId(id(1)),
            user_id: UserId(id(2)),
            session_id: SessionId(id(3)),
            role: Role::Operator,
            permissions: Permissions::of(Role::Operator),
        };
        let (mine, theirs) = (TeamId(id(4)), TeamId(id(5)));
        let (myself, other) = (Some(me.user_id), Some(UserId(id(6))));
        let sees = |visibility, operator, team| {
            let teams = vec![mine];
            may_see(&me, &Sight { visibility, teams }, Holder { operator, team })
        };
        use Visibility::{All, Own, Team};
        // Operator, team, and whether it is seen under own, team and all.
        for (operator, team, seen) in [
            (None, None, [true, true, true]),
            (myself, None, [true, true, true]),
            (other, None, [false, false, true]),
            (None, Some(mine), [true, true, true]),
            (None, Some(theirs), [false, false, true]),
            (myself, Some(theirs), [true, true, true]),
            (other, Some(mine), [false, true, true]),
            (other, Some(theirs), [false, false, true]),
        ] {
            let told = [Own, Team, All].map(|visibility| sees(visibility, operator, team));
            assert_eq!(told, seen, "{operator:?} {team:?}");
        }
    }
}
