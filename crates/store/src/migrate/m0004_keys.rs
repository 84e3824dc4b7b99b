//! API keys; superadmins, who look after all companies; companies that are suspended.

pub(super) const UP: &[&str] = &[
    "ALTER TABLE tenants ADD COLUMN suspended_at BIGINT",
    "ALTER TABLE tenants ADD COLUMN suspended_reason TEXT",
    "CREATE INDEX ix_tenants_suspended ON tenants (id) WHERE suspended_at IS NOT NULL",
    "CREATE INDEX ix_tenants_time ON tenants (created_at, id)",
    "ALTER TABLE audit_log ADD COLUMN actor_type TEXT",
    "UPDATE audit_log SET actor_type = 'person' WHERE actor_id IS NOT NULL",
    "CREATE TABLE api_keys (
        id {uuid} NOT NULL PRIMARY KEY,
        tenant_id {uuid} NOT NULL,
        name TEXT NOT NULL,
        key_hash TEXT NOT NULL,
        last4 TEXT NOT NULL,
        permissions TEXT NOT NULL,
        rate_limit BIGINT,
        created_by {uuid} NOT NULL,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        expires_at BIGINT,
        last_used_at BIGINT,
        revoked_at BIGINT,
        UNIQUE (tenant_id, id),
        FOREIGN KEY (tenant_id, created_by) REFERENCES users (tenant_id, id)){strict}",
    "CREATE UNIQUE INDEX ux_api_keys_hash ON api_keys (key_hash)",
    "CREATE INDEX ix_api_keys_time ON api_keys (tenant_id, created_at)",
    "CREATE TABLE superadmins (
        id {uuid} NOT NULL PRIMARY KEY,
        email TEXT NOT NULL,
        password_hash TEXT NOT NULL,
        created_at BIGINT NOT NULL){strict}",
    "CREATE UNIQUE INDEX ux_superadmins_email ON superadmins (email)",
    "CREATE TABLE superadmin_sessions (
        id {uuid} NOT NULL PRIMARY KEY,
        superadmin_id {uuid} NOT NULL REFERENCES superadmins (id),
        created_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        revoked_at BIGINT,
        revoked_reason TEXT){strict}",
    "CREATE TABLE superadmin_refresh_tokens (
        token_hash TEXT NOT NULL PRIMARY KEY,
        session_id {uuid} NOT NULL REFERENCES superadmin_sessions (id),
        issued_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        used_at BIGINT){strict}",
    "CREATE INDEX ix_superadmin_refresh_tokens_session ON superadmin_refresh_tokens (session_id)",
    "CREATE TABLE platform_audit (
        id {uuid} NOT NULL PRIMARY KEY,
        actor_id {uuid},
        action TEXT NOT NULL,
        target_type TEXT NOT NULL,
        target_id {uuid},
        reason TEXT,
        changes TEXT NOT NULL,
        created_at BIGINT NOT NULL){strict}",
    "CREATE INDEX ix_platform_audit_time ON platform_audit (created_at, id)",
];

pub(super) const DOWN: &[&str] = &[
    "DROP INDEX ix_tenants_suspended",
    "DROP INDEX ix_tenants_time",
    "ALTER TABLE tenants DROP COLUMN suspended_reason",
    "ALTER TABLE tenants DROP COLUMN suspended_at",
    "ALTER TABLE audit_log DROP COLUMN actor_type",
];

/// Children first.
pub(super) const TABLES: &[&str] = &[
    "platform_audit",
    "superadmin_refresh_tokens",
    "superadmin_sessions",
    "superadmins",
    "api_keys",
];
