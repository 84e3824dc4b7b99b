//! How far the server is, read from its database: what it says of itself is not asked.

use anyhow::Result;
use sea_orm::{ConnectOptions, Database, DatabaseConnection};

use crate::engine::one;

/// A view into the server's database.
pub(crate) struct Progress {
    db: DatabaseConnection,
}

impl Progress {
    pub(crate) async fn open(url: &str) -> Result<Self> {
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(1)
            .test_before_acquire(false)
            .sqlx_logging(false);
        Ok(Self {
            db: Database::connect(options).await?,
        })
    }

    pub(crate) async fn close(self) -> Result<()> {
        Ok(self.db.close().await?)
    }

    /// Whether every stored event has become a message and every conversation has an operator: a lane is
    /// a row as long as it has work.
    pub(crate) async fn is_idle(&self) -> Result<bool> {
        let sql = "SELECT COUNT(*) AS value FROM \
                   (SELECT 1 FROM lanes WHERE queue IN ('inbound', 'route') LIMIT 1) AS busy";
        Ok(one::<i64>(&self.db, sql).await? == 0)
    }

    /// Stored events that are not messages yet.
    pub(crate) async fn waiting(&self) -> Result<i64> {
        one(
            &self.db,
            "SELECT COUNT(*) AS value FROM raw_events WHERE state = 'pending'",
        )
        .await
    }

    /// Stored events that the server gave up on.
    pub(crate) async fn set_aside(&self) -> Result<i64> {
        one(
            &self.db,
            "SELECT COUNT(*) AS value FROM raw_events WHERE state = 'dead'",
        )
        .await
    }

    /// Stored events of any state.
    pub(crate) async fn stored(&self) -> Result<i64> {
        one(&self.db, "SELECT COUNT(*) AS value FROM raw_events").await
    }

    pub(crate) async fn messages(&self) -> Result<i64> {
        one(&self.db, "SELECT COUNT(*) AS value FROM messages").await
    }

    /// Open conversations that no operator has.
    pub(crate) async fn unassigned(&self) -> Result<i64> {
        let sql = "SELECT COUNT(*) AS value FROM conversations \
                   WHERE assigned_to IS NULL AND status = 'open'";
        one(&self.db, sql).await
    }

    /// Events that tell of a message: as many as there are messages, or something was lost.
    pub(crate) async fn told(&self) -> Result<i64> {
        one(
            &self.db,
            "SELECT COUNT(*) AS value FROM events WHERE kind = 'message.new'",
        )
        .await
    }
}
