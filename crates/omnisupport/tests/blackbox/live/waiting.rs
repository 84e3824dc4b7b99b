//! Sockets that have not said yet who they are: of each address so many wait, and come in a minute (S66).

use super::*;
use omni_testkit::{Answer, both_engines, eventually};
use reqwest::Method;

const SOCKETS: [&str; 2] = ["/api/v1/ws", "/api/v1/widget/ws"];
const HERE: &str = "203.0.113.9";
const ELSEWHERE: &str = "203.0.113.10";

/// What is answered to a client who asks for one more socket, and is refused.
async fn knocks(app: &TestApp, path: &str, client: &str) -> Answer {
    let stranger = app.stranger();
    let request = stranger
        .request(Method::GET, path)
        .header("Connection", "Upgrade")
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
        .header("X-Forwarded-For", client);
    stranger.send(request).await
}

/// In how many seconds a refused client may try again.
fn wait(answer: &Answer) -> u64 {
    answer.header("retry-after").unwrap().parse().unwrap()
}

both_engines!(
    sockets_that_say_nothing_are_few_and_keep_nobody_else_out,
    |database: TestDatabase| async move {
        let live = LiveOptions {
            first_frame: millis(3_000),
            ..LiveOptions::default()
        };
        let asked = StartOptions {
            live,
            ..StartOptions::default()
        };
        // A sixth of them may wait at once.
        let settings = [
            ("RATE_LIMIT_ADDRESS_PER_MINUTE", "60"),
            ("TRUSTED_PROXIES", "127.0.0.1"),
        ];
        let app = TestApp::start_as(database, &settings, asked).await;
        for path in SOCKETS {
            let mut silent = Vec::new();
            for _ in 0..10 {
                let socket = Socket::open_through(app.addr(), path, HERE).await;
                silent.push(socket.expect("a place to wait in"));
            }
            let answer = knocks(&app, path, HERE).await;
            assert_eq!(wait(&answer), 5, "until all of them have gone");
            answer.refused(429, "rate_limited");
            let other = Socket::open_through(app.addr(), path, ELSEWHERE).await;
            assert!(other.is_some(), "another address has places of its own");

            for mut socket in silent {
                assert_eq!(socket.closed().await, 4401, "silence");
            }
            eventually("a place that is free again", || {
                Socket::open_through(app.addr(), path, HERE)
            })
            .await;
        }
        app.stop().await;
    }
);

both_engines!(
    an_address_opens_so_many_sockets_a_minute,
    |database: TestDatabase| async move {
        let app = TestApp::start_with(database, &[("RATE_LIMIT_ADDRESS_PER_MINUTE", "3")]).await;
        let salon = app.salon().await;
        // One may wait; who has said who he is makes room for the next.
        let mut open = Vec::new();
        for _ in 0..3 {
            let mut socket = salon.socket(salon.owner_id, &salon.owner, None).await;
            socket.expect("operator.connected").await;
            open.push(socket);
        }
        // A header that anybody can write changes nothing.
        for client in [HERE, ELSEWHERE] {
            let answer = knocks(&app, "/api/v1/ws", client).await;
            assert!((1..=20).contains(&wait(&answer)), "{}", wait(&answer));
            answer.refused(429, "rate_limited");
        }
        // What is open stays, and visitors have a door of their own: whoever fills one does not shut the other.
        for socket in &mut open {
            socket.until_pong().await;
        }
        let maria = Visitor::of(&app, &salon, "Мария").await;
        for _ in 0..3 {
            maria.connects(None).await;
        }
        let answer = knocks(&app, "/api/v1/widget/ws", HERE).await;
        answer.refused(429, "rate_limited");
        app.stop().await;
    }
);
