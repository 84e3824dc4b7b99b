//! SQLite itself, without any layer between.

use std::time::{Duration, Instant};

use anyhow::Result;
use rusqlite::Connection;

const ROWS_PER_COMMIT: u32 = 64;

pub(super) fn measure(row: &str, time: Duration) -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let mut db = Connection::open(folder.path().join("bare.db"))?;
    db.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         CREATE TABLE bare (row_id INTEGER PRIMARY KEY, payload TEXT NOT NULL) STRICT;",
    )?;
    let start = Instant::now();
    let mut rows: u32 = 0;
    while start.elapsed() < time {
        let transaction = db.transaction()?;
        {
            let mut insert = transaction.prepare("INSERT INTO bare (payload) VALUES (?1)")?;
            for _ in 0..ROWS_PER_COMMIT {
                insert.execute([row])?;
            }
        }
        transaction.commit()?;
        rows += ROWS_PER_COMMIT;
    }
    Ok(f64::from(rows) / start.elapsed().as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_inserts() {
        assert!(measure("row", Duration::from_millis(50)).unwrap() > 10.0);
    }
}
