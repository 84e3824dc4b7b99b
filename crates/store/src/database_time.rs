//! The time that leases and due work go by: not that of whichever server asks, and one that is never set.

use std::time::Instant;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement};

use crate::Dialect;

/// Milliseconds since 1970, as an expression in SQL.
#[derive(Clone, Copy, Debug)]
pub(crate) enum DatabaseTime {
    /// PostgreSQL's clock, which all servers share.
    Shared,
    /// SQLite has but this process's wall clock, and that may be set while work waits: what it said when the database
    /// was opened, and how long ago that is.
    Opened { at: i64, since: Instant },
}

impl DatabaseTime {
    pub(crate) async fn of(db: &DatabaseConnection) -> Result<Self, DbErr> {
        if !Dialect::of(db).is_exclusive() {
            return Ok(Self::Shared);
        }
        let sql = format!("SELECT {}", Dialect::Sqlite.clock());
        let row = db
            .query_one_raw(Statement::from_string(db.get_database_backend(), sql))
            .await?;
        Ok(Self::Opened {
            at: row
                .map(|row| row.try_get_by_index(0))
                .transpose()?
                .unwrap_or(0),
            since: Instant::now(),
        })
    }

    /// The expression for now.
    pub(crate) fn now(self) -> String {
        match self {
            Self::Shared => Dialect::Postgres.clock().to_owned(),
            Self::Opened { at, since } => {
                let passed = i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX);
                at.saturating_add(passed).to_string()
            }
        }
    }
}
