//! Webhooks: a tenant's own addresses, and what is on its way to them. No text of messages: that is read when it is
//! sent.

pub(super) const UP: &[&str] = &[
    "CREATE TABLE webhooks (
        id {uuid} NOT NULL PRIMARY KEY,
        tenant_id {uuid} NOT NULL REFERENCES tenants (id),
        url TEXT NOT NULL,
        description TEXT NOT NULL,
        types TEXT NOT NULL,
        stopped TEXT,
        stopped_at BIGINT,
        secret TEXT NOT NULL,
        old_secret TEXT,
        old_secret_until BIGINT,
        after_seq BIGINT NOT NULL,
        failing_since BIGINT,
        deleted_at BIGINT,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        UNIQUE (tenant_id, id)){strict}",
    "CREATE TABLE webhook_deliveries (
        row_id {rowkey},
        id {uuid} NOT NULL,
        tenant_id {uuid} NOT NULL,
        webhook_id {uuid} NOT NULL,
        event_seq BIGINT NOT NULL,
        kind TEXT NOT NULL,
        conversation_id {uuid} NOT NULL,
        message_id {uuid},
        assigned_to {uuid},
        event_at BIGINT NOT NULL,
        state TEXT NOT NULL,
        tries BIGINT NOT NULL,
        attempts TEXT NOT NULL,
        first_tried_at BIGINT,
        retry_at BIGINT,
        created_at BIGINT NOT NULL,
        UNIQUE (tenant_id, id),
        FOREIGN KEY (tenant_id, webhook_id) REFERENCES webhooks (tenant_id, id)){strict}",
    "CREATE UNIQUE INDEX ux_webhook_deliveries_event ON webhook_deliveries (webhook_id, event_seq)",
    "CREATE INDEX ix_webhook_deliveries_state ON webhook_deliveries (webhook_id, state, event_seq)",
    "CREATE INDEX ix_webhook_deliveries_retry ON webhook_deliveries (retry_at) WHERE retry_at IS NOT NULL",
    "CREATE INDEX ix_webhook_deliveries_age ON webhook_deliveries (created_at)",
];

/// Children first.
pub(super) const TABLES: &[&str] = &["webhook_deliveries", "webhooks"];
