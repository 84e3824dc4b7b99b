//! What the server stands on goes away: the disk fills up, the database restarts.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod disk;
mod postgres;
mod site;
