//! Where a server is measured: a folder and a database that nobody used before, and a Telegram of its own.

use anyhow::Result;
use omni_simulators::telegram::TelegramSimulator;
use tempfile::TempDir;

use crate::engine::{Engine, FreshDatabase};
use crate::server::Launch;
use crate::site::Setup;

/// Gone when dropped, but for a database on PostgreSQL: that is removed by [`Ground::clear`].
pub(crate) struct Ground {
    pub(crate) launch: Launch,
    pub(crate) database: FreshDatabase,
    pub(crate) telegram: TelegramSimulator,
    _folder: TempDir,
}

impl Ground {
    pub(crate) async fn make(setup: &Setup, engine: Engine) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("omnisupport-bench.")
            .tempdir()?;
        let database = FreshDatabase::make(engine, folder.path(), setup.cluster.as_ref()).await?;
        let telegram = TelegramSimulator::start().await?;
        let launch = Launch {
            binary: setup.binary.clone(),
            data_dir: folder.path().join("data"),
            database_url: database.url.clone(),
            telegram_url: telegram.base_url().to_string(),
        };
        Ok(Self {
            launch,
            database,
            telegram,
            _folder: folder,
        })
    }

    /// Removes the database.
    pub(crate) async fn clear(self) -> Result<()> {
        self.database.remove().await
    }
}
