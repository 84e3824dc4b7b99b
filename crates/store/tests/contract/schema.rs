//! The schema: the same on both engines, up and down.

use std::collections::{BTreeMap, BTreeSet};

use omni_store::testing::{Engine, TestDatabase};
use omni_store::{Dialect, Store};
use sea_orm::{ConnectionTrait, Statement};

omni_store::both_engines!(
    goes_up_down_and_up_again,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let before = shape(&store).await;
        assert!(
            store
                .migration_status()
                .await
                .unwrap()
                .iter()
                .all(|m| m.applied)
        );

        let steps = store.migration_status().await.unwrap().len();
        store
            .migrate_down(u32::try_from(steps).unwrap())
            .await
            .unwrap();
        let empty = shape(&store).await;
        assert!(
            empty.keys().all(|table| table.starts_with("seaql")),
            "left behind: {empty:?}"
        );

        store.migrate_up().await.unwrap();
        assert_eq!(shape(&store).await, before);
    }
);

#[tokio::test]
async fn both_engines_have_the_same_tables_columns_and_keys() {
    let Some(postgres) = TestDatabase::create(Engine::Postgres).await else {
        return;
    };
    let sqlite = TestDatabase::create(Engine::Sqlite).await.unwrap();
    let sqlite = sqlite.store().await.unwrap();
    let postgres = postgres.store().await.unwrap();
    let common = async |store: &Store| {
        let mut shape = shape(store).await;
        // The full text is kept as each engine does it.
        shape.retain(|table, _| !table.contains("_terms"));
        shape
    };
    assert_eq!(common(&sqlite).await, common(&postgres).await);
}

/// By table: columns with their nullability, and unique keys.
type Shape = BTreeMap<String, (BTreeSet<(String, bool)>, BTreeSet<String>)>;

async fn shape(store: &Store) -> Shape {
    let (columns, keys) = match store.dialect() {
        Dialect::Sqlite => (
            "SELECT m.name AS t, p.name AS c, CAST(p.\"notnull\" = 0 AS INTEGER) AS n \
             FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table'",
            "SELECT m.name AS t, group_concat(i.name, ',') AS k FROM sqlite_master m, \
             pragma_index_list(m.name) l, pragma_index_info(l.name) i \
             WHERE m.type = 'table' AND l.\"unique\" = 1 GROUP BY m.name, l.name",
        ),
        Dialect::Postgres => (
            "SELECT table_name::text AS t, column_name::text AS c, \
             (CASE WHEN is_nullable = 'YES' THEN 1 ELSE 0 END)::bigint AS n \
             FROM information_schema.columns WHERE table_schema = 'public'",
            "SELECT t.relname::text AS t, string_agg(a.attname::text, ',' ORDER BY k.at) AS k \
             FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid \
             JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public', \
             LATERAL unnest(x.indkey) WITH ORDINALITY AS k(num, at), pg_attribute a \
             WHERE x.indisunique AND a.attrelid = t.oid AND a.attnum = k.num \
             GROUP BY t.relname, x.indexrelid",
        ),
    };
    let mut shape = Shape::new();
    let db = store.reader();
    let statement = |sql: &str| Statement::from_string(db.get_database_backend(), sql.to_owned());
    for row in db.query_all_raw(statement(columns)).await.unwrap() {
        let table: String = row.try_get("", "t").unwrap();
        let column: String = row.try_get("", "c").unwrap();
        let nullable: i64 = row.try_get("", "n").unwrap();
        if !table.starts_with("seaql") && !table.starts_with("sqlite") {
            shape
                .entry(table)
                .or_default()
                .0
                .insert((column, nullable == 1));
        }
    }
    for row in db.query_all_raw(statement(keys)).await.unwrap() {
        let table: String = row.try_get("", "t").unwrap();
        let key: String = row.try_get("", "k").unwrap();
        // SQLite keeps an integer row key without an index.
        if key != "row_id"
            && let Some(entry) = shape.get_mut(&table)
        {
            entry.1.insert(key);
        }
    }
    for (columns, _) in shape.values_mut() {
        // An integer row key is never null, which SQLite does not say.
        *columns = columns
            .iter()
            .map(|(name, nullable)| (name.clone(), *nullable && name != "row_id"))
            .collect();
    }
    shape
}
