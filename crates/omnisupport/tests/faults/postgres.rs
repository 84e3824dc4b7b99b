//! PostgreSQL dies and comes back under load: what was acknowledged is there, in order, and the server needs no restart.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use omni_testkit::{Process, within};

use crate::site::{Site, binary, settings, telegram};

/// A PostgreSQL of its own, so that killing it disturbs nobody.
struct Cluster {
    url: String,
    folder: PathBuf,
}

impl Cluster {
    /// `None` where there is none to be had.
    fn start() -> Option<Self> {
        let output = script(&["start"]).output().ok()?;
        let exports = String::from_utf8(output.stdout).ok()?;
        let value = |name: &str| {
            exports
                .lines()
                .find_map(|line| line.strip_prefix(&format!("export {name}=")))
        };
        match (value("TEST_DATABASE_URL"), value("OMNISUPPORT_POSTGRES")) {
            (Some(url), Some(folder)) => Some(Self {
                url: url.to_owned(),
                folder: PathBuf::from(folder),
            }),
            _ => {
                eprintln!("left out: no PostgreSQL can be started here");
                None
            }
        }
    }

    fn crash(&self) {
        let crashed = script(&["crash"])
            .arg(&self.folder)
            .status()
            .expect("the script runs");
        assert!(crashed.success());
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = script(&["stop"]).arg(&self.folder).status();
    }
}

fn script(arguments: &[&str]) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut command = Command::new("bash");
    command
        .arg("scripts/postgres.sh")
        .args(arguments)
        .current_dir(root);
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_dies_under_load_loses_nothing_acknowledged() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let telegram = telegram().await;
    let folder = tempfile::tempdir().unwrap();
    let mut process =
        Process::start(binary(), &settings(&cluster.url, folder.path(), &telegram)).await;
    let site = Site::open(&process, &telegram).await;
    let mut number = 0;
    for _ in 0..3 {
        for _ in 0..40 {
            number += 1;
            site.receives(number, 10).await.expect(200);
        }
        cluster.crash();
        // A provider repeats until it is taken.
        number += 1;
        within(Duration::from_secs(20), "the database again", || async {
            (site.receives(number, 10).await.status == 200).then_some(())
        })
        .await;
    }
    let expected: Vec<i64> = (1..=number).collect();
    within(
        Duration::from_secs(45),
        "everything acknowledged",
        || async { (site.stored().await == expected).then_some(()) },
    )
    .await;
    assert!(process.terminate().await, "it stops well");
}
