//! Keeping the database in order: migrations, the write-ahead log, health.

use sea_orm::{ConnectionTrait, DatabaseConnection, FromQueryResult, Statement, TransactionTrait};
use sea_orm_migration::MigratorTrait;

use crate::migrate::Migrator;
use crate::turnstile::Turn;
use crate::{Store, StoreError};

/// Pages in SQLite's write-ahead log (of 4 KB) from which on it is to start anew, and from which on it must.
const LONG_LOG: i64 = 4_000;
const TOO_LONG_LOG: i64 = 100_000;
/// Rows of lanes that are gone and worth a sweep.
const MANY_GONE: i64 = 5_000;

/// Whether a migration is applied.
#[derive(Clone, Debug)]
pub struct MigrationStatus {
    pub name: String,
    pub applied: bool,
}

#[derive(FromQueryResult)]
struct CheckpointRow {
    log: i64,
}

#[derive(FromQueryResult)]
struct CountRow {
    count: i64,
}

#[derive(FromQueryResult)]
struct TableRow {
    name: String,
}

impl Store {
    /// Applies all pending migrations. Two processes that start at once take turns.
    pub async fn migrate_up(&self) -> Result<(), StoreError> {
        // Held by a transaction of its own until the migrations, which run beside it, are through.
        let turn = match self.dialect().migration_lock() {
            Some(lock) => {
                let turn = self.writer().begin().await?;
                turn.execute_unprepared(lock).await?;
                Some(turn)
            }
            None => None,
        };
        Migrator::up(self.writer(), None).await?;
        if let Some(turn) = turn {
            turn.commit().await?;
        }
        Ok(())
    }

    /// Takes the last `steps` migrations back.
    pub async fn migrate_down(&self, steps: u32) -> Result<(), StoreError> {
        Ok(Migrator::down(self.writer(), Some(steps)).await?)
    }

    /// All migrations in order.
    pub async fn migration_status(&self) -> Result<Vec<MigrationStatus>, StoreError> {
        let migrations = Migrator::get_migration_with_status(self.writer()).await?;
        Ok(migrations
            .iter()
            .map(|migration| MigrationStatus {
                name: migration.name().to_owned(),
                applied: migration.status() == sea_orm_migration::MigrationStatus::Applied,
            })
            .collect())
    }

    /// Answers if the database can be read.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.reader().execute_unprepared("SELECT 1").await?;
        Ok(())
    }

    /// What the engine leaves to us, to be called every second or so.
    pub async fn tend(&self) -> Result<(), StoreError> {
        match self.checkpointer() {
            Some(db) => self.noted(self.checkpoint(db).await),
            None => {
                self.sweep_lanes().await?;
                self.refresh_statistics().await
            }
        }
    }

    /// SQLite: moves the write-ahead log into the file. The log starts anew by itself when a writer finds all of it
    /// moved, which under load is so only where the last of it is moved in a writer's place.
    async fn checkpoint(&self, db: &DatabaseConnection) -> Result<(), StoreError> {
        let run = |mode: &str| {
            let sql = format!("PRAGMA wal_checkpoint({mode})");
            CheckpointRow::find_by_statement(Statement::from_string(db.get_database_backend(), sql))
        };
        // Passive makes nobody wait.
        let log = run("PASSIVE").one(db).await?.map_or(0, |row| row.log);
        if log > LONG_LOG {
            let _pass = self.enter(Turn::InLine).await?;
            // Readers who are always there can keep the log from starting anew, but not for ever.
            let mode = if log > TOO_LONG_LOG {
                "TRUNCATE"
            } else {
                "PASSIVE"
            };
            run(mode).one(db).await?;
        }
        Ok(())
    }

    /// PostgreSQL: counts young tables that have at least doubled since they were counted. It does so by itself, but
    /// only once a minute; until then a table is believed to be nearly empty, and is read from one end to the other
    /// where an index would do. Larger ones are known well enough, and take longer to count.
    async fn refresh_statistics(&self) -> Result<(), StoreError> {
        let grown = TableRow::find_by_statement(Statement::from_string(
            self.reader().get_database_backend(),
            "SELECT s.relname::text AS name FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid \
             WHERE s.schemaname = current_schema() \
             AND c.reltuples < 2000 AND s.n_live_tup > 500 + 2 * GREATEST(c.reltuples, 0)",
        ))
        .all(self.reader())
        .await?;
        for TableRow { name } in grown {
            let sql = format!("ANALYZE \"{name}\"");
            self.writer().execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    /// PostgreSQL: forgets the rows of lanes that are gone. They come and go with every message, and whoever looks for
    /// due ones walks over all that went since; the database itself comes by once a minute.
    async fn sweep_lanes(&self) -> Result<(), StoreError> {
        let gone = CountRow::find_by_statement(Statement::from_string(
            self.reader().get_database_backend(),
            "SELECT n_dead_tup AS count FROM pg_stat_user_tables \
             WHERE schemaname = current_schema() AND relname = 'lanes'",
        ))
        .one(self.reader())
        .await?;
        if gone.is_some_and(|gone| gone.count > MANY_GONE) {
            let sql = "VACUUM (INDEX_CLEANUP ON, TRUNCATE OFF, SKIP_LOCKED) lanes";
            self.writer().execute_unprepared(sql).await?;
        }
        Ok(())
    }

    /// SQLite: moves the whole log into the file before the process ends.
    pub async fn close(self) -> Result<(), StoreError> {
        if let Some(db) = self.checkpointer() {
            db.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)")
                .await?;
        }
        Ok(())
    }
}
