//! Who of those who are there gets a conversation that asks for a team or for skills.

use std::collections::{BTreeSet, HashSet};

use omni_model::{SkillsFallback, TeamId, UserId};

/// Somebody who is online.
#[derive(Clone, Debug)]
pub(super) struct Seat {
    pub(super) operator: UserId,
    pub(super) open: i64,
    pub(super) capacity: i64,
    pub(super) skills: HashSet<String>,
    pub(super) teams: HashSet<TeamId>,
}

/// What a conversation asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Need {
    pub(super) team: Option<TeamId>,
    /// All of them.
    pub(super) skills: BTreeSet<String>,
}

/// Who gets it, and what is told of why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) operator: UserId,
    /// Open conversations he had before.
    pub(super) active: i64,
    pub(super) capacity: i64,
    /// How many fitted.
    pub(super) candidates: i64,
    /// Nobody had the skills, so that all fitted.
    pub(super) fallback: bool,
}

/// Those who are online, while conversations are handed out to them.
pub(super) struct Table {
    seats: Vec<Seat>,
    fallback: SkillsFallback,
    /// What nobody has room for: room only shrinks, so nobody will.
    exhausted: HashSet<Need>,
}

impl Table {
    pub(super) fn new(seats: Vec<Seat>, fallback: SkillsFallback) -> Self {
        Self {
            seats,
            fallback,
            exhausted: HashSet::new(),
        }
    }

    /// Whether anybody has room for anything.
    pub(super) fn has_room(&self) -> bool {
        self.seats.iter().any(|seat| seat.open < seat.capacity)
    }

    /// The least loaded of those who fit and have room; the id settles ties, so that a replay decides alike. A
    /// team is never left; skills nobody has who is online are passed over where the setting says so.
    pub(super) fn choose(&mut self, need: &Need) -> Option<Choice> {
        if self.exhausted.contains(need) {
            return None;
        }
        let choice = self.find(need);
        if choice.is_none() {
            self.exhausted.insert(need.clone());
        }
        choice
    }

    fn find(&mut self, need: &Need) -> Option<Choice> {
        let in_team = |seat: &Seat| need.team.is_none_or(|team| seat.teams.contains(&team));
        let able = |seat: &Seat| need.skills.iter().all(|skill| seat.skills.contains(skill));
        let anybody_able = self.seats.iter().any(|seat| in_team(seat) && able(seat));
        let fallback = !anybody_able && self.fallback == SkillsFallback::Any;
        let mut candidates = 0;
        let mut best: Option<&mut Seat> = None;
        for seat in &mut self.seats {
            if !in_team(seat) || !(fallback || able(seat)) {
                continue;
            }
            candidates += 1;
            let order = |seat: &Seat| (seat.open, seat.operator);
            let is_better = best.as_ref().is_none_or(|best| order(seat) < order(best));
            if seat.open < seat.capacity && is_better {
                best = Some(seat);
            }
        }
        let seat = best?;
        seat.open += 1;
        Some(Choice {
            operator: seat.operator,
            active: seat.open - 1,
            capacity: seat.capacity,
            candidates,
            fallback,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn seat((open, room, skills, teams): (i64, i64, Vec<u8>, Vec<u128>), operator: usize) -> Seat {
        Seat {
            operator: UserId(Uuid::from_u128(operator as u128)),
            open,
            capacity: open - 1 + room,
            skills: skills.into_iter().map(skill).collect(),
            teams: teams.into_iter().map(team).collect(),
        }
    }

    fn skill(n: u8) -> String {
        n.to_string()
    }

    fn team(n: u128) -> TeamId {
        TeamId(Uuid::from_u128(n))
    }

    fn seats() -> impl Strategy<Value = Vec<Seat>> {
        let one = (
            0..4_i64,
            0..4_i64,
            prop::collection::vec(0..3_u8, 0..3),
            prop::collection::vec(0..2_u128, 0..2),
        );
        prop::collection::vec(one, 0..6).prop_map(|all| {
            all.into_iter()
                .zip(0..)
                .map(|(one, n)| seat(one, n))
                .collect()
        })
    }

    fn needs() -> impl Strategy<Value = Vec<Need>> {
        let one = (
            prop::option::of(0..2_u128),
            prop::collection::vec(0..3_u8, 0..3),
        );
        let one = one.prop_map(|(of, skills)| Need {
            team: of.map(team),
            skills: skills.into_iter().map(skill).collect(),
        });
        prop::collection::vec(one, 0..24)
    }

    /// Whom the rule admits, said once more and plainly.
    fn fitting(seats: &[Seat], need: &Need, fallback: SkillsFallback) -> (Vec<usize>, bool) {
        let of_team: Vec<usize> = (0..seats.len())
            .filter(|&at| need.team.is_none_or(|team| seats[at].teams.contains(&team)))
            .collect();
        let able: Vec<usize> = of_team
            .iter()
            .copied()
            .filter(|&at| need.skills.iter().all(|s| seats[at].skills.contains(s)))
            .collect();
        if able.is_empty() && fallback == SkillsFallback::Any {
            (of_team, true)
        } else {
            (able, false)
        }
    }

    proptest! {
        #[test]
        fn the_queue_is_handed_out_by_the_rule(
            seats in seats(),
            needs in needs(),
            any in any::<bool>(),
        ) {
            let fallback = if any { SkillsFallback::Any } else { SkillsFallback::Wait };
            let mut table = Table::new(seats.clone(), fallback);
            let mut model = seats;
            let mut left: Vec<&Need> = Vec::new();
            for need in &needs {
                let chosen = table.choose(need);
                let (candidates, passed_over) = fitting(&model, need, fallback);
                let best = candidates
                    .iter()
                    .copied()
                    .filter(|&at| model[at].open < model[at].capacity)
                    .min_by_key(|&at| (model[at].open, model[at].operator));
                let expected = best.map(|at| Choice {
                    operator: model[at].operator,
                    active: model[at].open,
                    capacity: model[at].capacity,
                    candidates: candidates.len() as i64,
                    fallback: passed_over,
                });
                prop_assert_eq!(chosen, expected);
                match best {
                    // First come, first served among those who ask for the same.
                    Some(at) => {
                        prop_assert!(!left.contains(&need));
                        model[at].open += 1;
                        prop_assert!(model[at].open <= model[at].capacity);
                    }
                    None => left.push(need),
                }
            }
            // Nobody waits for whom somebody has room, whoever stands before him.
            for need in left {
                let (candidates, _) = fitting(&model, need, fallback);
                prop_assert!(candidates.iter().all(|&at| model[at].open >= model[at].capacity));
            }
            prop_assert_eq!(table.has_room(), model.iter().any(|seat| seat.open < seat.capacity));
        }
    }
}
