//! What comes from outside takes no more memory than it may.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use futures_util::stream;
use omni_testkit::Process;
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Method};

use crate::site::{Site, binary, settings, telegram};

const MB: u64 = 1024 * 1024;
/// A piece of a large file, and how many there are of it: half a gigabyte.
static PIECE: [u8; 256 * 1024] = [0; 256 * 1024];
const PIECES: usize = 2_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_gigabyte_is_refused_and_never_held() {
    let telegram = telegram().await;
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/omnisupport.db", folder.path().display());
    let mut process = Process::start(binary(), &settings(&url, folder.path(), &telegram)).await;
    let site = Site::open(&process, &telegram).await;
    let before = process.peak_memory();

    let taken = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&taken);
    let pieces = (0..PIECES).map(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        Ok::<_, std::io::Error>(&PIECE[..])
    });
    // Nobody says beforehand how much it will be.
    let file = Part::stream(Body::wrap_stream(stream::iter(pieces))).file_name("film.bin");
    let upload = site.owner.request(Method::POST, "/api/v1/files");
    match upload
        .multipart(Form::new().part("file", file))
        .send()
        .await
    {
        Ok(answer) => assert_eq!(answer.status(), 413),
        // So much more is not even read to tell the sender why.
        Err(error) => assert!(!error.is_timeout(), "{error:?}"),
    }
    assert!(taken.load(Ordering::Relaxed) < PIECES, "all of it was read");
    process.stranger().get("/health").await.expect(200);
    let grown = (process.peak_memory() - before) / MB;
    assert!(grown < 100, "{grown} MB more for a file that is refused");

    // Nearly as much as a webhook may carry, many at once.
    let updates = join_all((1..=20).map(|update| site.receives(update, 900_000)));
    for answer in updates.await {
        answer.expect(200);
    }
    let grown = (process.peak_memory() - before) / MB;
    assert!(grown < 300, "{grown} MB more for twenty large updates");
    assert!(process.terminate().await, "it stops well");
}
