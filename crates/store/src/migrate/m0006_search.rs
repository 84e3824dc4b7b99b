//! Readers of the event log: how far each has come.

pub(super) const UP: &[&str] = &["CREATE TABLE event_cursors (
        tenant_id {uuid} NOT NULL REFERENCES tenants (id),
        reader TEXT NOT NULL,
        seq BIGINT NOT NULL,
        epoch {uuid} NOT NULL,
        PRIMARY KEY (tenant_id, reader)){strict}"];

pub(super) const TABLES: &[&str] = &["event_cursors"];
