//! What of an event an operator gets to see.

use omni_model::{Holder, Principal, Sight as Scope, UserId, may_see};

/// An operator at a socket, with what decides over his sight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Viewer {
    pub(super) principal: Principal,
    pub(super) scope: Scope,
}

/// Who had a conversation before an event, who after, and who has it now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Holders {
    pub(super) from: Holder,
    pub(super) to: Holder,
    /// `None` when the conversation does not exist any more.
    pub(super) now: Option<Holder>,
}

/// What an operator gets of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// Nothing.
    Nothing,
    /// The event.
    Event,
    /// The event, and the conversation that it brought into his sight.
    Gained,
    /// That the conversation is out of his sight.
    Lost,
}

impl Viewer {
    pub(super) fn sees(&self, holder: Holder) -> bool {
        may_see(&self.principal, &self.scope, holder)
    }

    /// Whether what he sees depends on who has a conversation.
    pub(super) fn is_limited(&self) -> bool {
        let somebody = Some(UserId(uuid::Uuid::nil()));
        !self.sees(Holder {
            operator: somebody,
            team: None,
        })
    }

    /// What is shown is rendered as it is now, so what he may see now decides. A move that took the
    /// conversation away is told even to him who may not see where it went.
    pub(super) fn sight(&self, holders: Holders) -> Sight {
        let Some(now) = holders.now else {
            return Sight::Nothing;
        };
        let moved = holders.from != holders.to;
        let (before, after) = (self.sees(holders.from), self.sees(holders.to));
        match (self.sees(now), moved && before, moved && after) {
            (true, false, true) => Sight::Gained,
            (true, ..) => Sight::Event,
            (false, true, false) => Sight::Lost,
            (false, ..) => Sight::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use omni_model::{Credential, Permissions, Role, SessionId, TeamId, TenantId, Visibility};
    use uuid::Uuid;

    const ANNA: UserId = UserId(Uuid::from_u128(1));
    const BORIS: UserId = UserId(Uuid::from_u128(2));

    fn viewer(role: Role, visibility: Visibility) -> Viewer {
        let principal = Principal {
            tenant_id: TenantId(Uuid::nil()),
            credential: Credential::Session {
                user_id: ANNA,
                session_id: SessionId(Uuid::nil()),
            },
            role,
            permissions: Permissions::of(role),
        };
        let teams = vec![OURS];
        Viewer {
            principal,
            scope: Scope { visibility, teams },
        }
    }

    const OURS: TeamId = TeamId(Uuid::from_u128(3));
    const THEIRS: TeamId = TeamId(Uuid::from_u128(4));

    fn with(operator: Option<UserId>) -> Holder {
        Holder {
            operator,
            team: None,
        }
    }

    fn moved(from: Option<UserId>, to: Option<UserId>) -> Holders {
        between(with(from), with(to))
    }

    fn between(from: Holder, to: Holder) -> Holders {
        Holders {
            from,
            to,
            now: Some(to),
        }
    }

    #[test]
    fn teams_are_moves_too() {
        let of = |operator, team| Holder {
            operator,
            team: Some(team),
        };
        let team = viewer(Role::Operator, Visibility::Team);
        let sight = |from, to| team.sight(between(from, to));
        assert_eq!(sight(of(None, THEIRS), of(None, OURS)), Sight::Gained);
        assert_eq!(sight(of(None, OURS), of(None, THEIRS)), Sight::Lost);
        assert_eq!(sight(with(None), of(None, THEIRS)), Sight::Lost);
        assert_eq!(sight(of(None, OURS), of(Some(BORIS), OURS)), Sight::Event);
        let own = viewer(Role::Operator, Visibility::Own);
        let taken = between(of(None, OURS), of(Some(BORIS), OURS));
        assert_eq!(own.sight(taken), Sight::Lost);
    }

    #[test]
    fn moves_are_gains_and_losses() {
        let own = viewer(Role::Operator, Visibility::Own);
        assert_eq!(own.sight(moved(Some(BORIS), Some(ANNA))), Sight::Gained);
        assert_eq!(own.sight(moved(Some(BORIS), None)), Sight::Gained);
        assert_eq!(own.sight(moved(None, Some(BORIS))), Sight::Lost);
        assert_eq!(own.sight(moved(Some(ANNA), Some(BORIS))), Sight::Lost);
        assert_eq!(own.sight(moved(None, Some(ANNA))), Sight::Event);
        assert_eq!(own.sight(moved(Some(BORIS), Some(BORIS))), Sight::Nothing);
    }

    #[test]
    fn what_is_now_decides() {
        let own = viewer(Role::Operator, Visibility::Own);
        // Came and went again before it was rendered: the later event tells that it left.
        let passed = Holders {
            from: with(Some(BORIS)),
            to: with(Some(ANNA)),
            now: Some(with(Some(BORIS))),
        };
        assert_eq!(own.sight(passed), Sight::Nothing);
        // An old message of what is his now.
        let old = Holders {
            from: with(Some(BORIS)),
            to: with(Some(BORIS)),
            now: Some(with(Some(ANNA))),
        };
        assert_eq!(own.sight(old), Sight::Event);
        let gone = Holders {
            from: with(Some(ANNA)),
            to: with(Some(ANNA)),
            now: None,
        };
        assert_eq!(own.sight(gone), Sight::Nothing);
    }

    #[test]
    fn only_operators_are_limited() {
        assert!(viewer(Role::Operator, Visibility::Own).is_limited());
        assert!(!viewer(Role::Operator, Visibility::All).is_limited());
        assert!(!viewer(Role::Viewer, Visibility::Own).is_limited());
        let admin = viewer(Role::Admin, Visibility::Own);
        assert_eq!(admin.sight(moved(None, Some(BORIS))), Sight::Event);
    }
}
