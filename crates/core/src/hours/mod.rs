//! Business hours: when the company and its teams are there, and what happens while they are not.
//!
//! Whoever writes then is told so once (`inbound/away.rs`), and where the company wants that, what he wrote waits for
//! the opening (`routing.rs`). Routing notes when it must look at the queue again, and upkeep wakes it then.

mod book;

use std::collections::BTreeMap;
use std::sync::Arc;

use omni_bus::Signal;
use omni_model::{
    Calendar, FieldError, HoursSettings, Opening, PlatformScope, Principal, Queue, Schedule,
    TeamHours, TeamId, TenantScope, limits,
};
use omni_store::{UnitOfWork, hours};
use serde_json::json;

use crate::access::{FRESH, needs};
use crate::audit::{self, Line};
use crate::customers::is_locale;
use crate::{Core, Error, Result, teams};

pub(crate) use book::{Book, Shut};

impl Core {
    /// `settings/hours`, for those who may see it.
    pub async fn get_hours(&self, principal: &Principal) -> Result<HoursSettings> {
        needs(principal, "settings:read")?;
        Ok(hours::of_company(self.store().reader(), &principal.scope()).await?)
    }

    /// Replaces `settings/hours`.
    pub async fn set_hours(
        &self,
        principal: &Principal,
        mut settings: HoursSettings,
    ) -> Result<HoursSettings> {
        needs(principal, "settings:update")?;
        settings.away_message = clean(settings.away_message);
        check(&settings)?;
        let (scope, actor, wanted) = (principal.scope(), principal.actor(), settings.clone());
        self.store()
            .write(&scope, move |unit| async move {
                let before = hours::set_company(&unit, &scope, &wanted).await?;
                if before == wanted {
                    return Ok(());
                }
                let line = Line::of("settings.hours_changed", "tenant", scope.tenant_id().0)
                    .with(json!({"from": told(before), "to": told(wanted)}));
                audit::record(&unit, &scope, Some(actor), line).await?;
                look_again(&unit, &scope).await
            })
            .await?;
        self.hours_changed(&scope);
        Ok(settings)
    }

    /// Whether somebody would be there now by a schedule that is not set yet.
    pub fn preview_hours(&self, principal: &Principal, schedule: &Schedule) -> Result<Opening> {
        needs(principal, "settings:read")?;
        refuse(schedule.problems(""))?;
        let calendar = Calendar::of(schedule);
        let now = self.clock().now();
        Ok(calendar.map_or(Opening::ALWAYS, |calendar| calendar.opening(now)))
    }

    /// The hours of a team.
    pub async fn team_hours(&self, principal: &Principal, id: TeamId) -> Result<TeamHours> {
        needs(principal, "conversations:read")?;
        hours::of_team(self.store().reader(), &principal.scope(), id)
            .await?
            .ok_or_else(|| Error::not_found("team"))
    }

    /// Sets the hours of a team.
    pub async fn set_team_hours(
        &self,
        principal: &Principal,
        id: TeamId,
        hours: TeamHours,
    ) -> Result<TeamHours> {
        self.check_manage_team(principal, id).await?;
        let schedule = hours.schedule.as_ref();
        refuse(schedule.map_or_else(Vec::new, |schedule| schedule.problems("/schedule")))?;
        let (scope, actor, wanted) = (principal.scope(), principal.actor(), hours.clone());
        self.store()
            .write(&scope, move |unit| async move {
                teams::locked(&unit, &scope, id).await?;
                let before = hours::of_team(unit.db(), &scope, id).await?;
                let before = before.ok_or_else(|| Error::not_found("team"))?;
                if before == wanted {
                    return Ok(());
                }
                hours::set_team(&unit, &scope, id, &wanted).await?;
                let line = Line::of("team.hours_changed", "team", id.0)
                    .with(json!({"from": before.schedule, "to": wanted.schedule}));
                audit::record(&unit, &scope, Some(actor), line).await?;
                look_again(&unit, &scope).await
            })
            .await?;
        self.hours_changed(&scope);
        Ok(hours)
    }

    /// Who is there when, as it was at most [`FRESH`] ago.
    pub(crate) async fn hours(&self, scope: &TenantScope) -> Result<Arc<Book>> {
        let remembered = &self.access().remembered;
        let asked = match remembered.hours().get(&scope.tenant_id()) {
            Ok(book) => return Ok(book),
            Err(asked) => asked,
        };
        let book = Arc::new(Book::load(self.store(), scope).await?);
        let kept = Arc::clone(&book);
        remembered.hours().put(asked, scope.tenant_id(), kept);
        Ok(book)
    }

    pub(crate) fn hours_changed(&self, scope: &TenantScope) {
        let tenant_id = scope.tenant_id();
        self.bus().send(Signal::TenantChanged { tenant_id });
    }

    /// Has routing look at the queues of those who opened.
    pub(crate) async fn route_after_opening(&self) -> Result<()> {
        let why = PlatformScope::for_reason("the clock serves all tenants");
        let now = self.clock().now();
        for scope in hours::due(self.store().reader(), why, now).await? {
            self.store()
                .write(&scope, move |unit| async move {
                    if hours::take_due(&unit, &scope, now).await? {
                        unit.wake(Queue::Route, "");
                    }
                    Ok::<_, Error>(())
                })
                .await?;
        }
        Ok(())
    }
}

/// Who waits may have somebody now. Other processes believe in the old hours for a moment, and may be the ones that
/// look: they look once more after it.
async fn look_again(unit: &UnitOfWork, scope: &TenantScope) -> Result<()> {
    unit.wake(Queue::Route, "");
    Ok(hours::remind(unit, scope, unit.now().plus(2 * FRESH)).await?)
}

/// Without texts of nothing.
fn clean(texts: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let trimmed = texts.into_iter();
    trimmed
        .map(|(language, text)| (language, text.trim().to_owned()))
        .filter(|(_, text)| !text.is_empty())
        .collect()
}

fn check(settings: &HoursSettings) -> Result<()> {
    let mut wrong = settings.schedule.problems("/schedule");
    let texts = &settings.away_message;
    let fits = |(language, text): (&String, &String)| {
        is_locale(language) && text.chars().count() <= limits::AWAY_MESSAGE
    };
    if texts.len() > limits::AWAY_MESSAGES || !texts.iter().all(fits) {
        let (languages, length) = (limits::AWAY_MESSAGES, limits::AWAY_MESSAGE);
        let detail = format!("at most {languages} languages, {length} characters each");
        wrong.push(FieldError::new("/away_message", "invalid", detail));
    }
    refuse(wrong)
}

fn refuse(wrong: Vec<FieldError>) -> Result<()> {
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(Error::invalid(wrong)),
    }
}

/// What the audit log tells of the settings: of texts, only in which languages there are any.
fn told(settings: HoursSettings) -> serde_json::Value {
    let languages: Vec<String> = settings.away_message.keys().cloned().collect();
    let mut told = json!(settings);
    told["away_message"] = json!(languages);
    told
}
