//! The way in: a provider's update is stored raw, then read, and what it says is stored as messages of
//! conversations.

mod accept;
mod away;
mod draft;
mod groups;
mod handover;
mod ingest;
mod known;
mod proofs;
mod run;

pub use accept::{Acceptor, RawInbound};
pub use handover::{Handed, Handover};
pub use ingest::{ChannelRef, Ingested};
pub use run::Accepted;
