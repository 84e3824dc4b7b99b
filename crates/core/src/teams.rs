//! Teams: who answers together, and what waits for them.

use omni_model::{
    EventKind, FieldError, NewEvent, Page, Principal, Queue, Team, TeamId, TenantScope, Total,
    UserId, codes, limits,
};
use omni_store::conversations::{self, Change};
use omni_store::{StoreError, UniqueKey, UnitOfWork, staff, teams};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::access::needs;
use crate::audit::{self, Line};
use crate::channels::needs as channel_needs;
use crate::once::Made;
use crate::operators::clean_name;
use crate::sight::note_change;
use crate::{Core, Error, Result};

const MANAGE: &str = "operators:manage";
/// Conversations taken from a deleted team in one unit of work.
const BATCH: u64 = 200;

/// A team to make.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTeam {
    pub name: String,
    #[serde(default)]
    pub members: Vec<UserId>,
}

/// What to change in a team; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamPatch {
    #[serde(default)]
    pub name: Option<String>,
    /// The whole list.
    #[serde(default)]
    pub members: Option<Vec<UserId>>,
}

impl Core {
    /// The tenant's teams, by name.
    pub async fn list_teams(&self, principal: &Principal) -> Result<Page<Team>> {
        needs(principal, "conversations:read")?;
        let items = teams::list(self.store().reader(), &principal.scope()).await?;
        let total = Total::Exact(items.len() as u64);
        Ok(Page::new(items, total, None))
    }

    /// A team.
    pub async fn team(&self, principal: &Principal, id: TeamId) -> Result<Team> {
        needs(principal, "conversations:read")?;
        teams::find(self.store().reader(), &principal.scope(), id)
            .await?
            .ok_or_else(|| Error::not_found("team"))
    }

    /// Refuses whom 404 or 403 is due before anybody looks at what he sent.
    pub async fn check_manage_team(&self, principal: &Principal, id: TeamId) -> Result<()> {
        self.team(principal, id).await?;
        needs(principal, MANAGE)
    }

    /// Makes a team.
    pub async fn create_team(
        &self,
        principal: &Principal,
        new: NewTeam,
        key: Option<String>,
    ) -> Result<Made<Team>> {
        needs(principal, MANAGE)?;
        self.make_once(principal, key, "create_team", &new, |keeper| async {
            let (name, members) = checked(Some(&new.name), Some(new.members.clone()))?;
            let (scope, actor, now) = (principal.scope(), principal.actor(), self.clock().now());
            let team = Team {
                id: TeamId::at(now),
                name: name.unwrap_or_default(),
                members: members.unwrap_or_default(),
                created_at: now,
                updated_at: now,
            };
            let made = team.clone();
            self.store()
                .write(&scope, move |unit| async move {
                    keeper.keep(&unit, &team).await?;
                    if teams::count(unit.db(), &scope).await? >= limits::TEAMS as u64 {
                        let detail = format!("at most {} teams", limits::TEAMS);
                        return Err(Error::refused(codes::CONFLICT, detail));
                    }
                    check_members(&unit, &scope, &team.members).await?;
                    let stored = teams::insert(&unit, &scope, &team).await;
                    stored.map_err(name_taken)?;
                    note_change(&unit, &scope, &team.members).await?;
                    let line = Line::of("team.created", "team", team.id.0)
                        .with(json!({"name": team.name, "members": team.members}));
                    audit::record(&unit, &scope, Some(actor), line).await
                })
                .await?;
            self.sight_changed(principal.scope(), &made.members).await?;
            Ok(made)
        })
        .await
    }

    /// Changes a team's name and members.
    pub async fn patch_team(
        &self,
        principal: &Principal,
        id: TeamId,
        patch: TeamPatch,
    ) -> Result<Team> {
        self.check_manage_team(principal, id).await?;
        let (name, members) = checked(patch.name.as_deref(), patch.members)?;
        let (scope, actor) = (principal.scope(), principal.actor());
        let (team, moved) = self
            .store()
            .write(&scope, move |unit| async move {
                let before = locked(&unit, &scope, id).await?;
                let mut after = before.clone();
                after.name = name.unwrap_or(after.name);
                after.members = members.unwrap_or(after.members);
                if after == before {
                    return Ok((after, Vec::new()));
                }
                after.updated_at = unit.now();
                let moved = in_one_only(&before.members, &after.members);
                let joined: Vec<UserId> = moved
                    .iter()
                    .copied()
                    .filter(|person| after.members.contains(person))
                    .collect();
                check_members(&unit, &scope, &joined).await?;
                let stored = teams::update(&unit, &scope, &before, &after).await;
                stored.map_err(name_taken)?;
                note_change(&unit, &scope, &moved).await?;
                // Whoever came may take what waits for the team.
                unit.wake(Queue::Route, "");
                let line = Line::of("team.changed", "team", id.0).with(json!({
                    "from": {"name": before.name, "members": before.members},
                    "to": {"name": after.name, "members": after.members},
                }));
                audit::record(&unit, &scope, Some(actor), line).await?;
                Ok::<_, Error>((after, moved))
            })
            .await?;
        self.sight_changed(scope, &moved).await?;
        Ok(team)
    }

    /// Deletes a team. What waits for it waits for anybody; channels that asked for it ask for nobody.
    pub async fn delete_team(&self, principal: &Principal, id: TeamId) -> Result<()> {
        self.check_manage_team(principal, id).await?;
        let (scope, actor) = (principal.scope(), principal.actor());
        let (team, channels) = self
            .store()
            .write(&scope, move |unit| async move {
                let team = locked(&unit, &scope, id).await?;
                let channels = channel_needs::forget_team(&unit, &scope, id).await?;
                teams::delete(&unit, &scope, id).await?;
                note_change(&unit, &scope, &team.members).await?;
                let line = Line::of("team.deleted", "team", id.0)
                    .with(json!({"name": team.name, "members": team.members}));
                audit::record(&unit, &scope, Some(actor), line).await?;
                Ok::<_, Error>((team, channels))
            })
            .await?;
        for channel in &channels {
            self.channel_changed(channel);
        }
        self.hours_changed(&scope);
        self.sight_changed(scope, &team.members).await?;
        while self.take_from_team(scope, id).await? {}
        Ok(())
    }

    /// Lets a piece of what a deleted team had be nobody's; says whether there may be more.
    async fn take_from_team(&self, scope: TenantScope, id: TeamId) -> Result<bool> {
        self.store()
            .write(&scope, move |unit| async move {
                let held = teams::lock_conversations(&unit, &scope, id, BATCH).await?;
                let more = held.len() as u64 == BATCH;
                let mut changes = Vec::with_capacity(held.len());
                for record in held {
                    let mut change = Change::of(record);
                    let before = change.after.holder();
                    change.after.assigned_team = None;
                    let (kind, now) = (EventKind::ConversationUpdated, change.after.holder());
                    unit.emit(NewEvent::about(kind, change.after.id, now).coming_from(before));
                    changes.push(change);
                }
                conversations::save(&unit, &changes).await?;
                unit.wake(Queue::Route, "");
                Ok::<_, Error>(more)
            })
            .await
    }
}

pub(crate) async fn locked(unit: &UnitOfWork, scope: &TenantScope, id: TeamId) -> Result<Team> {
    let absent = || Error::not_found("team");
    if !teams::lock(unit, scope, id).await? {
        return Err(absent());
    }
    teams::find(unit.db(), scope, id).await?.ok_or_else(absent)
}

/// Name and members as they are kept.
fn checked(
    name: Option<&str>,
    members: Option<Vec<UserId>>,
) -> Result<(Option<String>, Option<Vec<UserId>>)> {
    let mut wrong = Vec::new();
    let name = name.map(|name| clean_name(name, &mut wrong));
    let members = members.map(|mut members| {
        members.sort_unstable();
        members.dedup();
        if members.len() > limits::TEAM_MEMBERS {
            let detail = format!("at most {}", limits::TEAM_MEMBERS);
            wrong.push(FieldError::new("/members", "too_many", detail));
        }
        members
    });
    if wrong.is_empty() {
        Ok((name, members))
    } else {
        Err(Error::invalid(wrong))
    }
}

/// Refuses whom no conversation could be given. People are locked, so that nobody joins who is being disabled.
async fn check_members(unit: &UnitOfWork, scope: &TenantScope, members: &[UserId]) -> Result<()> {
    let found = staff::lock_takers(unit, scope, members).await?;
    match members.iter().all(|member| found.contains(member)) {
        true => Ok(()),
        false => Err(Error::invalid_field(
            "/members",
            "not_an_operator",
            "people of the company who take conversations",
        )),
    }
}

/// Who is in one of both lists.
fn in_one_only(one: &[UserId], other: &[UserId]) -> Vec<UserId> {
    let only = |these: &[UserId], those: &[UserId]| {
        let mut only = these.to_vec();
        only.retain(|person| !those.contains(person));
        only
    };
    let mut people = only(one, other);
    people.extend(only(other, one));
    people
}

fn name_taken(error: StoreError) -> Error {
    if error.violates(UniqueKey::TEAM_NAME) {
        Error::refused(codes::TEAM_EXISTS, "another team has this name")
    } else {
        error.into()
    }
}
