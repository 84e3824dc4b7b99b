//! One module a table; columns as `migrate` makes them.

#![expect(unreachable_pub, reason = "the entity derive wants public items")]

pub(crate) mod api_keys;
pub(crate) mod audit_log;
pub(crate) mod canned_responses;
pub(crate) mod channels;
pub(crate) mod conversation_tags;
pub(crate) mod conversations;
pub(crate) mod counters;
pub(crate) mod customer_fields;
pub(crate) mod customer_merges;
pub(crate) mod customer_notes;
pub(crate) mod customer_strangers;
pub(crate) mod customers;
pub(crate) mod drafts;
pub(crate) mod event_cursors;
pub(crate) mod event_heads;
pub(crate) mod events;
pub(crate) mod files;
pub(crate) mod idempotency_keys;
pub(crate) mod identities;
pub(crate) mod invitations;
pub(crate) mod jobs;
pub(crate) mod lanes;
pub(crate) mod messages;
pub(crate) mod operator_presence;
pub(crate) mod platform_audit;
pub(crate) mod raw_events;
pub(crate) mod refresh_tokens;
pub(crate) mod refused_chats;
pub(crate) mod saved_views;
pub(crate) mod search_customers;
pub(crate) mod search_parts;
pub(crate) mod search_tenants;
pub(crate) mod sessions;
pub(crate) mod sight_changes;
pub(crate) mod superadmin_refresh_tokens;
pub(crate) mod superadmin_sessions;
pub(crate) mod superadmins;
pub(crate) mod team_members;
pub(crate) mod teams;
pub(crate) mod tenants;
pub(crate) mod users;
pub(crate) mod webhook_deliveries;
pub(crate) mod webhooks;
pub(crate) mod widget_sessions;
