//! One database a test, on either engine.

use std::sync::Arc;

use omni_model::{Clock, SystemClock};
use sea_orm::{ConnectionTrait, Database, TransactionTrait};
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
        reason = "the suite's one setting comes from the environment"
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
    _looking: sea_orm::DatabaseTransaction,
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
