//! Stories over HTTP and sockets, on both engines.

mod access;
mod inbox;
mod live;
mod telegram;
