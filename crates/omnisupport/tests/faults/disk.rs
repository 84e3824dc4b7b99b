//! The disk is full: writing answers 503, reading goes on, and all is well once there is room again.

use std::path::Path;
use std::process::Command;

use omni_testkit::{Process, eventually};

use crate::site::{Site, binary, settings, telegram};

/// A small disk of its own. Ends when dropped.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// `None` where we may not mount: then the test says so and passes.
    fn mount(megabytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let size = format!("size={megabytes}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(folder.path())
            .status()
            .is_ok_and(|status| status.success());
        if !mounted {
            eprintln!("left out: a small disk can only be mounted by root");
            return None;
        }
        Some(Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_writes_keeps_reads_and_recovers() {
    let Some(disk) = SmallDisk::mount(24) else {
        return;
    };
    let telegram = telegram().await;
    let url = format!("sqlite://{}/omnisupport.db", disk.path().display());
    let mut process = Process::start(binary(), &settings(&url, disk.path(), &telegram)).await;
    let site = Site::open(&process, &telegram).await;
    site.receives(1, 10).await.expect(200);
    eventually("the first message", || async {
        (site.stored().await == [1]).then_some(())
    })
    .await;

    let ballast = disk.path().join("ballast");
    let mut next = 2;
    // Fill what is left: first by hand, then by messages, until the database has no room.
    let _ = std::fs::write(&ballast, vec![0_u8; 18 * 1024 * 1024]);
    let refused = loop {
        let answer = site.receives(next, 200_000).await;
        if answer.status != 200 {
            break answer;
        }
        next += 1;
        assert!(next < 200, "the disk never filled up");
    };
    refused.refused(503, "storage_full");
    let read = site.owner.get("/api/v1/conversations").await.expect(200);
    assert_eq!(read["total"], 1, "reading goes on");
    assert_eq!(
        process.stranger().get("/health").await.status,
        503,
        "the server says that it is ill"
    );

    std::fs::remove_file(&ballast).unwrap();
    eventually("writing again", || async {
        (site.receives(next, 10).await.status == 200).then_some(())
    })
    .await;
    let expected: Vec<i64> = (1..=next).collect();
    eventually("everything acknowledged", || async {
        (site.stored().await == expected).then_some(())
    })
    .await;

    // What was acknowledged is in the file, not only in a transaction that the server believes to be over.
    process.kill().await;
    process.start_again().await;
    eventually("everything acknowledged, after kill -9", || async {
        (site.stored().await == expected).then_some(())
    })
    .await;
    assert!(process.terminate().await, "it stops well");
}
