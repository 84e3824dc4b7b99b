//! Everybody comes back at once after the server died.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use omni_testkit::{
    Process, Socket, TestDatabase, both_engines, eventually, is_soak, limit_open_files, seqs,
};
use uuid::Uuid;

use crate::site::{Site, binary, settings, telegram};

/// Pages of one person: less than anybody may have.
const PAGES: usize = 60;
/// How long one of a hundred may wait for what he missed, at most.
const PATIENCE: Duration = Duration::from_secs(10);

/// Somebody with the page open.
#[derive(Clone)]
struct Viewer {
    addr: SocketAddr,
    id: Uuid,
    token: String,
}

impl Viewer {
    /// Opens the page.
    async fn comes(&self) -> Socket {
        let mut socket = Socket::operator(self.addr, self.id, &self.token, None).await;
        socket.expect("operator.connected").await;
        socket
    }

    /// Comes back after this long, knowing all up to `last`; how long it took to be told the rest up to `head`.
    async fn comes_back(self, after: Duration, last: i64, head: i64) -> Duration {
        tokio::time::sleep(after).await;
        let begun = Instant::now();
        let mut socket = Socket::operator(self.addr, self.id, &self.token, Some(last)).await;
        socket.expect("operator.connected").await;
        let frames = socket.up_to(head).await;
        if frames[0]["type"] != "resync" {
            assert_eq!(seqs(&frames), (last + 1..=head).collect::<Vec<_>>());
        }
        begun.elapsed()
    }
}

both_engines!(
    a_crowd_that_comes_back_at_once_misses_nothing,
    |database: TestDatabase| async move {
        // Each page takes a descriptor here and one there; the server may have as many as we.
        if is_soak() && !limit_open_files(std::process::id(), 2 * pages()) {
            return;
        }
        let telegram = telegram().await;
        let mut settings = settings(&database.url, &database.folder().join("data"), &telegram);
        if !is_soak() {
            // As it comes: an office that comes back at once is no flood.
            settings.retain(|(name, _)| *name != "RATE_LIMIT_ADDRESS_PER_MINUTE");
        }
        let mut process = Process::start(binary(), &settings).await;
        let site = Site::open(&process, &telegram).await;
        let mut crowd = Vec::new();
        for person in 0..pages().div_ceil(PAGES) {
            let name = format!("operator-{person}");
            let id = site.hires(&name, 10).await;
            let viewer = Viewer {
                addr: site.owner.addr(),
                id,
                token: site.signs_in(&name).await.token().to_owned(),
            };
            crowd.extend(std::iter::repeat_n(viewer, PAGES));
        }
        crowd.truncate(pages());
        let last = site.head().await;
        let mut open = Vec::new();
        for group in crowd.chunks(50) {
            open.extend(join_all(group.iter().map(Viewer::comes)).await);
        }

        // Told to pages that the news does not reach any more.
        let expected: Vec<i64> = (1..=20).collect();
        for &number in &expected {
            site.receives(number, 10).await.expect(200);
        }
        eventually("all messages", || async {
            (site.stored().await == expected).then_some(())
        })
        .await;
        process.kill().await;
        drop(open);
        process.start_again().await;
        let head = site.head().await;

        let coming = crowd.into_iter().enumerate().map(|(at, viewer)| {
            // All within a second, as pages do it.
            let after = Duration::from_millis(at as u64 * 37 % 1_000);
            tokio::spawn(viewer.comes_back(after, last, head))
        });
        let mut waited = Vec::new();
        for told in coming.collect::<Vec<_>>() {
            waited.push(told.await.expect("everybody is told"));
        }
        waited.sort_unstable();
        let longest = waited[waited.len() * 99 / 100];
        eprintln!("one of a hundred waited {longest:?} or longer");
        assert!(longest < PATIENCE, "{longest:?}");
        assert!(process.terminate().await, "it stops well");
    }
);

/// Three hundred in the suite, five thousand in a soak.
fn pages() -> usize {
    if is_soak() { 5_000 } else { 300 }
}
