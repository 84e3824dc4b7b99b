//! Updates that wait for a bot.
//!
//! Polling sees one line; webhooks see lanes: within a lane one update at a time, and a lane whose
//! update fails holds up nobody else.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

/// Telegram forgets updates after a day.
const LIFE: Duration = Duration::from_secs(24 * 60 * 60);
/// The longest wait between two attempts; Telegram chooses between one and two minutes.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// One update in line.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) update_id: i64,
    pub(super) body: Bytes,
    pub(super) lane: String,
    expires: Instant,
    failures: u32,
    wait: Duration,
}

#[derive(Debug, Default)]
struct Lane {
    places: VecDeque<u64>,
    busy: bool,
}

/// The line of one bot.
#[derive(Debug, Default)]
pub(super) struct Queue {
    next_place: u64,
    events: BTreeMap<u64, Event>,
    lanes: HashMap<String, Lane>,
    /// Lanes that may hand over now.
    ready: VecDeque<String>,
    /// Lanes that wait after a failure.
    sleeping: BTreeSet<(Instant, String)>,
}

impl Queue {
    pub(super) fn push(&mut self, update_id: i64, lane: &str, body: Bytes) {
        let place = self.next_place;
        self.next_place += 1;
        self.events.insert(
            place,
            Event {
                update_id,
                body,
                lane: lane.to_owned(),
                expires: Instant::now() + LIFE,
                failures: 0,
                wait: Duration::from_secs(1),
            },
        );
        let entry = self.lanes.entry(lane.to_owned()).or_default();
        entry.places.push_back(place);
        if entry.places.len() == 1 && !entry.busy {
            self.ready.push_back(lane.to_owned());
        }
    }

    pub(super) fn len(&self) -> usize {
        self.events.len()
    }

    pub(super) fn clear(&mut self) {
        let next_place = self.next_place;
        *self = Self {
            next_place,
            ..Self::default()
        };
    }

    /// Forgets every update below `offset`; where it is negative, all but so many of the last.
    pub(super) fn confirm(&mut self, offset: i64) {
        let confirmed: Vec<u64> = if offset < 0 {
            let keep = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            let drop = self.events.len().saturating_sub(keep);
            self.events.keys().copied().take(drop).collect()
        } else {
            let below =
                |(place, event): (&u64, &Event)| (event.update_id < offset).then_some(*place);
            self.events.iter().filter_map(below).collect()
        };
        for place in confirmed {
            self.remove(place);
        }
    }

    /// The first updates in line, of at most `bytes` together.
    pub(super) fn first(&self, limit: usize, bytes: usize) -> Vec<Bytes> {
        let mut size = 0;
        self.events
            .values()
            .take(limit)
            .take_while(|event| {
                size += event.body.len();
                size <= bytes
            })
            .map(|event| event.body.clone())
            .collect()
    }

    /// Takes the next update to hand over, if a lane is free; the lane is then busy.
    pub(super) fn begin(&mut self, now: Instant) -> Option<(u64, Event)> {
        while let Some((at, lane)) = self.sleeping.first().cloned() {
            if at > now {
                break;
            }
            self.sleeping.remove(&(at, lane.clone()));
            self.ready.push_back(lane);
        }
        loop {
            let name = self.ready.pop_front()?;
            let Some(lane) = self.lanes.get_mut(&name) else {
                continue;
            };
            let Some(&place) = lane.places.front().filter(|_| !lane.busy) else {
                continue;
            };
            let expired = self.events.get(&place).is_none_or(|e| e.expires <= now);
            if expired {
                self.remove(place);
                self.ready.push_front(name);
                continue;
            }
            lane.busy = true;
            let event = self.events.get(&place).cloned()?;
            return Some((place, event));
        }
    }

    /// When the next lane that waits may try again.
    pub(super) fn next_wake(&self) -> Option<Instant> {
        self.sleeping.first().map(|(at, _)| *at)
    }

    /// The update was taken.
    pub(super) fn taken(&mut self, place: u64, lane: &str) {
        self.remove(place);
        self.free(lane);
    }

    /// The update was not taken: the first time it is tried again at once, then with doubling delay.
    pub(super) fn failed(&mut self, place: u64, lane: &str, retry_after: Option<Duration>) {
        let Some(event) = self.events.get_mut(&place) else {
            // Confirmed or dropped meanwhile.
            self.free(lane);
            return;
        };
        let wait = match retry_after {
            Some(asked) => asked,
            None if event.failures == 0 => Duration::ZERO,
            None => {
                event.wait = (event.wait * 2).min(LONGEST_WAIT);
                event.wait
            }
        };
        event.failures += 1;
        if let Some(lane) = self.lanes.get_mut(lane) {
            lane.busy = false;
        }
        self.sleeping
            .insert((Instant::now() + wait, lane.to_owned()));
    }

    /// Takes an update out of everything.
    fn remove(&mut self, place: u64) {
        if let Some(event) = self.events.remove(&place)
            && let Some(lane) = self.lanes.get_mut(&event.lane)
        {
            lane.places.retain(|other| *other != place);
        }
    }

    fn free(&mut self, name: &str) {
        let Some(lane) = self.lanes.get_mut(name) else {
            return;
        };
        lane.busy = false;
        if lane.places.is_empty() {
            self.lanes.remove(name);
        } else {
            self.ready.push_back(name.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(queue: &Queue) -> Vec<i64> {
        queue.events.values().map(|event| event.update_id).collect()
    }

    fn with(updates: &[(i64, &str)]) -> Queue {
        let mut queue = Queue::default();
        for (id, lane) in updates {
            queue.push(*id, lane, Bytes::from(id.to_string()));
        }
        queue
    }

    #[tokio::test]
    async fn offsets_confirm_and_negative_ones_keep_the_last() {
        let mut queue = with(&[(1, "a"), (2, "b"), (3, "a"), (4, "c")]);
        queue.confirm(3);
        assert_eq!(ids(&queue), [3, 4]);
        queue.confirm(0);
        assert_eq!(ids(&queue), [3, 4]);
        queue.confirm(-1);
        assert_eq!(ids(&queue), [4]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failing_update_holds_up_its_own_lane_only() {
        let mut queue = with(&[(1, "a"), (2, "a"), (3, "b")]);
        let begin =
            |queue: &mut Queue| queue.begin(Instant::now()).map(|(at, e)| (at, e.update_id));
        let (first, id) = begin(&mut queue).unwrap();
        assert_eq!(id, 1);
        let (other, id) = begin(&mut queue).unwrap();
        assert_eq!(id, 3);
        assert_eq!(begin(&mut queue), None, "lane a is busy");
        queue.taken(other, "b");

        queue.failed(first, "a", None);
        let (again, id) = begin(&mut queue).unwrap();
        assert_eq!(id, 1, "the first retry comes at once");
        for wait in [2, 4, 8, 16, 32, 60, 60] {
            queue.failed(again, "a", None);
            assert_eq!(begin(&mut queue), None);
            assert_eq!(
                queue.next_wake(),
                Some(Instant::now() + Duration::from_secs(wait))
            );
            tokio::time::advance(Duration::from_secs(wait)).await;
            assert_eq!(begin(&mut queue), Some((again, 1)));
        }
        queue.taken(again, "a");
        assert_eq!(begin(&mut queue).unwrap().1, 2);
    }

    #[tokio::test(start_paused = true)]
    async fn updates_live_for_a_day() {
        let mut queue = with(&[(1, "a")]);
        tokio::time::advance(LIFE).await;
        queue.push(2, "a", Bytes::from_static(b"2"));
        assert_eq!(queue.begin(Instant::now()).unwrap().1.update_id, 2);
        assert_eq!(ids(&queue), [2]);
    }
}
