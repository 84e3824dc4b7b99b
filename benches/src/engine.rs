//! The two engines, and a fresh database on each.

use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result};
use clap::ValueEnum;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use url::Url;

use crate::process;

/// What the server stores in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

/// Makes names of databases unique within this process.
static NUMBER: AtomicU32 = AtomicU32::new(0);

/// A database that nobody used before.
pub(crate) struct FreshDatabase {
    pub(crate) url: String,
    made: Option<Made>,
}

/// A database on a PostgreSQL cluster.
struct Made {
    cluster: DatabaseConnection,
    name: String,
    postmaster: u32,
}

impl FreshDatabase {
    /// SQLite: a file in `folder`. PostgreSQL: a new database of the cluster at `cluster`.
    pub(crate) async fn make(engine: Engine, folder: &Path, cluster: Option<&Url>) -> Result<Self> {
        if engine == Engine::Sqlite {
            let url = format!("sqlite://{}", folder.join("omnisupport.db").display());
            return Ok(Self { url, made: None });
        }
        let cluster = cluster.context(
            "PostgreSQL is measured on a cluster that TEST_DATABASE_URL names: \
             eval \"$(scripts/postgres.sh start)\"",
        )?;
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("omnisupport_bench_{}_{number}", std::process::id());
        let mut url = cluster.clone();
        url.set_path(&name);
        let cluster = Database::connect(cluster.as_str())
            .await
            .context("no PostgreSQL there")?;
        cluster
            .execute_unprepared(&format!("CREATE DATABASE {name}"))
            .await?;
        let backend: i32 = one(&cluster, "SELECT pg_backend_pid() AS value").await?;
        let postmaster = process::parent_of(u32::try_from(backend)?)
            .context("PostgreSQL must run on this machine, or its CPU time is not seen")?;
        let made = Some(Made {
            cluster,
            name,
            postmaster,
        });
        Ok(Self {
            url: url.into(),
            made,
        })
    }

    /// The process whose children are PostgreSQL's.
    pub(crate) fn postmaster(&self) -> Option<u32> {
        self.made.as_ref().map(|made| made.postmaster)
    }

    /// Drops a database of a cluster; SQLite's goes with its folder.
    pub(crate) async fn remove(self) -> Result<()> {
        if let Some(Made { cluster, name, .. }) = self.made {
            cluster
                .execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)"))
                .await?;
            cluster.close().await?;
        }
        Ok(())
    }
}

/// The single `value` that a query answers.
pub(crate) async fn one<T: sea_orm::TryGetable>(db: &DatabaseConnection, sql: &str) -> Result<T> {
    let backend: DbBackend = db.get_database_backend();
    let row = db
        .query_one_raw(Statement::from_string(backend, sql))
        .await?
        .context("a query without an answer")?;
    Ok(row.try_get("", "value")?)
}
