//! Signs of life of the other side.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// When the other side was last heard.
pub(super) struct Pulse {
    start: Instant,
    /// Milliseconds after the start.
    heard: AtomicU64,
}

impl Pulse {
    pub(super) fn new() -> Self {
        Self {
            start: Instant::now(),
            heard: AtomicU64::new(0),
        }
    }

    /// Something was heard.
    pub(super) fn beat(&self) {
        let now = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.heard.store(now, Ordering::Relaxed);
    }

    fn silence(&self) -> Duration {
        self.start
            .elapsed()
            .saturating_sub(Duration::from_millis(self.heard.load(Ordering::Relaxed)))
    }

    /// Returns when two signs of life that were asked for did not come: a half-open connection looks alive
    /// for ever otherwise.
    pub(super) async fn stopped(&self, heartbeat: Duration) {
        // A little more than two, for the way back of the second.
        let patience = heartbeat * 2 + heartbeat / 5;
        loop {
            let silence = self.silence();
            if silence >= patience {
                return;
            }
            tokio::time::sleep(patience - silence).await;
        }
    }
}
