//! What must happen from time to time.

use std::time::Duration;

use omni_core::Core;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::Intervals;

pub(crate) async fn run(core: Core, intervals: Intervals, stop: CancellationToken) {
    tokio::join!(
        every(intervals.tend, &stop, "tend", || core.tend_store()),
        every(intervals.upkeep, &stop, "upkeep", || core.upkeep()),
        every(intervals.reconnect, &stop, "reconnect", || core
            .reconnect_channels()),
        every(intervals.watch, &stop, "watch", || core
            .watch_channels(intervals.watch_pace)),
        every(intervals.clean, &stop, "clean", || core.forget_old()),
    );
}

async fn every<F, Fut>(period: Duration, stop: &CancellationToken, name: &str, work: F)
where
    F: Fn() -> Fut,
    Fut: Future<Output = omni_core::Result<()>>,
{
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {
                if let Err(error) = work().await {
                    tracing::warn!(%error, name, "upkeep failed");
                }
            }
        }
    }
}
