//! Handing out a queue in which conversations ask for teams and skills.

use std::collections::{HashMap, HashSet};

use omni_model::{
    AssignReason, ChannelId, ConversationId, RoutingSettings, RoutingStrategy, TeamId, TenantScope,
};
use omni_store::conversations::{self, Change, Waiting};
use omni_store::teams::Crew;
use omni_store::users::Taking;
use omni_store::{Leave, UnitOfWork, staff, teams};

use super::choose::{Choice, Need, Seat, Table};
use super::{BATCH, give};
use crate::Result;
use crate::channels::needs;
use crate::hours::Shut;

/// Rows of the queue read at once.
const PAGE: u64 = 500;

/// Hands the queue out, from those who have waited longest on: each to the least loaded of those whom it fits. What is
/// `shut` waits for its opening.
pub(super) async fn assign(
    unit: &UnitOfWork,
    scope: TenantScope,
    settings: RoutingSettings,
    taking: Taking,
    shut: &Shut,
) -> Result<Leave> {
    if taking.waiting == 0 {
        return Ok(Leave::Drained);
    }
    let rules = Rules::load(unit, scope, settings).await?;
    let mut table = Table::new(rules.seats(taking, settings), settings.skills_fallback);
    let (mut chosen, mut last) = (Vec::new(), None::<Waiting>);
    while table.has_room() && chosen.len() < BATCH {
        let page = conversations::queue_page(unit, &scope, last.as_ref(), PAGE).await?;
        for waiting in page.iter().filter(|waiting| !shut.holds(waiting.team)) {
            let need = rules.need_of(waiting);
            let choice = table.choose(&need);
            chosen.extend(choice.map(|choice| (waiting.clone(), need, choice)));
            if chosen.len() == BATCH {
                break;
            }
        }
        last = page.into_iter().next_back();
        if last.is_none() {
            break;
        }
    }
    let full = chosen.len() == BATCH;
    hand_over(unit, scope, &rules, chosen).await?;
    Ok(if full { Leave::More } else { Leave::Drained })
}

async fn hand_over(
    unit: &UnitOfWork,
    scope: TenantScope,
    rules: &Rules,
    chosen: Vec<(Waiting, Need, Choice)>,
) -> Result<()> {
    let ids: Vec<ConversationId> = chosen.iter().map(|(waiting, ..)| waiting.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let chosen: HashMap<ConversationId, _> = (chosen.into_iter())
        .map(|(waiting, need, choice)| (waiting.id, (waiting, need, choice)))
        .collect();
    let mut changes = Vec::with_capacity(ids.len());
    for record in conversations::lock(unit, &scope, &ids).await? {
        let (waiting, need, choice) = &chosen[&record.id];
        // Whoever took it or asked for something else before it was locked wakes the lane.
        let is_same = record.assigned_team == waiting.team && record.tags == waiting.tags;
        if !record.waits() || !is_same {
            continue;
        }
        let mut change = Change::of(record);
        let reason = rules.reason(need, choice);
        give(unit, &mut change.after, choice.operator, reason);
        changes.push(change);
    }
    Ok(conversations::save(unit, &changes).await?)
}

/// What conversations ask for, and who is in which team.
struct Rules {
    crews: HashMap<TeamId, Crew>,
    /// By the form that is compared: each skill as it is written.
    skills: HashMap<String, String>,
    by_channel: HashMap<ChannelId, Vec<String>>,
}

impl Rules {
    async fn load(
        unit: &UnitOfWork,
        scope: TenantScope,
        settings: RoutingSettings,
    ) -> Result<Self> {
        let mut rules = Self {
            crews: teams::crews(unit.db(), &scope).await?,
            skills: HashMap::new(),
            by_channel: HashMap::new(),
        };
        if settings.strategy == RoutingStrategy::Skills {
            rules.by_channel = needs::required_skills(unit, &scope).await?;
            let known = staff::skills(unit.db(), &scope).await?;
            let asked = rules.by_channel.values().flatten().cloned();
            rules.skills = known
                .into_iter()
                .chain(asked)
                .map(|skill| (folded(&skill), skill))
                .collect();
        }
        Ok(rules)
    }

    fn seats(&self, taking: Taking, settings: RoutingSettings) -> Vec<Seat> {
        let seat = |operator: omni_store::users::OnlineOperator| Seat {
            operator: operator.id,
            open: operator.open,
            capacity: operator
                .capacity
                .unwrap_or_else(|| i64::from(settings.capacity)),
            skills: operator.skills.iter().map(|skill| folded(skill)).collect(),
            teams: (self.crews.iter())
                .filter(|(_, crew)| crew.members.contains(&operator.id))
                .map(|(team, _)| *team)
                .collect::<HashSet<TeamId>>(),
        };
        taking.operators.into_iter().map(seat).collect()
    }

    /// Tags that are skills, and what the channel asks for. A team that is gone asks for nobody.
    fn need_of(&self, waiting: &Waiting) -> Need {
        let by_channel = self.by_channel.get(&waiting.channel_id);
        Need {
            team: waiting.team.filter(|team| self.crews.contains_key(team)),
            skills: (waiting.tags.iter())
                .chain(by_channel.into_iter().flatten())
                .map(|word| folded(word))
                .filter(|word| self.skills.contains_key(word))
                .collect(),
        }
    }

    fn reason(&self, need: &Need, choice: &Choice) -> AssignReason {
        let &Choice {
            active,
            capacity,
            candidates,
            fallback,
            ..
        } = choice;
        if need.team.is_none() && need.skills.is_empty() {
            return AssignReason::LeastLoaded {
                active,
                capacity,
                candidates,
            };
        }
        let skills = need.skills.iter().filter_map(|word| self.skills.get(word));
        let team = need.team.and_then(|team| self.crews.get(&team));
        AssignReason::Skills {
            active,
            capacity,
            candidates,
            skills: skills.cloned().collect(),
            team: team.map(|crew| crew.name.clone()),
            fallback,
        }
    }
}

/// Skills and tags are the same word however they are written.
fn folded(word: &str) -> String {
    word.trim().to_lowercase()
}
