//! Stories over HTTP and sockets, on both engines.

mod telegram;
