//! Who polls.

use std::time::Duration;

use tokio::time::Instant;

/// A conflict told again sooner than this is told late, so that two pollers do not loop hot.
const CONFLICT_PAUSE: Duration = Duration::from_secs(3);

/// Why a waiting poll ends early.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Interruption {
    #[default]
    OtherPoller,
    SetWebhook,
}

impl Interruption {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::OtherPoller => {
                "terminated by other getUpdates request; make sure that only one bot instance is running"
            }
            Self::SetWebhook => "terminated by setWebhook request",
        }
    }
}

/// The state of a bot's polling.
#[derive(Debug, Default)]
pub(super) struct Polling {
    /// Grows with each poll and each interruption: a waiting poll that is not the newest must end.
    generation: u64,
    interruption: Interruption,
    previous: Option<(i64, Instant)>,
    next_conflict: Option<Instant>,
}

/// How a poll has to behave.
pub(super) struct Turn {
    pub(super) generation: u64,
    pub(super) timeout: Duration,
    pub(super) limit: usize,
}

impl Polling {
    /// Begins a poll, which ends any other. Asking for the same offset again and again is slowed down.
    pub(super) fn begin(&mut self, offset: i64, timeout: Duration, limit: usize) -> Turn {
        self.generation += 1;
        self.interruption = Interruption::OtherPoller;
        let now = Instant::now();
        let mut turn = Turn {
            generation: self.generation,
            timeout,
            limit,
        };
        if let Some((previous, at)) = self.previous
            && previous == offset
        {
            let since = now - at;
            if since < Duration::from_secs(3) {
                turn.timeout = turn.timeout.max(Duration::from_secs(3));
            }
            if since < Duration::from_millis(500) {
                turn.limit = 1;
            }
        }
        self.previous = Some((offset, now));
        turn
    }

    pub(super) const fn interrupt(&mut self, why: Interruption) {
        self.generation += 1;
        self.interruption = why;
    }

    /// Why the poll of this generation must end, if it must.
    pub(super) fn interrupted(&self, generation: u64) -> Option<Interruption> {
        (self.generation != generation).then_some(self.interruption)
    }

    /// How long a conflict waits before it is told.
    pub(super) fn conflict_pause(&mut self) -> Duration {
        let now = Instant::now();
        if self.next_conflict.is_some_and(|next| now < next) {
            return CONFLICT_PAUSE;
        }
        self.next_conflict = Some(now + CONFLICT_PAUSE);
        Duration::ZERO
    }
}
