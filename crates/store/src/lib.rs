//! The SQL store on SQLite and PostgreSQL: one code, one set of tests, differences in [`Dialect`] only.
//!
//! Reading takes a connection from [`Store::reader`]; writing goes through the one door,
//! [`Store::write`]. Repositories are modules of plain functions that take a connection and a scope:
//! the engine is behind SeaORM already, so a trait per table would have one implementation for ever.

pub mod api_keys;
pub mod audit;
mod bulk;
pub mod canned_responses;
mod capped;
pub mod channel_watches;
pub mod channels;
mod connect;
pub mod conversation_tags;
pub mod conversation_views;
pub mod conversations;
pub mod counters;
pub mod customer_fields;
pub mod customer_merges;
pub mod customer_notes;
pub mod customer_proposals;
pub mod customer_views;
pub mod customers;
mod database_time;
mod dialect;
mod door;
pub mod drafts;
mod entity;
mod error;
pub mod event_cursors;
pub mod events;
pub mod files;
pub mod gauges;
mod high_water;
pub mod history;
pub mod hours;
pub mod idempotency;
pub mod identities;
pub mod identity_moves;
pub mod invitations;
pub mod jobs;
pub mod lanes;
mod like;
pub mod live_views;
mod maintenance;
pub mod message_views;
pub mod messages;
mod migrate;
mod packed;
mod pending;
pub mod platform_audit;
pub mod presence;
pub mod raw_event_log;
pub mod raw_events;
pub mod receipts;
mod records;
pub mod refused_chats;
pub mod route_turn;
pub mod saved_views;
mod search_hits;
pub mod search_index;
mod search_parts;
pub mod search_sources;
pub mod search_views;
pub mod sessions;
pub mod sight;
pub mod staff;
mod steps;
pub mod superadmins;
pub mod teams;
pub mod tenant_views;
pub mod tenants;
mod turnstile;
pub mod users;
pub mod webhook_deliveries;
pub mod webhooks;
pub mod widget_sessions;

#[cfg(feature = "testing")]
pub mod testing;

pub use channels::ChannelRecord;
pub use connect::OpenOptions;
pub use counters::CounterFilter;
pub use dialect::Dialect;
pub use door::{CommitListener, Committed, Growth, Store, ToldEvent, UnitOfWork};
pub use error::{StoreError, UniqueKey};
pub use high_water::Reached;
pub use lanes::{Claim, Lease, Leave};
pub use maintenance::MigrationStatus;
pub use pending::CounterCell;
pub use records::{ConversationRecord, MessageRecord};
pub use search_hits::SearchHits;
pub use webhook_deliveries::WebhookDeliveryRecord;
pub use webhooks::WebhookRecord;
