//! The loop of one queue: lease, run, leave.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use omni_core::inbound::{Handed, Handover};
use omni_core::{Core, Result};
use omni_model::{Queue, TenantId};
use omni_store::lanes::LEASE;
use omni_store::{Claim, Lease};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Lanes of one tenant under lease at any time in one queue: no tenant takes all the workers.
const TENANT_BOUND: usize = 512;
/// More lanes in a batch than this say that work keeps coming; then a rest makes the next batch larger, the longer
/// the more there were. Each batch costs a dozen ways to the database and back, however few lanes it has.
const STEADY: usize = 5;
const REST_A_LANE: Duration = Duration::from_millis(1);
const LONGEST_REST: Duration = Duration::from_millis(25);
/// Wait after the store failed.
const AFTER_FAILURE: Duration = Duration::from_millis(500);

/// How leased lanes are run.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mode {
    /// All leased lanes of a tenant in one unit of work: for work that only touches the store.
    Batches { lanes: usize },
    /// Each lane by itself, some at once: for work that waits for the network.
    Lanes { at_once: usize },
}

pub(crate) struct Runner {
    core: Core,
    queue: Queue,
    mode: Mode,
    sweep: Duration,
    owner: String,
}

impl Runner {
    pub(crate) fn new(core: Core, queue: Queue, mode: Mode, sweep: Duration) -> Self {
        let owner = format!("{}-{queue}", std::process::id());
        Self {
            core,
            queue,
            mode,
            sweep,
            owner,
        }
    }

    /// Runs until told to stop; what is under way then is finished.
    pub(crate) async fn run(self, stop: CancellationToken) {
        match self.mode {
            Mode::Batches { lanes } => self.run_batches(lanes, &stop).await,
            Mode::Lanes { at_once } => self.run_lanes(at_once, &stop).await,
        }
    }

    /// Runs up to so many lanes in a batch. Those that were handed over go first, and by turns with those that are to
    /// be claimed, so that a tenant who sends all the time does not hold up the others.
    async fn run_batches(&self, most: usize, stop: &CancellationToken) {
        let handover = (self.queue == Queue::Inbound).then(|| self.core.handover());
        // One writer alone is rather asked for many lanes at once than told of each.
        let handover = handover.filter(|_| !self.core.store().dialect().is_exclusive());
        if let Some(handover) = handover {
            handover.open(self.owner.clone());
        }
        let mut last_tenant = None;
        // Whether there may be something to claim; and when to look without being told.
        let mut told = true;
        let mut look = Instant::now() + self.sweep;
        while !stop.is_cancelled() {
            let handed = handover.map_or_else(Vec::new, |handover| handover.take(most));
            let was_handed = handed.len();
            if was_handed > 0 {
                self.run_handed(handed).await;
            }
            told |= self.core.bus().woken(self.queue).now_or_never().is_some();
            if told || look <= Instant::now() {
                look = Instant::now() + self.sweep;
                match self.claim(most, last_tenant).await {
                    Ok(leases) => {
                        told = !leases.is_empty();
                        last_tenant = leases.first().map(|lease| lease.scope.tenant_id());
                        let rest = self.rest_after(leases.len().max(was_handed), most);
                        if told {
                            self.run_batch(leases).await;
                        }
                        tokio::time::sleep(rest).await;
                    }
                    Err(error) => {
                        tracing::warn!(queue = %self.queue, %error, "lanes could not be leased");
                        told = true;
                        pause(stop, AFTER_FAILURE).await;
                    }
                }
            } else if was_handed > 0 {
                tokio::time::sleep(self.rest_after(was_handed, most)).await;
            } else {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = news(handover) => {}
                    () = self.core.bus().woken(self.queue) => told = true,
                    () = tokio::time::sleep_until(look) => told = true,
                }
            }
        }
        if let Some(handover) = handover {
            handover.close();
            loop {
                let handed = handover.take(most);
                if handed.is_empty() {
                    break;
                }
                self.run_handed(handed).await;
            }
        }
    }

    /// Runs each lane by itself, so many at once.
    async fn run_lanes(&self, at_once: usize, stop: &CancellationToken) {
        let places = Arc::new(Semaphore::new(at_once));
        let running = TaskTracker::new();
        let mut last_tenant = None;
        while !stop.is_cancelled() {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else {
                break;
            };
            let leases = self
                .claim(places.available_permits() + 1, last_tenant)
                .await;
            drop(place);
            match leases {
                Ok(leases) if leases.is_empty() => {
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = self.core.bus().woken(self.queue) => {}
                        () = tokio::time::sleep(self.sweep) => {}
                    }
                }
                Ok(leases) => {
                    last_tenant = leases.first().map(|lease| lease.scope.tenant_id());
                    for lease in leases {
                        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
                            break;
                        };
                        let (core, queue) = (self.core.clone(), self.queue);
                        running.spawn(async move {
                            run_lane(core, queue, lease).await;
                            drop(place);
                        });
                    }
                }
                Err(error) => {
                    tracing::warn!(queue = %self.queue, %error, "lanes could not be leased");
                    pause(stop, AFTER_FAILURE).await;
                }
            }
        }
        running.close();
        running.wait().await;
    }

    /// How long to wait after a batch of so many lanes, of at most `most`.
    fn rest_after(&self, lanes: usize, most: usize) -> Duration {
        // One writer alone makes them wait for each other anyhow; and a full batch says that more is there already.
        if self.core.store().dialect().is_exclusive() || lanes >= most {
            return Duration::ZERO;
        }
        let steady = u32::try_from(lanes.saturating_sub(STEADY)).unwrap_or(u32::MAX);
        REST_A_LANE.saturating_mul(steady).min(LONGEST_REST)
    }

    async fn claim(&self, lanes: usize, after: Option<TenantId>) -> Result<Vec<Lease>> {
        let claim = Claim {
            queue: self.queue,
            owner: self.owner.clone(),
            lanes,
            tenant_bound: TENANT_BOUND,
        };
        Ok(self.core.store().claim_lanes(claim, after).await?)
    }

    async fn run_handed(&self, handed: Vec<Handed>) {
        let held = handed.iter().map(|lane| lane.lease.clone()).collect();
        let core = self.core.clone();
        let work = async move { core.run_handed(handed).await };
        guarded(&self.core, self.queue, held, work).await;
    }

    async fn run_batch(&self, leases: Vec<Lease>) {
        let (core, queue, held) = (self.core.clone(), self.queue, leases.clone());
        let work = async move {
            match queue {
                Queue::Route => match leases.into_iter().next() {
                    Some(lease) => core.run_route(lease).await,
                    None => Ok(()),
                },
                _ => core.run_inbound(leases).await,
            }
        };
        guarded(&self.core, self.queue, held, work).await;
    }
}

async fn pause(stop: &CancellationToken, time: Duration) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(time) => {}
    }
}

/// Returns when something was handed over.
async fn news(handover: Option<&Handover>) {
    match handover {
        Some(handover) => handover.news().await,
        None => std::future::pending().await,
    }
}

async fn run_lane(core: Core, queue: Queue, lease: Lease) {
    let (held, runner) = (vec![lease.clone()], core.clone());
    let work = async move {
        match queue {
            Queue::Deliver => runner.run_delivery(lease).await,
            Queue::Webhooks => runner.run_webhook_feed(lease).await,
            Queue::WebhookCalls => runner.run_webhook_call(lease).await,
            Queue::Index => runner.run_index(lease).await,
            _ => runner.run_errand(lease).await,
        }
    };
    guarded(&core, queue, held, work).await;
}

/// Runs `work` in a task of its own, so that a panic stops only itself, and renews its leases meanwhile.
/// After a failure the lanes are given back as soon as the database takes it: whoever only waits for a full
/// disk must not look like somebody who dies at each try.
async fn guarded<F>(core: &Core, queue: Queue, leases: Vec<Lease>, work: F)
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    let mut task = tokio::spawn(work);
    let mut renewal = tokio::time::interval(LEASE / 3);
    renewal.tick().await;
    let outcome = loop {
        tokio::select! {
            outcome = &mut task => break outcome,
            _ = renewal.tick() => {
                if let Err(error) = core.store().renew_leases(&leases).await {
                    tracing::warn!(%queue, %error, "leases could not be renewed");
                }
            }
        }
    };
    let counts = match outcome {
        Ok(Ok(())) => return,
        Ok(Err(error)) => {
            tracing::warn!(%queue, %error, "work failed and will be tried again");
            !error.is_transient()
        }
        Err(_) => {
            tracing::error!(%queue, "work panicked and will be tried again");
            true
        }
    };
    while core.give_back(&leases, counts).await.is_err() {
        tokio::time::sleep(AFTER_FAILURE).await;
    }
}
