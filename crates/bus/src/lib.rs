//! What wakes workers and refreshes screens. In-process; losing it loses no data, since the truth is SQL
//! and sweepers find what a lost hint left behind.

mod signal;

pub use signal::{Bus, Signal};
