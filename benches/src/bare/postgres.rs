//! PostgreSQL through the driver alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::Result;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};
use tokio::time::Instant;
use url::Url;

use crate::engine::{Engine, FreshDatabase};

const CLIENTS: u32 = 32;

pub(super) async fn measure(cluster: &Url, row: &str, time: Duration) -> Result<f64> {
    let nowhere = std::env::temp_dir();
    let database = FreshDatabase::make(Engine::Postgres, &nowhere, Some(cluster)).await?;
    let mut options = ConnectOptions::new(&database.url);
    options
        .max_connections(CLIENTS)
        .min_connections(CLIENTS)
        .test_before_acquire(false)
        .sqlx_logging(false);
    let db = Database::connect(options).await?;
    db.execute_unprepared(
        "CREATE TABLE bare (row_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payload TEXT NOT NULL)",
    )
    .await?;
    let commits = commit_from_all(&db, row, time).await;
    db.close().await?;
    database.remove().await?;
    commits
}

async fn commit_from_all(db: &DatabaseConnection, row: &str, time: Duration) -> Result<f64> {
    let start = Instant::now();
    let commits = Arc::new(AtomicU32::new(0));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (db, row, commits) = (db.clone(), row.to_owned(), Arc::clone(&commits));
            tokio::spawn(async move {
                while start.elapsed() < time {
                    let statement = Statement::from_sql_and_values(
                        db.get_database_backend(),
                        "INSERT INTO bare (payload) VALUES ($1)",
                        [row.as_str().into()],
                    );
                    db.execute_raw(statement).await?;
                    commits.fetch_add(1, Ordering::Relaxed);
                }
                Ok::<_, sea_orm::DbErr>(())
            })
        })
        .collect();
    for client in clients {
        client.await??;
    }
    Ok(f64::from(commits.load(Ordering::Relaxed)) / start.elapsed().as_secs_f64())
}
