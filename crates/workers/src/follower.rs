//! Tells the readers of the event log that it grew.

use std::collections::BTreeSet;
use std::time::Duration;

use omni_bus::Signal;
use omni_core::Core;
use omni_model::{Queue, TenantId};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// Who reads the log.
const READERS: [Queue; 2] = [Queue::Index, Queue::Webhooks];
/// How long after the first hint a tenant's readers are told: what comes meanwhile is told with it.
const SETTLE: Duration = Duration::from_millis(200);

/// Follows until told to stop. What is lost on the way, `sweep` finds.
pub(crate) async fn run(core: Core, sweep: Duration, stop: CancellationToken) {
    let mut signals = core.bus().listen();
    let mut sweeps = interval(sweep);
    sweeps.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut grown: BTreeSet<TenantId> = BTreeSet::new();
    let mut tell_at = Instant::now();
    let mut begun = false;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            signal = signals.recv() => match signal {
                Ok(Signal::Events(growth)) => {
                    if grown.is_empty() {
                        tell_at = Instant::now() + SETTLE;
                    }
                    grown.insert(growth.tenant_id);
                }
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            },
            () = tokio::time::sleep_until(tell_at), if !grown.is_empty() => {
                let tenants: Vec<TenantId> = std::mem::take(&mut grown).into_iter().collect();
                for reader in READERS {
                    noted(reader, core.wake_reader(reader, &tenants).await);
                }
            }
            _ = sweeps.tick() => {
                if !begun {
                    let outcome = core.begin_indexing().await;
                    begun = outcome.is_ok();
                    noted(Queue::Index, outcome);
                }
                for reader in READERS {
                    noted(reader, core.wake_left_behind(reader).await);
                }
            }
        }
    }
}

fn noted(reader: Queue, outcome: omni_core::Result<()>) {
    if let Err(error) = outcome {
        tracing::warn!(%reader, %error, "a reader of the event log could not be woken");
    }
}
