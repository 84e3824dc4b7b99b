//! Who writes next, where the engine has one writer.
//!
//! Those in a hurry are let in ahead of the others: they wait for the one who is inside, never for the queue.
//! Since they come one at a time (the next group commit forms while the last one is under way), the others
//! get in between two of them and nobody starves.

use std::sync::Arc;

use tokio::sync::{Mutex, OwnedMutexGuard};

/// How soon a unit of work wants its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Before all that wait in line.
    Next,
    /// In the order of arrival.
    InLine,
}

#[derive(Default)]
pub(crate) struct Turnstile {
    /// Whoever has this stands first in line, or is inside.
    line: Arc<Mutex<()>>,
    /// Whoever has this is inside.
    inside: Arc<Mutex<()>>,
}

/// Being inside. The place inside is given up before the head of the line (fields are dropped in this
/// order), so whoever is in a hurry gets in before the next in line asks.
pub(crate) struct Pass {
    _inside: OwnedMutexGuard<()>,
    _line: Option<OwnedMutexGuard<()>>,
}

impl Turnstile {
    pub(crate) async fn enter(&self, turn: Turn) -> Pass {
        let line = match turn {
            Turn::Next => None,
            Turn::InLine => Some(Arc::clone(&self.line).lock_owned().await),
        };
        Pass {
            _inside: Arc::clone(&self.inside).lock_owned().await,
            _line: line,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_in_a_hurry_passes_the_line_and_the_line_keeps_its_order() {
        let turnstile = Arc::new(Turnstile::default());
        let order = Arc::new(std::sync::Mutex::new(Vec::new()));
        let first = turnstile.enter(Turn::InLine).await;
        let mut tasks = Vec::new();
        for (name, turn) in [
            ("second", Turn::InLine),
            ("third", Turn::InLine),
            ("hurried", Turn::Next),
        ] {
            let (turnstile, order) = (Arc::clone(&turnstile), Arc::clone(&order));
            tasks.push(tokio::spawn(async move {
                let _pass = turnstile.enter(turn).await;
                order.lock().expect("not poisoned").push(name);
            }));
            // One thread: the task runs until it waits.
            tokio::task::yield_now().await;
        }
        drop(first);
        for task in tasks {
            task.await.expect("nobody panics");
        }
        assert_eq!(
            *order.lock().expect("not poisoned"),
            ["hurried", "second", "third"]
        );
    }
}
