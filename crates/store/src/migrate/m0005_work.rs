//! What operators work with: canned responses, drafts, saved views, and what woke a conversation that slept.

pub(super) const UP: &[&str] = &[
    "CREATE TABLE canned_responses (
        id {uuid} NOT NULL PRIMARY KEY,
        tenant_id {uuid} NOT NULL REFERENCES tenants (id),
        owner_id {uuid},
        short_code TEXT NOT NULL,
        title TEXT NOT NULL,
        text TEXT NOT NULL,
        file_id {uuid},
        folded TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        FOREIGN KEY (tenant_id, owner_id) REFERENCES users (tenant_id, id),
        FOREIGN KEY (tenant_id, file_id) REFERENCES files (tenant_id, id)){strict}",
    "CREATE UNIQUE INDEX ux_canned_responses_code ON canned_responses (tenant_id, short_code)",
    "CREATE INDEX ix_canned_responses_file ON canned_responses (file_id) WHERE file_id IS NOT NULL",
    "CREATE TABLE drafts (
        tenant_id {uuid} NOT NULL,
        user_id {uuid} NOT NULL,
        conversation_id {uuid} NOT NULL,
        text TEXT NOT NULL,
        version BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        PRIMARY KEY (tenant_id, user_id, conversation_id),
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id),
        FOREIGN KEY (tenant_id, conversation_id) REFERENCES conversations (tenant_id, id)){strict}",
    "CREATE INDEX ix_drafts_conversation ON drafts (conversation_id)",
    "CREATE TABLE saved_views (
        id {uuid} NOT NULL PRIMARY KEY,
        tenant_id {uuid} NOT NULL REFERENCES tenants (id),
        owner_id {uuid},
        name TEXT NOT NULL,
        filter TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        FOREIGN KEY (tenant_id, owner_id) REFERENCES users (tenant_id, id)){strict}",
    "CREATE INDEX ix_saved_views_owner ON saved_views (tenant_id, owner_id)",
    "ALTER TABLE conversations ADD COLUMN woken_by TEXT",
];

pub(super) const DOWN: &[&str] = &["ALTER TABLE conversations DROP COLUMN woken_by"];

pub(super) const TABLES: &[&str] = &["saved_views", "drafts", "canned_responses"];
