//! Schema changes, up and down, on both engines. A released migration is never edited.

mod m0001_spine;
mod m0002_presence;
mod m0003_people;
mod m0004_keys;
mod m0005_work;
mod m0006_search;
mod m0007_webhooks;
mod m0008_search_index;
mod m0009_customers;
mod m0010_hours;
mod m0011_telegram;

use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationTrait, MigratorTrait, SchemaManager};

use crate::Dialect;

/// All migrations in order.
pub(crate) struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(Ddl {
                name: "m0001_spine",
                up: m0001_spine::UP,
                down: &[],
                drop_tables: m0001_spine::TABLES,
            }),
            Box::new(Ddl {
                name: "m0002_presence",
                up: m0002_presence::UP,
                down: &[],
                drop_tables: m0002_presence::TABLES,
            }),
            Box::new(Ddl {
                name: "m0003_people",
                up: m0003_people::UP,
                down: m0003_people::DOWN,
                drop_tables: m0003_people::TABLES,
            }),
            Box::new(Ddl {
                name: "m0004_keys",
                up: m0004_keys::UP,
                down: m0004_keys::DOWN,
                drop_tables: m0004_keys::TABLES,
            }),
            Box::new(Ddl {
                name: "m0005_work",
                up: m0005_work::UP,
                down: m0005_work::DOWN,
                drop_tables: m0005_work::TABLES,
            }),
            Box::new(Ddl {
                name: "m0006_search",
                up: m0006_search::UP,
                down: &[],
                drop_tables: m0006_search::TABLES,
            }),
            Box::new(Ddl {
                name: "m0007_webhooks",
                up: m0007_webhooks::UP,
                down: &[],
                drop_tables: m0007_webhooks::TABLES,
            }),
            Box::new(Ddl {
                name: "m0008_search_index",
                up: m0008_search_index::UP,
                down: m0008_search_index::DOWN,
                drop_tables: m0008_search_index::TABLES,
            }),
            Box::new(Ddl {
                name: "m0009_customers",
                up: m0009_customers::UP,
                down: m0009_customers::DOWN,
                drop_tables: m0009_customers::TABLES,
            }),
            Box::new(Ddl {
                name: "m0010_hours",
                up: m0010_hours::UP,
                down: m0010_hours::DOWN,
                drop_tables: m0010_hours::TABLES,
            }),
            Box::new(Ddl {
                name: "m0011_telegram",
                up: m0011_telegram::UP,
                down: m0011_telegram::DOWN,
                drop_tables: m0011_telegram::TABLES,
            }),
        ]
    }
}

/// A migration of plain DDL with the engine's types filled in.
struct Ddl {
    name: &'static str,
    up: &'static [&'static str],
    /// Undoes what was changed in tables of earlier migrations.
    down: &'static [&'static str],
    /// Tables made here, children first.
    drop_tables: &'static [&'static str],
}

impl sea_orm_migration::MigrationName for Ddl {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "the signature is sea-orm-migration's"
)]
impl MigrationTrait for Ddl {
    // All of it or nothing, on SQLite too: a process killed in the middle starts over.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let dialect = Dialect::of(db);
        for statement in self.up {
            db.execute_unprepared(&dialect.ddl(statement)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let dialect = Dialect::of(db);
        for statement in self.down {
            db.execute_unprepared(&dialect.ddl(statement)).await?;
        }
        for table in self.drop_tables {
            db.execute_unprepared(&format!("DROP TABLE {table}"))
                .await?;
        }
        Ok(())
    }
}
