//! What is asked on every request and changes rarely, kept for a moment.
//!
//! Signals of the bus drop what changed in this process at once; what another process changed is
//! believed until its [`FRESH`] time has passed.

use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use dashmap::DashMap;
use omni_bus::{Bus, Signal};
use omni_model::{SessionId, TeamId, TenantId, UserId};
use omni_store::api_keys::KeyStanding;
use omni_store::sessions::Standing;
use omni_store::tenants::TenantStanding;
use tokio::sync::broadcast::{Receiver, error::TryRecvError};

use super::FRESH;
use crate::hours::Book;

/// Entries of one kind at most.
const CAPACITY: usize = 50_000;

/// What is remembered.
pub(crate) struct Remembered {
    heard: Mutex<Receiver<Signal>>,
    sessions: Memory<SessionId, Standing>,
    tenants: Memory<TenantId, TenantStanding>,
    /// By the hash of the key. Keys that do not exist are not remembered, so that guessing fills no memory.
    keys: Memory<String, KeyStanding>,
    teams: Memory<UserId, Vec<TeamId>>,
    hours: Memory<TenantId, Arc<Book>>,
}

impl Remembered {
    pub(super) fn listening_to(bus: &Bus) -> Self {
        Self {
            heard: Mutex::new(bus.listen()),
            sessions: Memory::new(),
            tenants: Memory::new(),
            keys: Memory::new(),
            teams: Memory::new(),
            hours: Memory::new(),
        }
    }

    pub(super) fn sessions(&self) -> &Memory<SessionId, Standing> {
        self.hear();
        &self.sessions
    }

    pub(crate) fn tenants(&self) -> &Memory<TenantId, TenantStanding> {
        self.hear();
        &self.tenants
    }

    pub(super) fn keys(&self) -> &Memory<String, KeyStanding> {
        self.hear();
        &self.keys
    }

    pub(crate) fn teams(&self) -> &Memory<UserId, Vec<TeamId>> {
        self.hear();
        &self.teams
    }

    pub(crate) fn hours(&self) -> &Memory<TenantId, Arc<Book>> {
        self.hear();
        &self.hours
    }

    /// Takes in what was told since the last look. Looking when asked needs no task of its own, and a
    /// change that was told before the question is never missed.
    fn hear(&self) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match heard.try_recv() {
                Ok(Signal::SessionEnded { session_id }) => {
                    self.sessions.forget(|id, _| *id == session_id);
                }
                Ok(Signal::UserChanged { user_id, .. }) => {
                    self.sessions
                        .forget(|_, standing| standing.user_id == user_id);
                    self.keys.forget(|_, key| key.created_by == user_id);
                    self.teams.forget(|id, _| *id == user_id);
                }
                Ok(Signal::TenantChanged { tenant_id }) => {
                    self.tenants.forget(|id, _| *id == tenant_id);
                    self.hours.forget(|id, _| *id == tenant_id);
                }
                Ok(Signal::ApiKeyChanged { key_id }) => {
                    self.keys.forget(|_, key| key.id == key_id);
                }
                Ok(_) => {}
                Err(TryRecvError::Lagged(_)) => {
                    self.sessions.forget(|_, _| true);
                    self.tenants.forget(|_, _| true);
                    self.keys.forget(|_, _| true);
                    self.teams.forget(|_, _| true);
                    self.hours.forget(|_, _| true);
                }
                Err(TryRecvError::Empty | TryRecvError::Closed) => return,
            }
        }
    }
}

/// Values by key, each for a moment.
pub(crate) struct Memory<K, V> {
    entries: DashMap<K, (Instant, V)>,
    /// Counts what was forgotten: what was read before that must not be put in after it.
    forgotten: AtomicU64,
}

/// Proof of when a value was looked up.
pub(crate) struct Asked(u64);

impl<K: Eq + Hash, V: Clone> Memory<K, V> {
    fn new() -> Self {
        Self {
            entries: DashMap::new(),
            forgotten: AtomicU64::new(0),
        }
    }

    /// The value, or a ticket to put it in with.
    pub(crate) fn get(&self, key: &K) -> Result<V, Asked> {
        match self.entries.get(key) {
            Some(entry) if entry.0.elapsed() < FRESH => Ok(entry.1.clone()),
            _ => Err(Asked(self.forgotten.load(Ordering::Acquire))),
        }
    }

    /// Keeps what was read after `asked`, unless something was forgotten in between.
    pub(crate) fn put(&self, asked: Asked, key: K, value: V) {
        if self.entries.len() >= CAPACITY {
            self.entries.retain(|_, (since, _)| since.elapsed() < FRESH);
            if self.entries.len() >= CAPACITY {
                return;
            }
        }
        if self.forgotten.load(Ordering::Acquire) == asked.0 {
            self.entries.insert(key, (Instant::now(), value));
        }
    }

    fn forget(&self, which: impl Fn(&K, &V) -> bool) {
        self.forgotten.fetch_add(1, Ordering::AcqRel);
        self.entries.retain(|key, (_, value)| !which(key, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_before_a_change_is_not_kept_after_it() {
        let memory = Memory::<u8, u8>::new();
        let Err(asked) = memory.get(&1) else {
            panic!("empty")
        };
        memory.forget(|_, _| false);
        memory.put(asked, 1, 1);
        let Err(asked) = memory.get(&1) else {
            panic!("kept")
        };
        memory.put(asked, 1, 2);
        assert_eq!(memory.get(&1).ok(), Some(2));
        memory.forget(|key, _| *key == 1);
        assert!(memory.get(&1).is_err());
    }
}
