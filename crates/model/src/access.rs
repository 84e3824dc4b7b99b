//! Roles, permissions, and the one rule of who sees what.

use serde::{Deserialize, Serialize};

use crate::{
    Actor, Credential, SessionId, TeamId, TenantId, TenantScope, UserId, Visibility, word_enum,
};

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

/// Every permission that somebody may be given by name. Beside these there are `area:*` and `*`.
pub const PERMISSIONS: &[&str] = &[
    "analytics:read",
    "conversations:assign",
    "conversations:assign_self",
    "conversations:read",
    "conversations:reply",
    "customers:read",
    "customers:update",
    "knowledge:read",
    "knowledge:update",
    "operators:manage",
    "scenarios:read",
    "scenarios:update",
    "settings:read",
    "settings:update",
];

/// A set of granted permissions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Permissions(Vec<String>);

impl Permissions {
    /// The permissions of a role.
    pub fn of(role: Role) -> Self {
        Self(role.permissions().iter().map(ToString::to_string).collect())
    }

    /// These words, as stored.
    pub const fn new(words: Vec<String>) -> Self {
        Self(words)
    }

    /// Whether `word` is a permission: one of [`PERMISSIONS`], all of an area of theirs, or everything.
    pub fn is_known(word: &str) -> bool {
        let in_area = |area: &str| {
            PERMISSIONS
                .iter()
                .any(|known| known.split(':').next() == Some(area))
        };
        word == "*" || PERMISSIONS.contains(&word) || word.strip_suffix(":*").is_some_and(in_area)
    }

    /// What both grant.
    #[must_use]
    pub fn within(&self, other: &Self) -> Self {
        let mut both: Vec<String> = Vec::new();
        let ours = self.0.iter().filter(|word| other.allow(word));
        let theirs = other.0.iter().filter(|word| self.allow(word));
        for word in ours.chain(theirs) {
            if !both.contains(word) {
                both.push(word.clone());
            }
        }
        Self(both)
    }

    /// Whether everything that `other` grants is granted.
    pub fn cover(&self, other: &Self) -> bool {
        other.0.iter().all(|word| self.allow(word))
    }

    /// Whether nothing is granted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
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

/// Who is asking, as stored now (not as his token remembers him): a signed-in person, or a program with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    pub tenant_id: TenantId,
    pub credential: Credential,
    /// The person's role; of a key, the role of whoever made it.
    pub role: Role,
    pub permissions: Permissions,
}

impl Principal {
    /// The scope of his tenant.
    pub const fn scope(&self) -> TenantScope {
        TenantScope::of(self.tenant_id)
    }

    /// Who acts: for logs of changes, as the sender of messages, as the owner of idempotency keys.
    pub const fn actor(&self) -> Actor {
        match self.credential {
            Credential::Session { user_id, .. } => Actor::Person(user_id),
            Credential::Key { key_id, .. } => Actor::Key(key_id),
        }
    }

    /// The person; nobody where a program acts.
    pub const fn person(&self) -> Option<UserId> {
        match self.credential {
            Credential::Session { user_id, .. } => Some(user_id),
            Credential::Key { .. } => None,
        }
    }

    /// The session that he came in with; none where a program acts.
    pub const fn session(&self) -> Option<SessionId> {
        match self.credential {
            Credential::Session { session_id, .. } => Some(session_id),
            Credential::Key { .. } => None,
        }
    }

    /// Whose conversations are in sight: the person's own, or those of whoever made the key.
    pub const fn sees_as(&self) -> UserId {
        match self.credential {
            Credential::Session { user_id, .. } => user_id,
            Credential::Key { created_by, .. } => created_by,
        }
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
            operator: principal.sees_as(),
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
    if holder.operator == Some(principal.sees_as()) {
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

    fn words(words: &[&str]) -> Permissions {
        Permissions::new(words.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn what_two_grant_is_what_both_grant() {
        for (one, other, both) in [
            (
                &["*"][..],
                &["conversations:read"][..],
                &["conversations:read"][..],
            ),
            (
                &["conversations:*"],
                &["conversations:reply", "customers:read"],
                &["conversations:reply"],
            ),
            (
                &["conversations:*", "settings:read"],
                &["*"],
                &["conversations:*", "settings:read"],
            ),
            (&["settings:*"], &["conversations:read"], &[]),
            (
                &["conversations:read"],
                &["conversations:read"],
                &["conversations:read"],
            ),
        ] {
            assert_eq!(
                words(one).within(&words(other)),
                words(both),
                "{one:?} {other:?}"
            );
            let (one, other) = (words(one), words(other));
            let (there, back) = (one.within(&other), other.within(&one));
            assert!(there.cover(&back) && back.cover(&there));
            assert!(one.cover(&there) && other.cover(&there));
        }
    }

    #[test]
    fn every_role_s_permissions_are_known() {
        for role in Role::ALL {
            for word in role.permissions() {
                assert!(Permissions::is_known(word), "{word}");
            }
        }
        for odd in [
            "",
            ":",
            "*:*",
            "conversations",
            "conversations:",
            "conversations:**",
            "platform:*",
            "a:b",
        ] {
            assert!(!Permissions::is_known(odd), "{odd}");
        }
    }

    #[test]
    fn nobody_has_everything_but_by_name() {
        assert!(words(&["*"]).allow("*"));
        assert!(!words(&["settings:*", "conversations:*"]).allow("*"));
        assert!(!words(&["settings:read"]).allow("settings:*"));
    }
    #[test]
    fn who_sees_what_of_a_team() {
        let id = |n| uuid::Uuid::from_u128(n);
        let me = Principal {
            tenant_id: TenantId(id(1)),
            credential: Credential::Session {
                user_id: UserId(id(2)),
                session_id: SessionId(id(3)),
            },
            role: Role::Operator,
            permissions: Permissions::of(Role::Operator),
        };
        let (mine, theirs) = (TeamId(id(4)), TeamId(id(5)));
        let (myself, other) = (me.person(), Some(UserId(id(6))));
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
