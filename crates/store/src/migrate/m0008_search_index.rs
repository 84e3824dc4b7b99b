//! The search index.
//!
//! A term of the index begins with the number of a part in `search_parts`, which is one tenant's. Messages are indexed
//! by their own row key, customers by the one they have in `search_customers`.

pub(super) const UP: &[&str] = &[
    "CREATE TABLE search_tenants (
        tenant_id {uuid} NOT NULL PRIMARY KEY REFERENCES tenants (id),
        version BIGINT NOT NULL,
        messages_before {uuid},
        customers_before {uuid}){strict}",
    "CREATE TABLE search_parts (
        row_id {rowkey},
        tenant_id {uuid} NOT NULL REFERENCES tenants (id),
        terms TEXT NOT NULL,
        first_row BIGINT NOT NULL,
        last_row BIGINT NOT NULL,
        size BIGINT NOT NULL){strict}",
    "CREATE UNIQUE INDEX ux_search_parts_first ON search_parts (tenant_id, terms, first_row)",
    "CREATE TABLE search_customers (
        row_id {rowkey},
        tenant_id {uuid} NOT NULL,
        customer_id {uuid} NOT NULL,
        customer_updated_at BIGINT NOT NULL,
        FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id) ON DELETE CASCADE){strict}",
    "CREATE UNIQUE INDEX ux_search_customers_customer ON search_customers (customer_id)",
    "CREATE INDEX ix_conversations_by_customer ON conversations (customer_id, row_id)",
    "FULL TEXT message_terms OF messages",
    "FULL TEXT customer_terms OF search_customers",
];

pub(super) const DOWN: &[&str] = &[
    "DROP INDEX ix_conversations_by_customer",
    "NO FULL TEXT message_terms OF messages",
    "NO FULL TEXT customer_terms OF search_customers",
];

pub(super) const TABLES: &[&str] = &["search_customers", "search_parts", "search_tenants"];
