//! One database a test, on either engine.

use std::sync::Arc;

use omni_model::{Clock, SystemClock};
use sea_orm::{
    ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, Statement, TransactionTrait,
};
use uuid::Uuid;

use crate::{CommitListener, Committed, OpenOptions, Store, StoreError};

/// Where tests find a PostgreSQL in which they may create databases.
const POSTGRES: &str = "TEST_DATABASE_URL";

/// An engine to test on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A fresh, empty database.
pub struct TestDatabase {
    /// To open it with.
    pub url: String,
    _folder: tempfile::TempDir,
}

impl TestDatabase {
    /// A fresh database, or `None` where the engine is not to be had: then the test says so and passes.
    #[expect(
        clippy::disallowed_methods,
        reason = "the suite's settings come from the environment"
    )]
    pub async fn create(engine: Engine) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let url = match engine {
            Engine::Sqlite => format!("sqlite://{}", folder.path().join("test.db").display()),
            Engine::Postgres => {
                let Ok(server) = std::env::var(POSTGRES) else {
                    eprintln!(
                        "left out: {POSTGRES} is not set, so there is no PostgreSQL to test on"
                    );
                    return None;
                };
                let name = format!("test_{}", Uuid::now_v7().simple());
                let admin = Database::connect(&server)
                    .await
                    .expect("the test server is reachable");
                admin
                    .execute_unprepared(&format!("CREATE DATABASE {name}"))
                    .await
                    .expect("the test server lets us create databases");
                let (path, options) = server.split_once('?').unwrap_or((&server, ""));
                let (base, _) = path.rsplit_once('/').expect("the URL names a database");
                format!("{base}/{name}?{options}")
            }
        };
        Some(Self {
            url,
            _folder: folder,
        })
    }

    /// The folder that lives as long as the database.
    pub fn folder(&self) -> &std::path::Path {
        self._folder.path()
    }

    /// Runs a statement on a connection of its own: what another process does meanwhile.
    ///
    /// # Panics
    /// When it fails.
    pub async fn execute(&self, sql: &str) {
        let other = Database::connect(&self.url)
            .await
            .expect("the database opens");
        other
            .execute_unprepared(sql)
            .await
            .expect("the statement runs");
        other.close().await.expect("the connection closes");
    }

    /// The database, opened, migrated, with nobody listening to commits.
    pub async fn store(&self) -> Result<Store, StoreError> {
        self.store_with(Arc::new(SystemClock), Arc::new(Nobody))
            .await
    }

    /// The database, opened and migrated.
    pub async fn store_with(
        &self,
        clock: Arc<dyn Clock>,
        listener: Arc<dyn CommitListener>,
    ) -> Result<Store, StoreError> {
        let mut options = OpenOptions::new(&self.url);
        options.connections = options.connections.min(8);
        let store = Store::open(&options, clock, listener).await?;
        store.migrate_up().await?;
        Ok(store)
    }
}

/// Whether the long forms of the stories are asked for.
#[expect(
    clippy::disallowed_methods,
    reason = "the suite's settings come from the environment"
)]
pub fn is_soak() -> bool {
    std::env::var_os("SOAK").is_some()
}

/// The number that a query answers, on a connection of its own.
///
/// # Panics
/// When it answers none.
pub async fn number(url: &str, sql: &str) -> i64 {
    let other = Database::connect(url).await.expect("the database opens");
    let statement = Statement::from_string(other.get_database_backend(), sql);
    let row = other
        .query_one_raw(statement)
        .await
        .expect("the query runs")
        .expect("it answers a row");
    let number = row.try_get_by_index(0).expect("it answers a number");
    other.close().await.expect("the connection closes");
    number
}

/// Listens to nothing.
pub struct Nobody;

impl CommitListener for Nobody {
    fn committed(&self, _: &Committed) {}
}

/// Declares a test that runs on both engines: `both_engines!(name, |database| async move { ... })`.
#[macro_export]
macro_rules! both_engines {
    ($(#[$meta:meta])* $name:ident, $story:expr) => {
        mod $name {
            #[allow(unused_imports, reason = "stories use what their file imports")]
            use super::*;

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let engine = $crate::testing::Engine::Sqlite;
                if let Some(database) = $crate::testing::TestDatabase::create(engine).await {
                    ($story)(database).await;
                }
            }

            $(#[$meta])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let engine = $crate::testing::Engine::Postgres;
                if let Some(database) = $crate::testing::TestDatabase::create(engine).await {
                    ($story)(database).await;
                }
            }
        }
    };
}

/// Somebody who keeps looking at an SQLite database as it was when he came: as long as he does, what is committed
/// stays in the write-ahead log.
pub struct Onlooker {
    _looking: DatabaseTransaction,
}

impl Onlooker {
    /// Begins to look at the database at `url`.
    ///
    /// # Panics
    /// When it cannot be read.
    pub async fn of(url: &str) -> Self {
        let db = Database::connect(url).await.expect("the database opens");
        let looking = db.begin().await.expect("a transaction begins");
        // The look itself is what keeps the log.
        looking
            .execute_unprepared("SELECT COUNT(*) FROM tenants")
            .await
            .expect("it can be read");
        Self { _looking: looking }
    }
}

/// Somebody else who has begun to change something and comes to no end: what he locked stays locked until he gives up.
pub struct Holder {
    db: DatabaseConnection,
    holding: DatabaseTransaction,
}

impl Holder {
    /// Begins with `sql` in the database at `url`.
    ///
    /// # Panics
    /// When it fails.
    pub async fn of(url: &str, sql: &str) -> Self {
        let db = Database::connect(url).await.expect("the database opens");
        let holding = db.begin().await.expect("a transaction begins");
        holding
            .execute_unprepared(sql)
            .await
            .expect("the statement runs");
        Self { db, holding }
    }

    /// Takes everything back.
    ///
    /// # Panics
    /// When that fails.
    pub async fn gives_up(self) {
        self.holding.rollback().await.expect("it is taken back");
        self.db.close().await.expect("the connection closes");
    }
}
