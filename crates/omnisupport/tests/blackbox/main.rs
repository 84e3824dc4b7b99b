//! Stories over HTTP and sockets, on both engines.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod access;
mod albums;
mod amending;
mod bots;
mod customers;
mod delivery;
mod hours;
mod inbox;
mod kinds;
mod live;
mod people;
mod poison;
mod polling;
mod telegram;
mod updates;
mod webhooks;
