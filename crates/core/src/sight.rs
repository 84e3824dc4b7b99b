//! How much somebody sees.

use omni_bus::Signal;
use omni_model::{Principal, Role, SeenBy, Sight, TeamId, TenantScope, UserId, Visibility};
use omni_store::{UnitOfWork, sight, teams};

use crate::{Core, Result};

impl Core {
    /// How much `who` sees, as it was at most [`crate::access::FRESH`] ago.
    pub(crate) async fn sight(&self, who: &Principal) -> Result<Sight> {
        let visibility = self.routing_settings(&who.scope()).await?.visibility;
        let limited = who.role == Role::Operator && visibility != Visibility::All;
        let teams = match limited {
            true => self.teams_of(who).await?,
            false => Vec::new(),
        };
        Ok(Sight { visibility, teams })
    }

    /// The limits of what `who` sees; `None` where he sees all.
    pub(crate) async fn sight_limits(&self, who: &Principal) -> Result<Option<SeenBy>> {
        Ok(self.sight(who).await?.limits(who))
    }

    async fn teams_of(&self, who: &Principal) -> Result<Vec<TeamId>> {
        let remembered = &self.access().remembered;
        let asked = match remembered.teams().get(&who.sees_as()) {
            Ok(teams) => return Ok(teams),
            Err(asked) => asked,
        };
        let people = [who.sees_as()];
        let mut found = teams::of_people(self.store().reader(), &who.scope(), &people).await?;
        let teams = found.remove(&who.sees_as()).unwrap_or_default();
        remembered.teams().put(asked, who.sees_as(), teams.clone());
        Ok(teams)
    }

    /// These people see other conversations since the last commit: told to their sessions and sockets, and noted
    /// once more, since others may have told something while it was stored.
    pub(crate) async fn sight_changed(&self, scope: TenantScope, people: &[UserId]) -> Result<()> {
        if people.is_empty() {
            return Ok(());
        }
        self.people_changed(&scope, people);
        let concerned = people.to_vec();
        self.store()
            .write(&scope, move |unit| async move {
                note_change(&unit, &scope, &concerned).await
            })
            .await
    }

    /// Has these people's sessions and sockets look anew at what they may do and see.
    pub(crate) fn people_changed(&self, scope: &TenantScope, people: &[UserId]) {
        let tenant_id = scope.tenant_id();
        for &user_id in people {
            self.bus().send(Signal::UserChanged { tenant_id, user_id });
        }
    }
}

/// Notes that these people see other conversations from now on, for those who are not here to be told.
pub(crate) async fn note_change(
    unit: &UnitOfWork,
    scope: &TenantScope,
    people: &[UserId],
) -> Result<()> {
    Ok(sight::changed(unit, scope, people).await?)
}
