//! When operators were last seen: what tells, after a crash too, who left and who only never came.

pub(super) const UP: &[&str] = &[
    "CREATE TABLE operator_presence (
        user_id {uuid} NOT NULL PRIMARY KEY,
        tenant_id {uuid} NOT NULL,
        seen_at BIGINT NOT NULL,
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)){strict}",
    "CREATE INDEX ix_operator_presence_seen ON operator_presence (seen_at)",
];

pub(super) const TABLES: &[&str] = &["operator_presence"];
