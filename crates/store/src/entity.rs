//! One module a table; columns as `migrate` makes them.

#![expect(unreachable_pub, reason = "the entity derive wants public items")]

pub(crate) mod audit_log;
pub(crate) mod channels;
pub(crate) mod conversation_tags;
pub(crate) mod conversations;
pub(crate) mod counters;
pub(crate) mod customers;
pub(crate) mod event_cursors;
pub(crate) mod event_heads;
pub(crate) mod events;
pub(crate) mod files;
pub(crate) mod idempotency_keys;
pub(crate) mod identities;
pub(crate) mod jobs;
pub(crate) mod lanes;
pub(crate) mod messages;
pub(crate) mod operator_presence;
pub(crate) mod raw_events;
pub(crate) mod refresh_tokens;
pub(crate) mod search_customers;
pub(crate) mod search_tenants;
pub(crate) mod sessions;
pub(crate) mod tenants;
pub(crate) mod users;
pub(crate) mod widget_sessions;
