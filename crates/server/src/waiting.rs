//! Sockets that have not said yet who they are: each address has its bound, as a person has for those after that.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::ApiError;

/// When an address with too many waiting may try again: none of them waits for longer.
const AGAIN: Duration = Duration::from_secs(5);

/// Whom a socket is for. Any page of the web may knock at the visitors' door, and must not shut the operators' by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Door {
    Operators,
    Visitors,
}

/// Counts who waits, by door and address.
pub(crate) struct WaitingRoom {
    /// Zero is no limit.
    most: u32,
    waiting: Mutex<HashMap<(Door, IpAddr), u32>>,
}

/// A place in the waiting room, given back when dropped.
pub(crate) struct Waiting {
    room: Arc<WaitingRoom>,
    who: (Door, IpAddr),
}

impl WaitingRoom {
    /// A room for so many of one door and address; zero is no limit.
    pub(crate) fn new(most: u32) -> Arc<Self> {
        Arc::new(Self {
            most,
            waiting: Mutex::default(),
        })
    }

    /// Takes a place, if one is left.
    pub(crate) fn enter(self: &Arc<Self>, who: (Door, IpAddr)) -> Result<Waiting, ApiError> {
        if self.most > 0 {
            let mut waiting = self.lock();
            let count = waiting.entry(who).or_default();
            if *count >= self.most {
                return Err(ApiError::rate_limited(AGAIN));
            }
            *count += 1;
        }
        Ok(Waiting {
            room: Arc::clone(self),
            who,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(Door, IpAddr), u32>> {
        // Held for look-ups and inserts only.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut waiting = self.room.lock();
        // Nobody is counted where there is no limit.
        if let Entry::Occupied(mut count) = waiting.entry(self.who) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn a_place_that_was_left_is_free() {
        let room = WaitingRoom::new(2);
        let first = room.enter((Door::Operators, HERE)).unwrap();
        let second = room.enter((Door::Operators, HERE)).unwrap();
        assert!(room.enter((Door::Operators, HERE)).is_err());
        let next_door = room.enter((Door::Visitors, HERE)).unwrap();
        drop(first);
        let third = room.enter((Door::Operators, HERE)).unwrap();
        assert!(room.enter((Door::Operators, HERE)).is_err());
        drop((second, third, next_door));
        assert!(room.lock().is_empty(), "nobody is remembered");
    }

    #[test]
    fn zero_is_no_limit() {
        let room = WaitingRoom::new(0);
        let all: Vec<_> = (0..1_000)
            .map(|_| room.enter((Door::Visitors, HERE)).unwrap())
            .collect();
        drop(all);
        assert!(room.lock().is_empty());
    }
}
