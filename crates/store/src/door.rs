//! The one door to writing. A unit of work runs in a transaction and in a task of its own, so that a
//! dropped request cannot hold the writer; what it counted, queued and told is written last, in a fixed
//! order, right before the commit.

use std::future::Future;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use omni_model::{Clock, Event, PlatformScope, Queue, TenantId, TenantScope, Timestamp};
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr,
    FromQueryResult, QueryResult, RuntimeErr, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait, Value,
};
use sqlx::{Connection, SqliteConnection};
use tokio::sync::watch;
use tracing::Instrument;

use crate::connect::{self, Connections, OpenOptions};
use crate::database_time::DatabaseTime;
use crate::high_water::HighWater;
use crate::pending::Pending;
use crate::turnstile::{Pass, Turn, Turnstile};
use crate::{ConversationRecord, Dialect, MessageRecord, StoreError};

/// What a commit means to those who wait: sent after it, never before. A hint; losing it loses no data.
#[derive(Clone, Debug, Default)]
pub struct Committed {
    /// What one tenant's event log grew by.
    pub events: Option<Growth>,
    /// The queues that have new work.
    pub queues: Vec<Queue>,
    /// SQLite: the row key of the newest raw event, if the commit brought any.
    pub(crate) raw_events: Option<i64>,
}

/// What a commit appended to a tenant's event log.
#[derive(Clone, Debug)]
pub struct Growth {
    pub tenant_id: TenantId,
    /// The number of the last event.
    pub head: i64,
    /// The events in their order.
    pub events: Arc<[ToldEvent]>,
}

/// An event, with the message it tells of and its conversation as the commit left it, where they are at hand: whoever
/// shows it at once need not read them.
#[derive(Clone, Debug, PartialEq)]
pub struct ToldEvent {
    pub event: Event,
    pub message: Option<MessageRecord>,
    pub conversation: Option<Arc<ConversationRecord>>,
}

/// Who is told of commits.
pub trait CommitListener: Send + Sync + 'static {
    /// Called after every commit that queued work or appended events. Must not block.
    fn committed(&self, commit: &Committed);
}

/// The SQL store. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    connections: Connections,
    time: DatabaseTime,
    /// Where one connection writes: who gets it next.
    turnstile: Option<Turnstile>,
    /// Whether the last transaction of that connection did not commit.
    doubtful: AtomicBool,
    /// Whether the disk broke its word.
    disk_failed: watch::Sender<bool>,
    high_water: OnceLock<HighWater>,
    patience: Duration,
    clock: Arc<dyn Clock>,
    listener: Arc<dyn CommitListener>,
}

impl Store {
    /// Opens the database. Migrations are applied by [`Store::migrate_up`].
    pub async fn open(
        options: &OpenOptions,
        clock: Arc<dyn Clock>,
        listener: Arc<dyn CommitListener>,
    ) -> Result<Self, StoreError> {
        let connections = connect::open(options).await?;
        Ok(Self {
            inner: Arc::new(Inner {
                time: DatabaseTime::of(&connections.writer).await?,
                turnstile: connections.dialect.is_exclusive().then(Turnstile::default),
                doubtful: AtomicBool::new(false),
                disk_failed: watch::Sender::new(false),
                high_water: OnceLock::new(),
                patience: options.acquire_timeout,
                connections,
                clock,
                listener,
            }),
        })
    }

    /// The engine.
    pub fn dialect(&self) -> Dialect {
        self.inner.connections.dialect
    }

    /// The clock that stamps rows.
    pub fn clock(&self) -> &dyn Clock {
        self.inner.clock.as_ref()
    }

    /// The time that leases and due work go by.
    pub(crate) fn database_time(&self) -> DatabaseTime {
        self.inner.time
    }

    /// A connection for reading outside a transaction.
    pub fn reader(&self) -> &DatabaseConnection {
        &self.inner.connections.reader
    }

    /// A connection for reading by key, outside a transaction, for those who do it all the time: PostgreSQL
    /// plans such a statement once. Lists go through [`Store::reader`].
    pub fn key_reader(&self) -> &DatabaseConnection {
        match self.dialect() {
            Dialect::Sqlite => self.reader(),
            Dialect::Postgres => self.writer(),
        }
    }

    /// SQLite: the database's file.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.inner.connections.file.as_deref()
    }

    pub(crate) fn high_water(&self) -> &OnceLock<HighWater> {
        &self.inner.high_water
    }

    /// Returns once the disk did not keep what it was told to keep. From then on nothing is written: whoever owns
    /// the process ends it, without a last checkpoint.
    pub async fn disk_failed(&self) {
        let mut failed = self.inner.disk_failed.subscribe();
        // The sender lives as long as we do.
        let _ = failed.wait_for(|failed| *failed).await;
    }

    /// Passes an outcome on, and remembers if it says that the disk failed.
    pub(crate) fn noted<T, E: Into<StoreError>>(
        &self,
        outcome: Result<T, E>,
    ) -> Result<T, StoreError> {
        let outcome = outcome.map_err(Into::into);
        if let Err(StoreError::DiskFailed(error)) = &outcome {
            tracing::error!(%error, "the disk failed to keep what was written");
            self.inner.disk_failed.send_replace(true);
        }
        outcome
    }

    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.inner.connections.writer
    }

    /// For those who take in what comes, see [`Store::write_intake`].
    pub fn intake(&self) -> &DatabaseConnection {
        &self.inner.connections.intake
    }

    pub(crate) fn checkpointer(&self) -> Option<&DatabaseConnection> {
        self.inner.connections.checkpointer.as_ref()
    }

    /// Runs `work` as one unit of work of one tenant: all of it is committed, or nothing.
    ///
    /// Await nothing inside `work` but the database: SQLite's only writer is held meanwhile.
    pub async fn write<T, E, F, Fut>(&self, scope: &TenantScope, work: F) -> Result<T, E>
    where
        F: FnOnce(UnitOfWork) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let tenant = Some(scope.tenant_id());
        self.run(self.writer(), Turn::InLine, tenant, work).await
    }

    /// Like [`Store::write`], for the one who works on what was taken in, all the time.
    pub async fn write_intake<T, E, F, Fut>(&self, scope: &TenantScope, work: F) -> Result<T, E>
    where
        F: FnOnce(UnitOfWork) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let tenant = Some(scope.tenant_id());
        self.run(self.intake(), Turn::InLine, tenant, work).await
    }

    /// Like [`Store::write`], for work that belongs to no single tenant. It cannot append events.
    pub async fn write_platform<T, E, F, Fut>(&self, _scope: PlatformScope, work: F) -> Result<T, E>
    where
        F: FnOnce(UnitOfWork) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.run(self.writer(), Turn::InLine, None, work).await
    }

    /// SQLite: runs the statements that `script` writes when its turn has come as one transaction, ahead of all
    /// others that wait, and tells of the commit that `outcome` reads from the rows they answer. For one caller at a
    /// time, who lets the others in between two of his calls.
    ///
    /// All of them go to the connection's thread and back at once: on a busy machine each way waits for a core,
    /// and nobody else can write meanwhile.
    pub(crate) async fn write_script_next<F, Fut>(
        &self,
        _scope: PlatformScope,
        script: F,
        outcome: fn(Vec<QueryResult>) -> Result<Committed, DbErr>,
    ) -> Result<(), StoreError>
    where
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = (String, Vec<Value>)> + Send + 'static,
    {
        let store = self.clone();
        in_own_task(async move {
            let _pass = store.enter(Turn::Next).await?;
            let (sql, values) = script().await;
            let sql = Dialect::transaction(&sql);
            let backend = store.writer().get_database_backend();
            let statement = Statement::from_sql_and_values(backend, sql, values);
            match store.noted(store.writer().query_all_raw(statement).await) {
                Ok(rows) => {
                    store.tell(&outcome(rows)?);
                    Ok(())
                }
                Err(error) => {
                    // The driver knows nothing of this transaction: it ends with its connection.
                    store.replace_writer(|_| true).await?;
                    Err(error)
                }
            }
        })
        .await
    }

    /// Runs one statement that is a transaction by itself, and answers its rows. Saves its way there and back
    /// twice; for those who do it all the time.
    pub(crate) async fn write_statement<T: FromQueryResult>(
        &self,
        through: &DatabaseConnection,
        statement: Statement,
    ) -> Result<Vec<T>, StoreError> {
        let _pass = self.enter(Turn::InLine).await?;
        self.noted(T::find_by_statement(statement).all(through).await)
    }

    /// PostgreSQL: runs one statement that is a transaction by itself, and answers its rows. Tells of nothing, see
    /// [`Store::tell`].
    pub(crate) async fn run_statement(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Vec<QueryResult>, StoreError> {
        let through = self.intake().clone();
        let statement = Statement::from_sql_and_values(through.get_database_backend(), sql, values);
        in_own_task(async move { Ok(through.query_all_raw(statement).await?) }).await
    }

    /// Waits for the turn to write, where only one can.
    pub(crate) async fn enter(&self, turn: Turn) -> Result<Option<Pass>, StoreError> {
        let Some(turnstile) = &self.inner.turnstile else {
            return Ok(None);
        };
        let pass = tokio::time::timeout(self.inner.patience, turnstile.enter(turn))
            .await
            .map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?;
        if *self.inner.disk_failed.borrow() {
            let why = RuntimeErr::Internal("nothing is written any more".to_owned());
            return Err(StoreError::DiskFailed(DbErr::Conn(why)));
        }
        if self.inner.doubtful.load(Ordering::Relaxed) {
            self.replace_writer(SqliteConnection::is_in_transaction)
                .await?;
            // Only now: if the look itself failed, the next one must look again.
            self.inner.doubtful.store(false, Ordering::Relaxed);
        }
        Ok(Some(pass))
    }

    /// SQLite rolls a transaction back by itself when the disk is full or fails. The driver's own rollback then
    /// finds none and fails, the driver goes on believing in it, makes the next one a part of it, and the
    /// end of that one no commit: what it acknowledged would be gone with the process. A connection that is `stuck`
    /// like this is closed; the pool opens another.
    async fn replace_writer(
        &self,
        stuck: impl FnOnce(&SqliteConnection) -> bool,
    ) -> Result<(), StoreError> {
        let broken = |error: sqlx::Error| DbErr::Conn(RuntimeErr::SqlxError(error.into()));
        let pool = self.writer().get_sqlite_connection_pool();
        let mut connection = pool.acquire().await.map_err(broken)?;
        // The rollback stands in the driver's queue; behind it, its outcome is known.
        connection.ping().await.map_err(broken)?;
        if stuck(&connection) {
            connection.close().await.map_err(broken)?;
        }
        Ok(())
    }

    async fn run<T, E, F, Fut>(
        &self,
        through: &DatabaseConnection,
        turn: Turn,
        tenant: Option<TenantId>,
        work: F,
    ) -> Result<T, E>
    where
        F: FnOnce(UnitOfWork) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (store, through) = (self.clone(), through.clone());
        in_own_task(async move {
            let unit = UnitOfWork::begin(&store, &through, turn, tenant).await?;
            let answer = match work(unit.clone()).await {
                Ok(answer) => answer,
                Err(error) => {
                    unit.roll_back().await;
                    return Err(error);
                }
            };
            store.tell(&store.noted(unit.commit(&store).await)?);
            Ok(answer)
        })
        .await
    }

    pub(crate) fn tell(&self, committed: &Committed) {
        if let Some(mark) = self.high_water().get() {
            mark.raise(committed);
        }
        if committed.events.is_some() || !committed.queues.is_empty() {
            self.inner.listener.committed(committed);
        }
    }
}

/// Runs `work` to its end, even if nobody waits for it any more; a panic in it becomes an error.
async fn in_own_task<T, E, Fut>(work: Fut) -> Result<T, E>
where
    Fut: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    match tokio::spawn(work.in_current_span()).await {
        Ok(outcome) => outcome,
        Err(_) => Err(StoreError::Panicked.into()),
    }
}

/// A running transaction and what it will write last. Dropped without a commit, it is rolled back.
#[derive(Clone)]
pub struct UnitOfWork {
    inner: Arc<Unit>,
}

struct Unit {
    transaction: DatabaseTransaction,
    /// After the transaction, so that it is given back after it.
    _pass: Option<Pass>,
    dialect: Dialect,
    tenant: Option<TenantId>,
    now: Timestamp,
    database_time: DatabaseTime,
    pending: Mutex<Pending>,
}

impl UnitOfWork {
    async fn begin(
        store: &Store,
        through: &DatabaseConnection,
        turn: Turn,
        tenant: Option<TenantId>,
    ) -> Result<Self, StoreError> {
        let pass = store.enter(turn).await?;
        store.inner.doubtful.store(true, Ordering::Relaxed);
        // A deferred transaction that reads and then writes fails at once when somebody wrote between;
        // an immediate one waits its turn. PostgreSQL ignores the mode.
        let options = TransactionOptions {
            sqlite_transaction_mode: match store.dialect() {
                Dialect::Sqlite => Some(SqliteTransactionMode::Immediate),
                Dialect::Postgres => None,
            },
            ..TransactionOptions::default()
        };
        let transaction = through.begin_with_options(options).await?;
        Ok(Self {
            inner: Arc::new(Unit {
                transaction,
                _pass: pass,
                dialect: store.dialect(),
                tenant,
                now: store.clock().now(),
                database_time: store.database_time(),
                pending: Mutex::default(),
            }),
        })
    }

    /// The transaction's connection, for the repositories.
    pub fn db(&self) -> &DatabaseTransaction {
        &self.inner.transaction
    }

    /// The engine.
    pub fn dialect(&self) -> Dialect {
        self.inner.dialect
    }

    /// Whose work it is, unless it belongs to no single tenant.
    pub(crate) fn tenant(&self) -> Option<TenantId> {
        self.inner.tenant
    }

    /// The time of this unit of work: one for all its rows.
    pub fn now(&self) -> Timestamp {
        self.inner.now
    }

    /// The time that leases and due work go by.
    pub(crate) fn database_time(&self) -> DatabaseTime {
        self.inner.database_time
    }

    pub(crate) fn with_pending<T>(&self, change: impl FnOnce(&mut Pending) -> T) -> T {
        // The lock is held for a push only; a panic there leaves whole values behind.
        change(
            &mut self
                .inner
                .pending
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    async fn commit(self, store: &Store) -> Result<Committed, StoreError> {
        let pending = self.with_pending(std::mem::take);
        let committed = match pending.flush(&self, self.inner.tenant).await {
            Ok(committed) => committed,
            Err(error) => {
                self.roll_back().await;
                return Err(error);
            }
        };
        // Only a unit of work that leaked a clone of itself is still shared here; it is rolled back.
        let unit = Arc::try_unwrap(self.inner).map_err(|_| StoreError::Panicked)?;
        unit.transaction.commit().await?;
        store.inner.doubtful.store(false, Ordering::Relaxed);
        Ok(committed)
    }

    /// Undoes it before its caller hears that it failed: who tries again at once must not find locked what it had
    /// locked. Dropping undoes it too, some time later, which is enough where one writer alone blocks nobody.
    async fn roll_back(self) {
        if self.dialect().is_exclusive() {
            return;
        }
        if let Ok(unit) = Arc::try_unwrap(self.inner) {
            // Where the connection is gone, so is the transaction.
            let _ = unit.transaction.rollback().await;
        }
    }
}
