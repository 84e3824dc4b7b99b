//! No row points into another tenant (S12): for every reference there is, by the engine's own catalogue.

use std::collections::{BTreeMap, BTreeSet};

use omni_model::{MessageId, PlatformScope, SystemClock};
use omni_store::testing::TestDatabase;
use omni_store::{Dialect, Store, StoreError, both_engines};
use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

/// Columns with an id in them that no foreign key looks after, and why that is well.
const UNGUARDED: &[(&str, &str, &str)] = &[
    ("audit_log", "actor_id", NAMES_WHAT_WAS),
    ("audit_log", "target_id", NAMES_WHAT_WAS),
    ("counters", "tenant_id", A_SUM),
    ("counters", "channel_id", A_SUM),
    ("counters", "assignee", A_SUM),
    ("counters", "team", A_SUM),
    ("customer_notes", "author_id", "a person's or a key's"),
    (
        "customers",
        "merged_into",
        "written with a merge, whose keys look after it",
    ),
    ("event_cursors", "epoch", "names a life of the log, no row"),
    ("event_heads", "epoch", "names a life of the log, no row"),
    ("events", "tenant_id", A_LOG),
    ("events", "conversation_id", A_LOG),
    ("events", "message_id", A_LOG),
    ("events", "assigned_from", A_LOG),
    ("events", "assigned_to", A_LOG),
    ("events", "team_from", A_LOG),
    ("events", "team_to", A_LOG),
    ("files", "channel_id", FETCHED),
    ("idempotency_keys", "tenant_id", SELF_CONTAINED),
    ("idempotency_keys", "principal", SELF_CONTAINED),
    ("jobs", "tenant_id", WORK),
    ("lanes", "tenant_id", WORK),
    ("platform_audit", "actor_id", NAMES_WHAT_WAS),
    ("platform_audit", "target_id", NAMES_WHAT_WAS),
    ("messages", "channel_id", "the channel of its conversation"),
    ("messages", "reply_to", "looked up in its conversation"),
    (
        "messages",
        "sender_id",
        "a customer's, a person's or a key's",
    ),
    ("search_tenants", "messages_before", A_MARK),
    ("search_tenants", "customers_before", A_MARK),
    ("webhook_deliveries", "conversation_id", A_LOG),
    ("webhook_deliveries", "message_id", A_LOG),
    ("webhook_deliveries", "assigned_to", A_LOG),
];
const NAMES_WHAT_WAS: &str = "the log outlives what it tells of";
const A_SUM: &str = "counted from conversations; nil stands for nobody";
const A_LOG: &str = "only ids: each is looked up in the tenant when it is told";
const A_MARK: &str = "how far a walk through one's own rows is, never followed";
const FETCHED: &str = "the channel is looked up in the tenant when the file is fetched";
const SELF_CONTAINED: &str = "found by the tenant and the principal who asks, never followed";
const WORK: &str = "what it names is looked up in the tenant when it is done";

both_engines!(
    no_reference_leads_into_another_tenant,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let catalogue = Catalogue::of(&store).await;
        let ours = catalogue.settle(&store).await;
        let theirs = catalogue.settle(&store).await;
        for (table, keys) in &catalogue.keys {
            let own = catalogue.row(table, &ours, None);
            write(&store, own).await.unwrap();
            if !theirs.contains_key(table) {
                // A key that is unique by itself must not be what refuses the next.
                let emptied = format!("DELETE FROM {table}");
                write(&store, emptied).await.unwrap();
            }
            if !keys.contains_key("tenant_id") {
                // Of the installation, not of a company.
                continue;
            }
            for (column, parent) in keys.iter().filter(|(column, _)| *column != "tenant_id") {
                let foreign = (column.as_str(), theirs[parent]);
                let stolen = catalogue.row(table, &ours, Some(foreign));
                let outcome = write(&store, stolen).await;
                assert!(
                    matches!(outcome, Err(StoreError::Reference)),
                    "{table}.{column}: {outcome:?}"
                );
            }
        }
        assert!(catalogue.keys.len() >= 14, "the catalogue was read");
    }
);

both_engines!(
    what_no_key_looks_after_is_known,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let catalogue = Catalogue::of(&store).await;
        let mut loose = BTreeSet::new();
        for (table, columns) in &catalogue.columns {
            let keys = catalogue.keys.get(table);
            for (column, _) in columns.iter().filter(|(_, kind)| kind.is_id()) {
                let guarded = keys.is_some_and(|keys| keys.contains_key(column));
                if column != "id" && !guarded {
                    loose.insert((table.as_str(), column.as_str()));
                }
            }
        }
        let known: BTreeSet<_> = UNGUARDED.iter().map(|(t, c, _)| (*t, *c)).collect();
        assert_eq!(loose, known);
    }
);

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Id,
    Text,
    Number,
    Bool,
}

impl Kind {
    fn is_id(self) -> bool {
        self == Self::Id
    }
}

/// The tables as the engine knows them.
struct Catalogue {
    dialect: Dialect,
    /// By table: its columns but the row key, in their order.
    columns: BTreeMap<String, Vec<(String, Kind)>>,
    /// By table: the columns of its foreign keys, and the tables these lead to.
    keys: BTreeMap<String, BTreeMap<String, String>>,
}

/// By table: the id of the one row that others may point to.
type Parents = BTreeMap<String, Uuid>;

impl Catalogue {
    async fn of(store: &Store) -> Self {
        let (columns, keys) = match store.dialect() {
            Dialect::Sqlite => (
                "SELECT m.name AS t, p.name AS c, p.type AS k FROM sqlite_master m, \
                 pragma_table_info(m.name) p WHERE m.type = 'table' ORDER BY m.name, p.cid",
                "SELECT m.name AS t, f.\"from\" AS c, f.\"table\" AS k FROM sqlite_master m, \
                 pragma_foreign_key_list(m.name) f WHERE m.type = 'table'",
            ),
            Dialect::Postgres => (
                "SELECT table_name::text AS t, column_name::text AS c, data_type::text AS k \
                 FROM information_schema.columns WHERE table_schema = 'public' \
                 ORDER BY table_name, ordinal_position",
                "SELECT t.relname::text AS t, a.attname::text AS c, p.relname::text AS k \
                 FROM pg_constraint x JOIN pg_class t ON t.oid = x.conrelid \
                 JOIN pg_class p ON p.oid = x.confrelid, \
                 LATERAL unnest(x.conkey) AS k(num), pg_attribute a \
                 WHERE x.contype = 'f' AND a.attrelid = t.oid AND a.attnum = k.num",
            ),
        };
        let mut catalogue = Self {
            dialect: store.dialect(),
            columns: BTreeMap::new(),
            keys: BTreeMap::new(),
        };
        for [table, column, kind] in rows(store, columns).await {
            // Terms of the full text belong to rows of tables that are looked at, and go with them.
            let bookkeeping = ["seaql", "sqlite", "message_terms", "customer_terms"];
            let bookkeeping = bookkeeping.iter().any(|kept| table.starts_with(kept));
            if !bookkeeping && column != "row_id" {
                let known = catalogue.columns.entry(table).or_default();
                known.push((column, kind_of(&kind)));
            }
        }
        for [table, column, parent] in rows(store, keys).await {
            let known = catalogue.keys.entry(table).or_default();
            known.insert(column, parent);
        }
        catalogue
    }

    /// Stores a tenant with one row in each table that others point to: parents before their children.
    async fn settle(&self, store: &Store) -> Parents {
        let pointed_at = self.keys.values().flat_map(BTreeMap::values);
        let mut waiting: BTreeSet<&String> = pointed_at.collect();
        let mut settled = Parents::new();
        while !waiting.is_empty() {
            let mut ready = waiting.iter().copied();
            let next = ready
                .find(|table| self.can_settle(table, &settled))
                .unwrap();
            let id = fresh();
            let row = self.row(next, &settled, Some(("id", id)));
            write(store, row).await.unwrap();
            settled.insert(next.clone(), id);
            waiting.remove(next);
        }
        settled
    }

    fn can_settle(&self, table: &str, settled: &Parents) -> bool {
        let mut keys = self.keys.get(table).into_iter().flatten();
        keys.all(|(_, parent)| settled.contains_key(parent))
    }

    /// A statement that stores a row which points to these parents, with one column set to this id.
    fn row(&self, table: &str, parents: &Parents, set: Option<(&str, Uuid)>) -> String {
        let keys = self.keys.get(table);
        let parent_of = |column: &str| {
            let parent = keys?.get(column)?;
            // It is the first half of every key, whatever the second leads to.
            let parent = match column {
                "tenant_id" => "tenants",
                _ => parent.as_str(),
            };
            parents.get(parent).copied()
        };
        let columns = &self.columns[table];
        let values = columns.iter().map(|(column, kind)| {
            let wanted = set.filter(|(name, _)| name == column).map(|(_, id)| id);
            let wanted = wanted.or_else(|| parent_of(column));
            self.literal(*kind, wanted.unwrap_or_else(fresh))
        });
        let names = columns.iter().map(|(column, _)| format!("\"{column}\""));
        let (names, values): (Vec<_>, Vec<_>) = (names.collect(), values.collect());
        let (names, values) = (names.join(", "), values.join(", "));
        format!("INSERT INTO {table} ({names}) VALUES ({values})")
    }

    /// A value that nothing else has, made of an id.
    fn literal(&self, kind: Kind, id: Uuid) -> String {
        match (kind, self.dialect) {
            (Kind::Id, Dialect::Sqlite) => format!("X'{}'", id.simple()),
            (Kind::Id | Kind::Text, _) => format!("'{id}'"),
            (Kind::Number, _) => (id.as_u128() % 1_000_000_007).to_string(),
            (Kind::Bool, _) => "FALSE".to_owned(),
        }
    }
}

fn kind_of(word: &str) -> Kind {
    match word.to_ascii_lowercase().as_str() {
        "blob" | "uuid" => Kind::Id,
        "text" => Kind::Text,
        "boolean" => Kind::Bool,
        // SQLite keeps booleans as numbers.
        "bigint" | "integer" => Kind::Number,
        other => panic!("a column of type {other}"),
    }
}

fn fresh() -> Uuid {
    MessageId::new(&SystemClock).0
}

async fn rows(store: &Store, sql: &str) -> Vec<[String; 3]> {
    let db = store.reader();
    let statement = Statement::from_string(db.get_database_backend(), sql.to_owned());
    let rows = db.query_all_raw(statement).await.unwrap();
    rows.iter()
        .map(|row| ["t", "c", "k"].map(|column| row.try_get("", column).unwrap()))
        .collect()
}

/// Runs a statement as a unit of work by itself.
async fn write(store: &Store, sql: String) -> Result<(), StoreError> {
    let why = PlatformScope::for_reason("a test writes what no code would");
    store
        .write_platform(why, move |unit| async move {
            unit.db().execute_unprepared(&sql).await?;
            Ok::<_, StoreError>(())
        })
        .await
}
