//! What a Telegram bot needs beyond messages: its name, the groups that it left, the log of what it was handed.

pub(super) const UP: &[&str] = &[
    "ALTER TABLE channels ADD COLUMN account_name TEXT",
    "ALTER TABLE channels ADD COLUMN watch_at BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE channels ADD COLUMN failing_since BIGINT",
    "ALTER TABLE channels ADD COLUMN fell_back_at BIGINT",
    "CREATE INDEX ix_raw_events_channel ON raw_events (channel_id, row_id)",
    "CREATE INDEX ix_raw_events_aside ON raw_events (channel_id, state, row_id) WHERE state IN ('unsupported', 'dead')",
    "CREATE TABLE refused_chats (
        tenant_id {uuid} NOT NULL,
        channel_id {uuid} NOT NULL,
        chat TEXT NOT NULL,
        told_at BIGINT NOT NULL,
        PRIMARY KEY (channel_id, chat),
        FOREIGN KEY (tenant_id, channel_id) REFERENCES channels (tenant_id, id)){strict}",
];

pub(super) const DOWN: &[&str] = &[
    "DROP INDEX ix_raw_events_aside",
    "DROP INDEX ix_raw_events_channel",
    "ALTER TABLE channels DROP COLUMN fell_back_at",
    "ALTER TABLE channels DROP COLUMN failing_since",
    "ALTER TABLE channels DROP COLUMN watch_at",
    "ALTER TABLE channels DROP COLUMN account_name",
];

pub(super) const TABLES: &[&str] = &["refused_chats"];
