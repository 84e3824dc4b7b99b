//! The SQL store on SQLite and PostgreSQL: one code, one set of tests, differences in [`Dialect`] only.
//!
//! Reading takes a connection from [`Store::reader`]; writing goes through the one door,
//! [`Store::write`]. Repositories are modules of plain functions that take a connection and a scope:
//! the engine is behind SeaORM already, so a trait per table would have one implementation for ever.

mod bulk;
mod connect;
pub mod conversations;
pub mod counters;
mod dialect;
mod door;
mod entity;
mod error;
pub mod events;
pub mod files;
pub mod identities;
pub mod jobs;
pub mod lanes;
mod maintenance;
pub mod messages;
mod migrate;
mod pending;
pub mod raw_events;
mod records;

pub use connect::OpenOptions;
pub use counters::CounterFilter;
pub use dialect::Dialect;
pub use door::{CommitListener, Committed, Store, UnitOfWork};
pub use error::{StoreError, UniqueKey};
pub use lanes::{Claim, Lease, Leave};
pub use maintenance::MigrationStatus;
pub use pending::CounterCell;
pub use records::{ConversationRecord, MessageRecord};
