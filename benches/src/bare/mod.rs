//! What the engines do with nothing around them, measured in the same minute as a run: on a machine with
//! other work, and between machines, the ratio of the two says more than either number.

mod postgres;
mod sqlite;

use std::time::Duration;

use anyhow::{Context, Result};

use crate::engine::Engine;
use crate::site::Setup;

const TIME: Duration = Duration::from_secs(3);
/// About as long as a short message: what the scale in docs/performance.md was measured with.
const ROW_BYTES: usize = 200;

/// Inserts a second: SQLite with 64 rows a commit at `synchronous=FULL`, PostgreSQL with 32 clients that
/// commit each row.
pub(crate) async fn inserts_per_second(setup: &Setup, engine: Engine) -> Result<f64> {
    let row = "o".repeat(ROW_BYTES);
    match engine {
        Engine::Sqlite => tokio::task::spawn_blocking(move || sqlite::measure(&row, TIME)).await?,
        Engine::Postgres => {
            let cluster = setup.cluster.as_ref().context("no PostgreSQL is given")?;
            postgres::measure(cluster, &row, TIME).await
        }
    }
}
