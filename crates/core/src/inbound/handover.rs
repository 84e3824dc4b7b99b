//! The short way from the webhook to the worker, where both are in one process: lanes that were new when their events
//! were stored are leased to the worker by the statement that stores them, and handed to it with their events. It
//! neither looks for them nor reads them again.
//!
//! What does not come this way (a lane that had work already, a worker that is behind or elsewhere, a process that
//! died) is claimed from the database, as any other work.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use omni_store::Lease;
use omni_store::lanes::LEASE;
use omni_store::raw_events::RawEvent;
use tokio::sync::Notify;

/// Lanes, and bytes of their events, that wait for the worker at most, but for one commit; with more it is behind, and
/// takes turns among all tenants.
const ROOM: usize = 256;
const ROOM_BYTES: usize = 16 * 1024 * 1024;
/// Events taken at once at most, but for those of one lane.
const BATCH: usize = 256;
/// A lease that waited longer is left to run out: it could do so in the midst of the work.
const FRESH: Duration = LEASE.checked_div(3).expect("three is not zero");

/// A leased lane with its events, in their order.
#[derive(Debug)]
pub struct Handed {
    pub lease: Lease,
    pub events: Vec<RawEvent>,
    /// When the lease had not begun yet.
    pub(super) since: Instant,
}

impl Handed {
    fn bytes(&self) -> usize {
        self.events.iter().map(|event| event.payload.len()).sum()
    }
}

/// Where lanes are handed over.
#[derive(Default)]
pub struct Handover {
    state: Mutex<State>,
    news: Notify,
}

#[derive(Default)]
struct State {
    /// The worker, while there is one.
    owner: Option<String>,
    lanes: VecDeque<Handed>,
    bytes: usize,
}

impl Handover {
    /// From now on lanes are handed to `owner`, who takes them.
    pub fn open(&self, owner: String) {
        self.with(|state| state.owner = Some(owner));
    }

    /// From now on nothing is handed over; what was can still be taken.
    pub fn close(&self) {
        self.with(|state| state.owner = None);
    }

    /// Takes up to `most` lanes, all of one tenant, the longest waiting first.
    pub fn take(&self, most: usize) -> Vec<Handed> {
        self.with(|state| {
            let mut taken: Vec<Handed> = Vec::new();
            let mut events = 0;
            while taken.len() < most
                && events < BATCH
                && let Some(next) = state.lanes.front()
                && taken
                    .first()
                    .is_none_or(|first| first.lease.scope == next.lease.scope)
                && let Some(next) = state.lanes.pop_front()
            {
                state.bytes -= next.bytes();
                if next.since.elapsed() < FRESH {
                    events += next.events.len();
                    taken.push(next);
                }
            }
            taken
        })
    }

    /// Returns when something was handed over since the last call.
    pub async fn news(&self) {
        self.news.notified().await;
    }

    /// To whom a lane would be handed now.
    pub(super) fn owner(&self) -> Option<String> {
        self.with(|state| {
            let owner = state.owner.clone();
            owner.filter(|_| state.lanes.len() < ROOM && state.bytes < ROOM_BYTES)
        })
    }

    /// Hands lanes over; gives them back if nobody takes them any more.
    pub(super) fn put(&self, lanes: Vec<Handed>) -> Result<(), Vec<Handed>> {
        let refused = self.with(|state| {
            if state.owner.is_none() {
                return Err(lanes);
            }
            state.bytes += lanes.iter().map(Handed::bytes).sum::<usize>();
            state.lanes.extend(lanes);
            Ok(())
        });
        self.news.notify_one();
        refused
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        // A panic while it is held leaves whole values behind.
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
