//! No file can be opened any more: whoever is connected is answered, and all is well once others have gone.

use std::time::Duration;

use omni_testkit::{eventually, limit_open_files, within};
use reqwest::Method;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::site::Alone;

/// How long an answer may take, and one over a connection that is open.
const PATIENCE: Duration = Duration::from_secs(20);
const AT_ONCE: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_out_of_descriptors_answers_and_recovers() {
    let Alone {
        mut process,
        site,
        telegram: _telegram,
        folder: _folder,
        url: _,
    } = Alone::with_one_message().await;
    if !limit_open_files(process.pid(), 64) {
        return;
    }
    let mut crowd = Vec::new();
    // More than it can take, and no more than the system keeps waiting.
    for _ in 0..120 {
        crowd.push(TcpStream::connect(site.owner.addr()).await.unwrap());
    }

    // Over the connection that was there before; a call that finds it busy opens another, which nobody accepts.
    let health = within(PATIENCE, "health", || async {
        timeout(AT_ONCE, site.owner.get("/health")).await.ok()
    });
    let health = health.await.status;
    assert!([200, 503].contains(&health), "{health}");
    let received = within(PATIENCE, "a webhook's answer", || async {
        timeout(AT_ONCE, site.receives(2, 10)).await.ok()
    });
    let received = received.await.status;
    assert!([200, 503].contains(&received), "{received}");

    drop(crowd);
    let recovery = Duration::from_secs(35);
    within(recovery, "health over a new connection", || async {
        let call = process.stranger().request(Method::GET, "/health");
        let answer = call.send().await.ok()?;
        answer.status().is_success().then_some(())
    })
    .await;
    let site = site.at(&process).await;
    site.receives(2, 10).await.expect(200);
    eventually("everything once and in order", || async {
        (site.stored().await == [1, 2]).then_some(())
    })
    .await;
    let file = b"a file".to_vec();
    let uploaded = site
        .owner
        .upload("/api/v1/files", "a.txt", "text/plain", file);
    uploaded.await.expect(201);
    assert!(process.terminate().await, "it stops well");
}
