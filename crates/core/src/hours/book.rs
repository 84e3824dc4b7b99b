//! The hours of a company and its teams, ready to be asked.

use std::collections::HashMap;

use omni_model::{
    Calendar, HoursSettings, Opening, OutsideHours, Schedule, TeamId, TenantScope, Timestamp,
};
use omni_store::{Store, StoreError, hours};

/// Who is there when.
#[derive(Clone, Debug, Default)]
pub(crate) struct Book {
    settings: HoursSettings,
    /// None: always open.
    company: Option<Calendar>,
    /// Of the teams that have their own.
    teams: HashMap<TeamId, Calendar>,
}

impl Book {
    pub(super) async fn load(store: &Store, scope: &TenantScope) -> Result<Self, StoreError> {
        let settings = hours::of_company(store.reader(), scope).await?;
        let teams = hours::of_teams(store.reader(), scope).await?;
        Ok(Self::of(settings, teams))
    }

    fn of(settings: HoursSettings, teams: HashMap<TeamId, Schedule>) -> Self {
        let company = settings.enabled.then_some(&settings.schedule);
        let teams = teams.iter();
        Self {
            company: company.and_then(Calendar::of),
            teams: teams
                .filter_map(|(team, schedule)| Some((*team, Calendar::of(schedule)?)))
                .collect(),
            settings,
        }
    }

    fn calendar(&self, team: Option<TeamId>) -> Option<&Calendar> {
        let own = team.and_then(|team| self.teams.get(&team));
        own.or(self.company.as_ref())
    }

    /// Whether whoever answers for this team, or for the company, is there.
    pub(crate) fn opening(&self, team: Option<TeamId>, at: Timestamp) -> Opening {
        let calendar = self.calendar(team);
        calendar.map_or(Opening::ALWAYS, |calendar| calendar.opening(at))
    }

    /// Whether nobody is there.
    pub(crate) fn is_closed(&self, team: Option<TeamId>, at: Timestamp) -> bool {
        let calendar = self.calendar(team);
        calendar.is_some_and(|calendar| !calendar.open_at(at))
    }

    /// What somebody who writes at `now` is answered while nobody is there, unless that was `told` him since
    /// somebody was there last.
    pub(crate) fn away_message(
        &self,
        team: Option<TeamId>,
        told: Option<Timestamp>,
        locale: Option<&str>,
        now: Timestamp,
    ) -> Option<&str> {
        let calendar = self.calendar(team)?;
        let text = self.in_language(locale)?;
        if calendar.open_at(now) {
            return None;
        }
        let again = told.is_none_or(|told| {
            let opened = calendar.next_opening(told);
            opened.is_some_and(|opened| opened <= now)
        });
        again.then_some(text)
    }

    /// The text in his language; otherwise in English, or whichever there is.
    fn in_language(&self, locale: Option<&str>) -> Option<&str> {
        let texts = &self.settings.away_message;
        let language = |locale: &str| {
            let language = locale.split(['-', '_']).next().unwrap_or_default();
            language.to_ascii_lowercase()
        };
        let exact = locale.and_then(|locale| texts.get(locale));
        let same = |wanted: &str| {
            let of = texts.iter().find(|(key, _)| language(key) == wanted);
            of.map(|(_, text)| text)
        };
        exact
            .or_else(|| same(&language(locale?)))
            .or_else(|| same("en"))
            .or_else(|| texts.values().next())
            .map(String::as_str)
    }

    /// Whether customers are told their place in the queue.
    pub(crate) fn shows_position(&self) -> bool {
        self.settings.show_position
    }

    /// Whom routing lets wait at this moment.
    pub(crate) fn shut(&self, at: Timestamp) -> Shut {
        if self.settings.outside_hours == OutsideHours::Assign {
            return Shut::default();
        }
        let closed = |calendar: &Calendar| !calendar.open_at(at);
        let teams = self.teams.iter();
        Shut {
            company: self.company.as_ref().is_some_and(closed),
            teams: teams
                .map(|(team, calendar)| (*team, closed(calendar)))
                .collect(),
        }
    }

    /// When the first of those that are shut opens.
    pub(crate) fn first_opening(&self, at: Timestamp) -> Option<Timestamp> {
        let calendars = self.company.iter().chain(self.teams.values());
        calendars
            .filter(|calendar| !calendar.open_at(at))
            .filter_map(|calendar| calendar.next_opening(at))
            .min()
    }
}

/// What waits for its opening.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shut {
    company: bool,
    /// Of the teams with hours of their own.
    teams: HashMap<TeamId, bool>,
}

impl Shut {
    /// Whether what is for this team, or for anybody, waits.
    pub(crate) fn holds(&self, team: Option<TeamId>) -> bool {
        let own = team.and_then(|team| self.teams.get(&team));
        *own.unwrap_or(&self.company)
    }

    /// Whether anything waits.
    pub(crate) fn any(&self) -> bool {
        self.company || self.teams.values().any(|shut| *shut)
    }

    /// Whether everything waits.
    pub(crate) fn all(&self) -> bool {
        self.company && self.teams.values().all(|shut| *shut)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const CLOSED: &str = r#"{"time_zone":"UTC","week":{}}"#;

    fn at(text: &str) -> Timestamp {
        serde_json::from_value(json!(text)).unwrap()
    }

    fn book(settings: serde_json::Value, teams: &[(TeamId, &str)]) -> Book {
        let schedules = teams.iter();
        let schedules = schedules
            .map(|(team, schedule)| (*team, serde_json::from_str(schedule).unwrap()))
            .collect();
        Book::of(serde_json::from_value(settings).unwrap(), schedules)
    }

    fn team(n: u128) -> TeamId {
        TeamId(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn a_team_follows_the_company_unless_it_has_hours_of_its_own() {
        let now = at("2027-03-01T12:00:00Z");
        let open = r#"{"time_zone":"UTC","week":{"monday":[{"from":"00:00","to":"24:00"}]}}"#;
        let of = |enabled: bool| {
            let settings = json!({"enabled": enabled, "outside_hours": "queue",
                "schedule": {"time_zone": "UTC", "week": {}}});
            book(settings, &[(team(1), open), (team(2), CLOSED)])
        };
        let (on, off) = (of(true), of(false));
        assert!(on.is_closed(None, now) && on.is_closed(Some(team(3)), now));
        assert!(!on.is_closed(Some(team(1)), now) && on.is_closed(Some(team(2)), now));
        assert!(!off.is_closed(None, now) && off.is_closed(Some(team(2)), now));
        assert_eq!(on.opening(Some(team(1)), now), Opening::ALWAYS);
        let shut = on.shut(now);
        assert!(shut.any() && !shut.all());
        assert!(shut.holds(None) && shut.holds(Some(team(3))) && !shut.holds(Some(team(1))));
        assert!(off.shut(now).any() && !off.shut(now).holds(None));
        let settings = json!({"enabled": true, "schedule": {"time_zone": "UTC", "week": {}}});
        assert!(!book(settings, &[]).shut(now).any());
    }

    #[test]
    fn nobody_is_told_twice_before_somebody_was_there() {
        let day = json!([{"from": "09:00", "to": "18:00"}]);
        let settings = json!({
            "enabled": true, "away_message": {"en": "Closed"},
            "schedule": {"time_zone": "UTC", "week": {"monday": day, "tuesday": day}},
        });
        let book = book(settings, &[]);
        let (monday, later) = (at("2027-03-01T18:00:00Z"), at("2027-03-02T08:00:00Z"));
        let told = |told, now| book.away_message(None, told, None, now).is_some();
        assert!(told(None, monday));
        assert!(!told(Some(monday), later));
        assert!(!told(None, at("2027-03-02T09:00:00Z")));
        assert!(told(Some(monday), at("2027-03-02T18:00:00Z")));
    }

    #[test]
    fn everybody_is_told_in_his_language_if_there_is_one() {
        let texts = |texts: serde_json::Value| {
            let settings = json!({"enabled": true, "away_message": texts,
                "schedule": {"time_zone": "UTC", "week": {}}});
            book(settings, &[])
        };
        let three = texts(json!({"ar": "a", "en": "e", "pt-BR": "b", "ru": "r"}));
        for (locale, text) in [
            (Some("ru-RU"), "r"),
            (Some("AR"), "a"),
            (Some("pt"), "b"),
            (Some("pt-BR"), "b"),
            (Some("de"), "e"),
            (None, "e"),
        ] {
            assert_eq!(three.in_language(locale), Some(text), "{locale:?}");
        }
        assert_eq!(texts(json!({"ru": "r"})).in_language(Some("de")), Some("r"));
        assert_eq!(texts(json!({})).in_language(Some("de")), None);
    }
}
