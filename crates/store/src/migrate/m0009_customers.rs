//! Customers' cards: fields of a company's own, notes, who is blocked; who turned out to be one person.

pub(super) const UP: &[&str] = &[
    "ALTER TABLE customers ADD COLUMN fields TEXT NOT NULL DEFAULT '{}'",
    "ALTER TABLE customers ADD COLUMN blocked_at BIGINT",
    "ALTER TABLE customers ADD COLUMN merged_into {uuid}",
    "CREATE INDEX ix_customers_time ON customers (tenant_id, created_at, id)",
    "CREATE INDEX ix_conversations_customer ON conversations (tenant_id, customer_id, created_at, id)",
    "CREATE TABLE customer_fields (
        id {uuid} NOT NULL PRIMARY KEY,
        tenant_id {uuid} NOT NULL REFERENCES tenants (id),
        key TEXT NOT NULL,
        label TEXT NOT NULL,
        kind TEXT NOT NULL,
        options TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL){strict}",
    "CREATE UNIQUE INDEX ux_customer_fields_key ON customer_fields (tenant_id, key)",
    "CREATE TABLE customer_notes (
        id {uuid} NOT NULL PRIMARY KEY,
        tenant_id {uuid} NOT NULL,
        customer_id {uuid} NOT NULL,
        author_id {uuid} NOT NULL,
        author_type TEXT NOT NULL,
        text TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)){strict}",
    "CREATE INDEX ix_customer_notes_customer ON customer_notes (tenant_id, customer_id, created_at, id)",
    "CREATE TABLE customer_merges (
        merged_id {uuid} NOT NULL PRIMARY KEY,
        tenant_id {uuid} NOT NULL,
        survivor_id {uuid} NOT NULL,
        identities TEXT NOT NULL,
        notes TEXT NOT NULL,
        before TEXT NOT NULL,
        after TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        FOREIGN KEY (tenant_id, merged_id) REFERENCES customers (tenant_id, id),
        FOREIGN KEY (tenant_id, survivor_id) REFERENCES customers (tenant_id, id)){strict}",
    "CREATE INDEX ix_customer_merges_survivor ON customer_merges (tenant_id, survivor_id, created_at)",
    "CREATE TABLE customer_strangers (
        tenant_id {uuid} NOT NULL,
        one_id {uuid} NOT NULL,
        other_id {uuid} NOT NULL,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (tenant_id, one_id, other_id),
        FOREIGN KEY (tenant_id, one_id) REFERENCES customers (tenant_id, id),
        FOREIGN KEY (tenant_id, other_id) REFERENCES customers (tenant_id, id)){strict}",
    "CREATE INDEX ix_customer_strangers_other ON customer_strangers (tenant_id, other_id)",
];

pub(super) const DOWN: &[&str] = &[
    "DROP INDEX ix_conversations_customer",
    "DROP INDEX ix_customers_time",
    "ALTER TABLE customers DROP COLUMN merged_into",
    "ALTER TABLE customers DROP COLUMN blocked_at",
    "ALTER TABLE customers DROP COLUMN fields",
];

pub(super) const TABLES: &[&str] = &[
    "customer_strangers",
    "customer_merges",
    "customer_notes",
    "customer_fields",
];
