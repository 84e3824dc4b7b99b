//! Opens the database with the settings that our promises rest on.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr, RuntimeErr};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

use crate::{Dialect, StoreError};

/// How to open the database.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// `sqlite://path` or `postgres://...`.
    pub url: String,
    /// Readers, and on PostgreSQL as many writers.
    pub connections: u32,
    /// How long a call waits for its turn before it fails as busy.
    pub acquire_timeout: Duration,
}

impl OpenOptions {
    /// Defaults for `url`.
    pub fn new(url: impl Into<String>) -> Self {
        let url = url.into();
        let connections = if url.starts_with("sqlite:") { 4 } else { 10 };
        Self {
            url,
            connections,
            acquire_timeout: Duration::from_secs(5),
        }
    }
}

/// The open connections.
pub(crate) struct Connections {
    pub(crate) dialect: Dialect,
    /// SQLite: the one writer. PostgreSQL: writers, which keep the plans of their statements.
    pub(crate) writer: DatabaseConnection,
    /// SQLite: the one writer. PostgreSQL: a few for those who take in what comes, all the time: a connection plans each
    /// statement by itself, and again when its tables are vacuumed, so many of them would rarely have a plan at hand.
    pub(crate) intake: DatabaseConnection,
    /// SQLite: readers that cannot write. PostgreSQL: readers, whose statements are planned for their values.
    pub(crate) reader: DatabaseConnection,
    /// SQLite: the connection that moves the log into the file, off the writer's way.
    pub(crate) checkpointer: Option<DatabaseConnection>,
    /// SQLite: the file.
    pub(crate) file: Option<PathBuf>,
}

pub(crate) async fn open(options: &OpenOptions) -> Result<Connections, StoreError> {
    if options.url.starts_with("sqlite:") {
        open_sqlite(options).await
    } else {
        open_postgres(options).await
    }
    .map_err(StoreError::from)
}

async fn open_sqlite(options: &OpenOptions) -> Result<Connections, DbErr> {
    let file = SqliteConnectOptions::from_str(&options.url)
        .map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?
        .get_filename()
        .to_owned();
    // The writer first: it creates the file and switches it to WAL.
    let writer = Database::connect(sqlite(options, 1, false)).await?;
    let reader = Database::connect(sqlite(options, options.connections, true)).await?;
    let checkpointer = Database::connect(sqlite(options, 1, false)).await?;
    Ok(Connections {
        dialect: Dialect::of(&writer),
        intake: writer.clone(),
        writer,
        reader,
        checkpointer: Some(checkpointer),
        file: Some(file),
    })
}

fn sqlite(options: &OpenOptions, connections: u32, read_only: bool) -> ConnectOptions {
    let mut connect = ConnectOptions::new(options.url.clone());
    connect
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(options.acquire_timeout)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .map_sqlx_sqlite_opts(move |sqlite| {
            sqlite
                .create_if_missing(!read_only)
                .read_only(read_only)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(5))
                // A result that fits goes over in one piece; otherwise the two threads wait for each other.
                .row_buffer_size(1024)
                .pragma("wal_autocheckpoint", "0")
                // What is needed to undo one statement of many rows would otherwise go to a file of its own.
                .pragma("temp_store", "MEMORY")
                .pragma("cache_size", if read_only { "-2000" } else { "-64000" })
        });
    connect
}

async fn open_postgres(options: &OpenOptions) -> Result<Connections, DbErr> {
    let writer = Database::connect(postgres(options, options.connections, BY_KEYS)).await?;
    let intake = Database::connect(postgres(options, INTAKE, BY_KEYS)).await?;
    let reader = Database::connect(postgres(options, options.connections, BY_VALUES)).await?;
    Ok(Connections {
        dialect: Dialect::of(&writer),
        writer,
        intake,
        reader,
        checkpointer: None,
        file: None,
    })
}

/// One that stores what comes, and one that works on it.
const INTAKE: u32 = 2;

/// How PostgreSQL plans. Left to itself, it plans a statement that carries arrays anew each time, which takes longer than
/// running it; and while a table is young it takes it for empty, and reads it from one end to the other where an index
/// would do. One plan for all values, which goes by keys whatever the tables hold, suits whoever goes by keys; lists and
/// searches, which ask for the first few of unknown many, are planned for their values.
const BY_KEYS: &[(&str, &str)] = &[
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
];
const BY_VALUES: &[(&str, &str)] = &[];

fn postgres(
    options: &OpenOptions,
    connections: u32,
    planning: &'static [(&str, &str)],
) -> ConnectOptions {
    let mut connect = ConnectOptions::new(options.url.clone());
    connect
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(options.acquire_timeout)
        // After a restart of the server every pooled connection is dead: look before handing one out.
        .test_before_acquire_if_idle_for(Duration::from_secs(1))
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        // A statement or a transaction whose client hangs must not hold its locks for ever.
        .map_sqlx_postgres_opts(move |postgres| {
            let postgres = postgres.options(planning.iter().copied());
            postgres.options([
                ("application_name", "omnisupport"),
                ("statement_timeout", "30s"),
                // Those who wait for a lock hold others themselves: better that the caller comes again.
                ("lock_timeout", "2s"),
                ("idle_in_transaction_session_timeout", "30s"),
                // Compiling a statement takes longer than any of ours runs.
                ("jit", "off"),
                // The same goes for starting helpers, and their processors are for others who ask.
                ("max_parallel_workers_per_gather", "0"),
            ])
        });
    connect
}
