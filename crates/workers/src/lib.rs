//! Job runners. Each queue has a loop that leases lanes and hands them to a use case; hints wake it, and
//! a look every second finds what a lost hint left behind.

mod follower;
mod maintenance;
mod poller;
mod runner;

use std::time::Duration;

use omni_core::Core;
use omni_core::channels::WatchPace;
use omni_model::Queue;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::runner::{Mode, Runner};

/// How often things are looked at without being told.
#[derive(Clone, Copy, Debug)]
pub struct Intervals {
    /// Due lanes that nobody announced.
    pub sweep: Duration,
    /// What the database leaves to us: SQLite's write-ahead log, PostgreSQL's statistics.
    pub tend: Duration,
    /// Operators who left, snoozed conversations.
    pub upkeep: Duration,
    /// Channels that could not be reached.
    pub reconnect: Duration,
    /// Bots whose turn to be looked after has come, and how patiently they are looked after.
    pub watch: Duration,
    pub watch_pace: WatchPace,
    /// Readers of the event log that a lost hint left behind.
    pub follow: Duration,
    /// What may be forgotten by now.
    pub clean: Duration,
}

impl Default for Intervals {
    fn default() -> Self {
        Self {
            sweep: Duration::from_secs(1),
            tend: Duration::from_secs(1),
            upkeep: Duration::from_secs(5),
            reconnect: Duration::from_secs(30),
            watch: Duration::from_secs(60),
            watch_pace: WatchPace::default(),
            follow: Duration::from_secs(3),
            clean: Duration::from_secs(3600),
        }
    }
}

/// Starts all runners. Cancel `stop` to let them finish what they hold; then wait for the tracker.
pub fn start(core: &Core, intervals: Intervals, stop: &CancellationToken) -> TaskTracker {
    let tracker = TaskTracker::new();
    let queues = [
        // Each of these is one: a second would mostly wait for the first, and half-empty batches cost more.
        (Queue::Inbound, Mode::Batches { lanes: 256 }),
        (Queue::Route, Mode::Batches { lanes: 1 }),
        (Queue::Deliver, Mode::Lanes { at_once: 64 }),
        (Queue::Files, Mode::Lanes { at_once: 16 }),
        (Queue::Webhooks, Mode::Lanes { at_once: 8 }),
        // They wait for other people's servers; how many of them one webhook has is bounded by its lanes.
        (Queue::WebhookCalls, Mode::Lanes { at_once: 512 }),
        (Queue::Index, Mode::Lanes { at_once: 2 }),
    ];
    for (queue, mode) in queues {
        let runner = Runner::new(core.clone(), queue, mode, intervals.sweep);
        tracker.spawn(runner.run(stop.clone()));
    }
    tracker.spawn(follower::run(core.clone(), intervals.follow, stop.clone()));
    tracker.spawn(maintenance::run(core.clone(), intervals, stop.clone()));
    tracker.spawn(poller::supervise(core.clone(), stop.clone()));
    tracker.close();
    tracker
}
