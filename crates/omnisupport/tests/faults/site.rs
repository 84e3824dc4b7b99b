//! The server under test.

use std::path::Path;

use omni_simulators::telegram::TelegramSimulator;
pub(crate) use omni_testkit::site::{Site, settings, telegram};
use omni_testkit::{Process, eventually};
use tempfile::TempDir;

/// The binary under test.
pub(crate) fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_omnisupport"))
}

/// A server over an SQLite database of its own.
pub(crate) struct Alone {
    pub(crate) telegram: TelegramSimulator,
    pub(crate) folder: TempDir,
    pub(crate) url: String,
    pub(crate) process: Process,
    pub(crate) site: Site,
}

impl Alone {
    /// Starts it; chat 10 has written message 1.
    pub(crate) async fn with_one_message() -> Self {
        let telegram = telegram().await;
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let url = format!("sqlite://{}/omnisupport.db", folder.path().display());
        let process = Process::start(binary(), &settings(&url, folder.path(), &telegram)).await;
        let site = Site::open(&process, &telegram).await;
        site.receives(1, 10).await.expect(200);
        eventually("the first message", || async {
            (site.stored().await == [1]).then_some(())
        })
        .await;
        Self {
            telegram,
            folder,
            url,
            process,
            site,
        }
    }
}
