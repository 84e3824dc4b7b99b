//! What a Telegram bot needs beyond messages: its name, the groups that it left, the log of what it was handed.

pub(super) const UP: &[&str] = &[
    "ALTER TABLE channels ADD COLUMN account_name TEXT",
    "CREATE TABLE refused_chats (
        tenant_id {uuid} NOT NULL,
        channel_id {uuid} NOT NULL,
        chat TEXT NOT NULL,
        told_at BIGINT NOT NULL,
        PRIMARY KEY (channel_id, chat),
        FOREIGN KEY (tenant_id, channel_id) REFERENCES channels (tenant_id, id)){strict}",
];

pub(super) const DOWN: &[&str] = &["ALTER TABLE channels DROP COLUMN account_name"];

pub(super) const TABLES: &[&str] = &["refused_chats"];
