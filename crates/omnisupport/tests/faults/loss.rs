//! The disk lies or loses: a failed write or `fsync` ends the server before it acknowledges anything on top of it, and
//! a database that ends too early is not taken for whole.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use omni_testkit::{Onlooker, Process, eventually};

use crate::site::{Alone, Site, binary, settings, telegram};

/// Makes some system calls of a process fail, until dropped.
struct FailingDisk(Child);

impl FailingDisk {
    /// `None` where processes cannot be traced: then the test says so and passes.
    async fn of(pid: u32, calls: &str) -> Option<Self> {
        let tracer = Command::new("strace")
            .args(["-f", "-qq", "-o", "/dev/null"])
            .args(["-e", &format!("trace={calls}")])
            .args(["-e", &format!("inject={calls}:error=EIO")])
            .args(["-p", &pid.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut tracer) = tracer else {
            eprintln!("left out: strace is not there to make {calls} fail");
            return None;
        };
        let status = format!("/proc/{pid}/status");
        for _ in 0..100 {
            let traced = std::fs::read_to_string(&status)
                .is_ok_and(|status| !status.contains("TracerPid:\t0"));
            if traced {
                // Threads are attached one after the other.
                tokio::time::sleep(Duration::from_millis(300)).await;
                return Some(Self(tracer));
            }
            if tracer.try_wait().is_ok_and(|ended| ended.is_some()) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        eprintln!("left out: strace may not trace here");
        None
    }
}

impl Drop for FailingDisk {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_sync_ends_the_server_and_loses_nothing_acknowledged() {
    ends_and_loses_nothing("fsync,fdatasync").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_write_ends_the_server_and_loses_nothing_acknowledged() {
    ends_and_loses_nothing("pwrite64").await;
}

/// The story of a server on a disk where these calls fail.
async fn ends_and_loses_nothing(calls: &str) {
    let telegram = telegram().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite://{}/omnisupport.db", folder.path().display());
    let settings = settings(&url, folder.path(), &telegram);
    let mut process = Process::start(binary(), &settings).await;
    let site = Site::open(&process, &telegram).await;
    for update in 1..=3 {
        site.receives(update, 10).await.expect(200);
    }
    let Some(failing) = FailingDisk::of(process.pid(), calls).await else {
        return;
    };
    let refused = site.try_receives(4, 10).await;
    assert_ne!(
        refused,
        Some(200),
        "nothing is acknowledged on a broken disk"
    );
    assert_eq!(process.ends().await, Some(74));
    drop(failing);

    process.start_again().await;
    // Whoever got no answer repeats it.
    site.receives(4, 10).await.expect(200);
    eventually("everything once and in order", || async {
        (site.stored().await == [1, 2, 3, 4]).then_some(())
    })
    .await;
    assert!(process.terminate().await);
}

/// What a server says that does not start.
fn start_of(folder: &Path, arguments: &[&str]) -> Output {
    Command::new("timeout")
        .args(["--signal=TERM", "20"])
        .arg(binary())
        .arg("serve")
        .args(arguments)
        .env_clear()
        .env("DATA_DIR", folder)
        .env("HTTP_ADDR", "127.0.0.1:0")
        .output()
        .expect("the binary runs")
}

fn copy_all(from: &Path, to: &Path) {
    let copied = Command::new("cp")
        .arg("-a")
        .arg(from.join("."))
        .arg(to)
        .status();
    assert!(copied.is_ok_and(|status| status.success()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_ends_too_early_is_not_taken_for_whole() {
    let Alone {
        mut process,
        site,
        telegram,
        folder,
        url,
    } = Alone::with_one_message().await;
    let file = folder.path().join("omnisupport.db");
    eventually("it in the file itself, out of the log", || async {
        let bytes = std::fs::read(&file).unwrap();
        let name = "Ира".as_bytes();
        bytes
            .windows(name.len())
            .any(|window| window == name)
            .then_some(())
    })
    .await;
    let onlooker = Onlooker::of(&url).await;
    for update in 2..=20 {
        site.receives(update, 10).await.expect(200);
    }
    process.kill().await;
    let crashed = tempfile::tempdir().unwrap();
    copy_all(folder.path(), crashed.path());
    drop(onlooker);

    // Without the index of the log, which is made anew, nothing is missing.
    let whole = tempfile::tempdir().unwrap();
    copy_all(crashed.path(), whole.path());
    std::fs::remove_file(whole.path().join("omnisupport.db-shm")).unwrap();
    let url = format!("sqlite://{}/omnisupport.db", whole.path().display());
    let mut again = Process::start(binary(), &settings(&url, whole.path(), &telegram)).await;
    let expected: Vec<i64> = (1..=20).collect();
    let there = site.at(&again).await;
    eventually("all messages", || async {
        (there.stored().await == expected).then_some(())
    })
    .await;
    assert!(again.terminate().await);

    type Damage = fn(&Path);
    let damages: [(&str, Damage); 3] = [
        ("cut in half", |log| {
            let half = std::fs::metadata(log).unwrap().len() / 2;
            let file = std::fs::File::options().write(true).open(log).unwrap();
            file.set_len(half).unwrap();
        }),
        ("bytes flipped", |log| {
            let mut bytes = std::fs::read(log).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle..middle + 8]
                .iter_mut()
                .for_each(|byte| *byte ^= 0xff);
            std::fs::write(log, bytes).unwrap();
        }),
        ("left behind", |log| std::fs::remove_file(log).unwrap()),
    ];
    for (what, damage) in damages {
        let damaged = tempfile::tempdir().unwrap();
        copy_all(crashed.path(), damaged.path());
        damage(&damaged.path().join("omnisupport.db-wal"));
        let refused = start_of(damaged.path(), &[]);
        let said = String::from_utf8_lossy(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{what}: {said}");
        assert!(said.contains("--accept-loss"), "{what}: {said}");
    }

    // Whoever knows what he does goes on with what is left.
    std::fs::remove_file(crashed.path().join("omnisupport.db-wal")).unwrap();
    let url = format!("sqlite://{}/omnisupport.db", crashed.path().display());
    let settings = settings(&url, crashed.path(), &telegram);
    let mut rest = Process::start_with(binary(), &["--accept-loss"], &settings).await;
    assert!(rest.terminate().await);
    rest.start_again().await;
    let left = site.at(&rest).await;
    eventually("what is left", || async {
        (left.stored().await.first() == Some(&1)).then_some(())
    })
    .await;
}
