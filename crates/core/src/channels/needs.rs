//! What a channel asks of whoever answers: part of the settings of every kind.

use std::collections::HashMap;

use omni_model::{ChannelId, TeamId, TenantScope};
use omni_store::{UnitOfWork, channels, teams};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::operators::clean_skills;
use crate::{Core, Error, Result};

/// What a channel asks of whoever answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Needs {
    /// Asked for by routing of the strategy `skills`.
    pub(crate) required_skills: Vec<String>,
    /// The team that new conversations are for.
    pub(crate) team_id: Option<TeamId>,
}

const SKILLS: &str = "required_skills";
const TEAM: &str = "team_id";

impl Needs {
    /// What stored settings ask for.
    pub(crate) fn of(settings: &Value) -> Self {
        serde_json::from_value(settings.clone()).unwrap_or_default()
    }

    /// Takes them out of what a client sent. What is left out stays as it was `before`, so that a form which
    /// knows the other settings only does not reset these; `null` resets them.
    pub(super) fn take(settings: &mut Map<String, Value>, before: Self) -> Result<Self> {
        let mut needs = before;
        if let Some(value) = settings.remove(SKILLS) {
            let pointer = "/settings/required_skills";
            let skills: Option<Vec<String>> = read(pointer, value, "a list of skills")?;
            let mut wrong = Vec::new();
            needs.required_skills = clean_skills(pointer, &skills.unwrap_or_default(), &mut wrong);
            if !wrong.is_empty() {
                return Err(Error::invalid(wrong));
            }
        }
        if let Some(value) = settings.remove(TEAM) {
            needs.team_id = read("/settings/team_id", value, "a team's id")?;
        }
        Ok(needs)
    }

    /// Adds them to settings that are about to be stored.
    pub(super) fn put(&self, settings: &mut Value) {
        let Value::Object(settings) = settings else {
            return;
        };
        if !self.required_skills.is_empty() {
            settings.insert(SKILLS.to_owned(), json!(self.required_skills));
        }
        if let Some(team) = self.team_id {
            settings.insert(TEAM.to_owned(), json!(team));
        }
    }
}

/// Settings without them: what is left is of the channel's kind.
pub(super) fn without(settings: &Value) -> Value {
    let mut settings = settings.clone();
    if let Value::Object(fields) = &mut settings {
        fields.remove(SKILLS);
        fields.remove(TEAM);
    }
    settings
}

fn read<T: serde::de::DeserializeOwned>(
    pointer: &str,
    value: Value,
    expected: &str,
) -> Result<Option<T>> {
    serde_json::from_value(value)
        .map_err(|_| Error::invalid_field(pointer, "invalid", format!("expected {expected}")))
}

impl Core {
    /// Refuses a team that is not there.
    pub(super) async fn check_needs(&self, scope: &TenantScope, needs: &Needs) -> Result<()> {
        let Some(team) = needs.team_id else {
            return Ok(());
        };
        match teams::find(self.store().reader(), scope, team).await? {
            Some(_) => Ok(()),
            None => Err(Error::invalid_field(
                "/settings/team_id",
                "unknown",
                "no such team",
            )),
        }
    }
}

/// The skills that each channel asks for.
pub(crate) async fn required_skills(
    unit: &UnitOfWork,
    scope: &TenantScope,
) -> Result<HashMap<ChannelId, Vec<String>>> {
    let settings = channels::settings(unit.db(), scope).await?;
    Ok(settings
        .into_iter()
        .map(|(id, settings)| (id, Needs::of(&settings).required_skills))
        .filter(|(_, skills)| !skills.is_empty())
        .collect())
}

/// Has no channel ask for a team that goes. Answers which did.
pub(crate) async fn forget_team(
    unit: &UnitOfWork,
    scope: &TenantScope,
    team: TeamId,
) -> Result<Vec<omni_store::ChannelRecord>> {
    let mut changed = Vec::new();
    for (id, settings) in channels::settings(unit.db(), scope).await? {
        if Needs::of(&settings).team_id != Some(team) {
            continue;
        }
        let Some(mut record) = channels::lock(unit, scope, id).await? else {
            continue;
        };
        if let Value::Object(fields) = &mut record.settings {
            fields.remove(TEAM);
        }
        channels::update(unit, &record).await?;
        changed.push(record);
    }
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn needs_are_kept_apart_from_the_kinds_own_settings() {
        let team = TeamId(uuid::Uuid::from_u128(7));
        let mut sent =
            map(json!({"color": "#fff", "required_skills": [" a ", "a"], "team_id": team}));
        let needs = Needs::take(&mut sent, Needs::default()).unwrap();
        assert_eq!(Value::Object(sent.clone()), json!({"color": "#fff"}));
        assert_eq!(
            (needs.required_skills.as_slice(), needs.team_id),
            (["a".to_owned()].as_slice(), Some(team))
        );
        let mut stored = Value::Object(sent.clone());
        needs.put(&mut stored);
        assert_eq!(Needs::of(&stored), needs);
        assert_eq!(without(&stored), json!({"color": "#fff"}));

        // Left out they stay; null resets them.
        assert_eq!(Needs::take(&mut sent, needs.clone()).unwrap(), needs);
        let mut reset = map(json!({"required_skills": null, "team_id": null}));
        assert_eq!(Needs::take(&mut reset, needs).unwrap(), Needs::default());
        for bad in [
            json!({"required_skills": "a"}),
            json!({"required_skills": [""]}),
            json!({"team_id": "x"}),
        ] {
            assert!(Needs::take(&mut map(bad), Needs::default()).is_err());
        }
    }
}
