//! Stories over HTTP and sockets, on both engines.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod access;
mod inbox;
mod live;
mod telegram;
