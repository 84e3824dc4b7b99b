//! SQLite: how far the database got, kept in a small file beside it.
//!
//! A write-ahead log that was cut or damaged ends SQLite's recovery silently at the last commit that is whole, and
//! a copy without its log is simply an older database: every check of the file itself finds it in order. Only
//! somebody outside can know that there was more.
//!
//! The mark is written after each commit and not synced: after a loss of power it may lag behind the database,
//! which hides a loss at worst, but it never runs ahead of it.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use omni_model::{PlatformScope, TenantId};
use sea_orm::{ConnectionTrait, FromQueryResult, Statement};
use uuid::Uuid;

use crate::{Committed, Store, StoreError};

/// How far a database got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct Reached {
    /// The row key of the newest raw event.
    pub raw_events: i64,
    /// Events of all tenants.
    pub events: i64,
}

impl Reached {
    /// Of a fixed width, so that a newer line covers the older one whole.
    fn line(self) -> String {
        format!("1 {:020} {:020}\n", self.raw_events, self.events)
    }

    fn read(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let (version, raw_events, events) = (words.next()?, words.next()?, words.next()?);
        (version == "1").then_some(Self {
            raw_events: raw_events.parse().ok()?,
            events: events.parse().ok()?,
        })
    }

    fn lacks(self, other: Self) -> bool {
        self.raw_events < other.raw_events || self.events < other.events
    }
}

/// The open mark.
pub(crate) struct HighWater {
    file: File,
    reached: Mutex<Reached>,
}

impl HighWater {
    /// Opens the mark at `path` and puts it where the database is.
    fn open(path: &Path, reached: Reached) -> io::Result<Self> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)?;
        file.write_all_at(reached.line().as_bytes(), 0)?;
        Ok(Self {
            file,
            reached: Mutex::new(reached),
        })
    }

    /// Moves the mark to where a commit brought the database.
    pub(crate) fn raise(&self, commit: &Committed) {
        let added = commit.events.as_ref().map_or(0, |g| g.events.len() as i64);
        if added == 0 && commit.raw_events.is_none() {
            return;
        }
        let mut reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        reached.events += added;
        reached.raw_events = reached.raw_events.max(commit.raw_events.unwrap_or(0));
        // A mark that stays behind hides a loss at worst.
        if let Err(error) = self.file.write_all_at(reached.line().as_bytes(), 0) {
            tracing::debug!(%error, "the mark beside the database was not moved");
        }
    }
}

impl Store {
    /// SQLite: refuses a database that ends before the mark beside it as [`StoreError::Lost`]; from then on the
    /// mark is kept. For the one process that owns the database, at its start.
    pub async fn guard_against_loss(&self) -> Result<(), StoreError> {
        let Some(path) = self.mark() else {
            return Ok(());
        };
        let found = self.reached().await?;
        let reached = std::fs::read_to_string(&path)
            .ok()
            .and_then(|line| Reached::read(&line))
            .unwrap_or_default();
        if found.lacks(reached) {
            return Err(StoreError::Lost { found, reached });
        }
        self.keep_mark(&path, found)
    }

    /// SQLite: goes on with what is left. Numbers of events will be given again, so screens are told to read anew.
    pub async fn accept_loss(&self) -> Result<(), StoreError> {
        let Some(path) = self.mark() else {
            return Ok(());
        };
        let why = PlatformScope::for_reason("the operator of the installation accepts a loss");
        self.write_platform(why, |unit| async move {
            let sql = "UPDATE event_heads SET epoch = $1";
            let backend = unit.db().get_database_backend();
            let epoch = Uuid::from(TenantId::at(unit.now())).into();
            let statement = Statement::from_sql_and_values(backend, sql, [epoch]);
            unit.db().execute_raw(statement).await?;
            Ok::<_, StoreError>(())
        })
        .await?;
        let found = self.reached().await?;
        self.keep_mark(&path, found)
    }

    fn keep_mark(&self, path: &Path, reached: Reached) -> Result<(), StoreError> {
        let mark = HighWater::open(path, reached).map_err(StoreError::Mark)?;
        // A second call finds the mark in place already.
        let _ = self.high_water().set(mark);
        Ok(())
    }

    /// Where the mark lies: beside the database's file.
    fn mark(&self) -> Option<PathBuf> {
        let mut name = self.file()?.as_os_str().to_owned();
        name.push("-reached");
        Some(name.into())
    }

    async fn reached(&self) -> Result<Reached, StoreError> {
        let sql = "SELECT (SELECT COALESCE(MAX(row_id), 0) FROM raw_events) AS raw_events, \
                   (SELECT COALESCE(SUM(seq), 0) FROM event_heads) AS events";
        let backend = self.reader().get_database_backend();
        let row = Reached::find_by_statement(Statement::from_string(backend, sql))
            .one(self.reader())
            .await?;
        Ok(row.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_reads_as_it_was_written() {
        let reached = Reached {
            raw_events: 12,
            events: i64::MAX,
        };
        assert_eq!(Reached::read(&reached.line()), Some(reached));
        assert_eq!(reached.line().len(), Reached::default().line().len());
        for broken in ["", "1", "1 x 2", "2 1 1", "1 1"] {
            assert_eq!(Reached::read(broken), None, "{broken:?}");
        }
    }
}
