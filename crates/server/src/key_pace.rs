//! How often programs call: each key has its own limit, or the installation's.

use std::time::{Duration, Instant};

use dashmap::DashMap;
use omni_model::ApiKeyId;

/// What a limit counts in; so much may come at once.
const MINUTE: Duration = Duration::from_secs(60);

/// When what each key has used is free again.
pub(crate) struct KeyPace {
    /// Requests a minute of a key without a limit of its own; 0 is no limit.
    usual: u32,
    used_until: DashMap<ApiKeyId, Instant>,
}

impl KeyPace {
    pub(crate) fn new(usual: u32) -> Self {
        Self {
            usual,
            used_until: DashMap::new(),
        }
    }

    /// A request; otherwise how long to wait for the next.
    pub(crate) fn take(
        &self,
        key: ApiKeyId,
        own: Option<u32>,
        now: Instant,
    ) -> Result<(), Duration> {
        let limit = own.unwrap_or(self.usual);
        if limit == 0 {
            return Ok(());
        }
        let mut used = self.used_until.entry(key).or_insert(now);
        let until = (*used).max(now) + MINUTE / limit;
        match until.checked_duration_since(now + MINUTE) {
            Some(wait) if !wait.is_zero() => Err(wait),
            _ => {
                *used = until;
                Ok(())
            }
        }
    }

    /// Forgets whoever has used nothing.
    pub(crate) fn sweep(&self, now: Instant) {
        self.used_until.retain(|_, until| *until > now);
        self.used_until.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u128) -> ApiKeyId {
        ApiKeyId(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn each_key_has_its_own_limit() {
        let pace = KeyPace::new(3);
        let start = Instant::now();
        let taken = |id, own, at| {
            (0..10)
                .filter(|_| pace.take(key(id), own, at).is_ok())
                .count()
        };
        assert_eq!(taken(1, None, start), 3);
        assert_eq!(taken(2, Some(5), start), 5);
        let wait = pace.take(key(1), None, start).unwrap_err();
        assert_eq!(wait, MINUTE / 3);
        assert_eq!(taken(1, None, start + wait), 1);
        // A new limit holds from now on.
        assert_eq!(taken(2, Some(1), start + Duration::from_secs(1)), 0);
        assert_eq!(taken(2, Some(600), start + MINUTE), 10);
        pace.sweep(start + MINUTE * 3);
        assert!(pace.used_until.is_empty());
    }

    #[test]
    fn zero_is_no_limit() {
        let pace = KeyPace::new(0);
        let now = Instant::now();
        assert!((0..1_000).all(|_| pace.take(key(1), None, now).is_ok()));
        assert!(pace.take(key(1), Some(1), now).is_ok());
        assert!(pace.take(key(1), Some(1), now).is_err());
    }
}
