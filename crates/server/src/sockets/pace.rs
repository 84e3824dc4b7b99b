//! How often a client may speak.

use std::time::{Duration, Instant};

/// Frames at once.
const BURST: u32 = 60;
/// The time that earns one more.
const EVERY: Duration = Duration::from_millis(100);

/// A client's allowance.
pub(super) struct Pace {
    left: u32,
    since: Instant,
}

impl Pace {
    pub(super) fn new() -> Self {
        Self {
            left: BURST,
            since: Instant::now(),
        }
    }

    /// Takes one frame off the allowance; `false` when it is used up.
    pub(super) fn allows(&mut self) -> bool {
        let earned = self.since.elapsed().as_millis() / EVERY.as_millis();
        if earned > 0 {
            let earned = u32::try_from(earned).unwrap_or(BURST);
            self.left = self.left.saturating_add(earned).min(BURST);
            self.since = Instant::now();
        }
        let allowed = self.left > 0;
        self.left = self.left.saturating_sub(1);
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_stopped() {
        let mut pace = Pace::new();
        assert!((0..BURST).all(|_| pace.allows()));
        assert!((0..BURST).any(|_| !pace.allows()));
    }
}
