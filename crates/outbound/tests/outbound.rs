//! The client against real sockets: what never leaves, what is known of what left, and the limits.
#![expect(
    clippy::unwrap_used,
    reason = "in tests it says that something must hold"
)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use omni_outbound::{Answer, Call, Failure, FailureKind, FilePart, Form, Outbound, Phase};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

const PATIENCE: Duration = Duration::from_millis(400);

fn client(allow: &[&str]) -> Outbound {
    Outbound::new(allow.iter().map(|rule| rule.parse().unwrap()).collect()).unwrap()
}

fn failure(phase: Phase, kind: FailureKind) -> Failure {
    Failure { phase, kind }
}

/// A listener that answers each connection as told; counts the bytes it saw.
struct Server {
    address: SocketAddr,
    seen: Arc<AtomicUsize>,
}

#[derive(Clone)]
enum Manner {
    /// Reads the request, then says this and closes.
    Say(Vec<u8>),
    /// Reads the request and stays silent.
    Silent,
    /// Reads the request and resets the connection.
    Reset,
    /// Says this byte by byte, slowly.
    Drip(Vec<u8>),
    /// Says this and keeps talking for ever.
    Endless(Vec<u8>),
}

impl Server {
    async fn with(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(behave(stream, manner.clone(), Arc::clone(&count)));
            }
        });
        Self { address, seen }
    }

    fn url(&self) -> Url {
        Url::parse(&format!("http://{}/bot1:secret/getMe", self.address)).unwrap()
    }

    fn seen(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }
}

async fn behave(mut stream: TcpStream, manner: Manner, seen: Arc<AtomicUsize>) {
    let mut buffer = vec![0; 64 * 1024];
    let read = stream.read(&mut buffer).await.unwrap_or(0);
    seen.fetch_add(read, Ordering::SeqCst);
    match manner {
        Manner::Say(words) => {
            let _ = stream.write_all(&words).await;
        }
        Manner::Silent => tokio::time::sleep(Duration::from_secs(60)).await,
        Manner::Reset => {
            let _ = stream.set_zero_linger();
        }
        Manner::Drip(words) => {
            for byte in words {
                let _ = stream.write_all(&[byte]).await;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        Manner::Endless(words) => {
            let _ = stream.write_all(&words).await;
            while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
        }
    }
}

fn http(words: &str) -> Vec<u8> {
    words.replace('\n', "\r\n").into_bytes()
}

async fn post(server: &Server) -> Result<Answer, Failure> {
    let url = server.url();
    let call = Call::to(&url).within(PATIENCE).at_most(1000);
    client(&["127.0.0.0/8"])
        .post_json(call, &json!({"text": "Привет"}))
        .await
}

#[tokio::test]
async fn nothing_reaches_a_listener_inside() {
    let canary = Server::with(Manner::Say(http("HTTP/1.1 200 OK\nContent-Length: 0\n\n"))).await;
    let port = canary.address.port();
    let disguises = [
        "127.0.0.1",
        "127.1",
        "0",
        "0.0.0.0",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "localhost",
        "LOCALHOST",
        "user@127.0.0.1",
    ];
    let outbound = client(&["10.9.8.0/24", "elsewhere.example"]);
    for host in disguises {
        let url = Url::parse(&format!("http://{host}:{port}/")).unwrap();
        let blocked = failure(Phase::NotSent, FailureKind::Blocked);
        let call = || Call::to(&url).within(PATIENCE);
        assert_eq!(
            outbound.post_json(call(), &json!({})).await.unwrap_err(),
            blocked,
            "{host}"
        );
        assert_eq!(outbound.get(call()).await.unwrap_err(), blocked, "{host}");
        let form = Form::default().text("a", "b");
        assert_eq!(
            outbound.post_form(call(), form).await.unwrap_err(),
            blocked,
            "{host}"
        );
    }
    assert_eq!(canary.seen(), 0);
    // The same listener, once somebody vouches for it: by address or by name.
    let vouched = client(&["127.0.0.1", "localhost"]);
    for host in ["127.0.0.1", "localhost"] {
        let url = Url::parse(&format!("http://{host}:{port}/")).unwrap();
        let answer = vouched.get(Call::to(&url).within(PATIENCE)).await.unwrap();
        assert_eq!(answer.status, 200, "{host}");
    }
    assert!(canary.seen() > 0);
}

#[tokio::test]
async fn redirects_are_answers_and_are_not_followed() {
    let canary = Server::with(Manner::Silent).await;
    let to = format!(
        "HTTP/1.1 307 Temporary Redirect\nLocation: http://{}/\nContent-Length: 0\n\n",
        canary.address
    );
    let server = Server::with(Manner::Say(http(&to))).await;
    assert_eq!(post(&server).await.unwrap().status, 307);
    assert_eq!(canary.seen(), 0);
}

#[tokio::test]
async fn a_refused_connection_has_sent_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let url = Url::parse(&format!("http://{address}/")).unwrap();
    let outbound = client(&["127.0.0.1"]);
    let error = outbound
        .post_json(Call::to(&url), &json!({}))
        .await
        .unwrap_err();
    assert_eq!(error, failure(Phase::NotSent, FailureKind::Connect));
    let error = outbound.get(Call::to(&url)).await.unwrap_err();
    assert_eq!(error, failure(Phase::NotSent, FailureKind::Connect));
}

#[tokio::test]
async fn a_name_that_nobody_knows_has_sent_nothing() {
    let url = Url::parse("http://no-such-host.invalid/").unwrap();
    let error = client(&[])
        .post_json(Call::to(&url), &json!({}))
        .await
        .unwrap_err();
    assert_eq!(error, failure(Phase::NotSent, FailureKind::Dns));
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_has_seen_nothing_of_the_request() {
    let server = Server::with(Manner::Say(b"what?".to_vec())).await;
    let mut url = server.url();
    url.set_scheme("https").unwrap();
    let call = Call::to(&url).within(PATIENCE);
    let error = client(&["127.0.0.1"])
        .post_json(call, &json!({}))
        .await
        .unwrap_err();
    assert_eq!(error, failure(Phase::NotSent, FailureKind::Connect));
}

#[tokio::test]
async fn a_connection_that_never_stands_is_a_timeout_without_harm() {
    // A listener whose line of waiting connections is full takes no more.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    for _ in 0..8 {
        let attempt = tokio::time::timeout(Duration::from_millis(100), TcpStream::connect(address));
        waiting.push(attempt.await);
    }
    let url = Url::parse(&format!("http://{address}/")).unwrap();
    let call = Call::to(&url).within(PATIENCE);
    let error = client(&["127.0.0.1"])
        .post_json(call, &json!({}))
        .await
        .unwrap_err();
    assert_eq!(error, failure(Phase::NotSent, FailureKind::Timeout));
}

#[tokio::test]
async fn whatever_fails_after_the_request_began_may_have_been_seen() {
    let cases = [
        (Manner::Silent, FailureKind::Timeout),
        (Manner::Reset, FailureKind::Reset),
        (Manner::Say(Vec::new()), FailureKind::Reset),
        (
            Manner::Say(http("HTTP/1.1 200 OK\nContent-Length: 100\n\nhalf")),
            FailureKind::Reset,
        ),
        (
            Manner::Say(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()),
            FailureKind::Protocol,
        ),
        (
            Manner::Say(http("HTTP/1.1 200 OK\nContent-Length: 1001\n\n")),
            FailureKind::TooLarge,
        ),
        (
            Manner::Endless(http("HTTP/1.1 200 OK\n\n")),
            FailureKind::TooLarge,
        ),
        (
            Manner::Drip(http("HTTP/1.1 200 OK\nContent-Length: 5\n\nhello")),
            FailureKind::Timeout,
        ),
    ];
    for (manner, kind) in cases {
        let server = Server::with(manner).await;
        let begun = Instant::now();
        let error = post(&server).await.unwrap_err();
        assert_eq!(error, failure(Phase::MaybeSent, kind));
        assert!(begun.elapsed() < PATIENCE * 2, "{kind:?} took too long");
        assert!(server.seen() > 0);
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
}

#[tokio::test]
async fn answers_come_whole_with_what_callers_need() {
    let words = "HTTP/1.1 429 Too Many Requests\nContent-Type: application/json\nRetry-After: 5\nContent-Length: 2\n\n{}";
    let server = Server::with(Manner::Say(http(words))).await;
    let answer = post(&server).await.unwrap();
    assert_eq!(answer.status, 429);
    assert_eq!(answer.retry_after, Some(Duration::from_secs(5)));
    assert_eq!(answer.content_type.as_deref(), Some("application/json"));
    assert_eq!(&answer.body[..], b"{}");
}

/// Many servers close idle connections without a word: the next call must not suffer from it.
#[tokio::test]
async fn a_connection_that_was_closed_meanwhile_is_replaced() {
    let words = "HTTP/1.1 200 OK\nContent-Length: 2\n\n{}";
    let server = Server::with(Manner::Say(http(words))).await;
    let outbound = client(&["127.0.0.1"]);
    let url = server.url();
    for _ in 0..5 {
        let call = Call::to(&url).within(PATIENCE);
        assert_eq!(
            outbound.post_json(call, &json!({})).await.unwrap().status,
            200
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn streams_are_cut_at_their_limit() {
    let server = Server::with(Manner::Endless(http("HTTP/1.1 200 OK\n\n"))).await;
    let url = server.url();
    let call = Call::to(&url)
        .within(Duration::from_secs(5))
        .at_most(100_000);
    let stream = client(&["127.0.0.1"]).get_stream(call).await.unwrap();
    let mut taken = 0;
    let end = stream
        .body
        .try_for_each(|chunk| {
            taken += chunk.len();
            std::future::ready(Ok(()))
        })
        .await;
    assert_eq!(end, Err(failure(Phase::MaybeSent, FailureKind::TooLarge)));
    assert!(taken <= 100_000, "{taken} bytes taken");
}

#[tokio::test]
async fn forms_tell_their_length_and_carry_their_file() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    let seen = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        let mut buffer = [0; 4096];
        while !request.ends_with(b"--\r\n") {
            let read = stream.read(&mut buffer).await.unwrap();
            request.extend_from_slice(&buffer[..read]);
        }
        let _ = stream.write_all(&http("HTTP/1.1 204 No Content\n\n")).await;
        String::from_utf8(request).unwrap()
    });
    let file = FilePart {
        bytes: "содержимое".into(),
        file_name: "счёт \"5\"\r\nX-Evil: 1.pdf".to_owned(),
        mime_type: "application/pdf".to_owned(),
    };
    let form = Form::default()
        .text("chat_id", "111")
        .file("document", file);
    let call = Call::to(&url).within(PATIENCE);
    let answer = client(&["127.0.0.1"]).post_form(call, form).await.unwrap();
    assert_eq!(answer.status, 204);
    let request = seen.await.unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(
        head.contains(&format!("content-length: {}", body.len())),
        "{head}"
    );
    assert!(body.contains("filename=\"счёт '5'__X-Evil: 1.pdf\"\r\nContent-Type: application/pdf"));
    assert!(body.contains("содержимое"));
}

/// The one test that looks at the machine: without certificates nothing outside could be called.
#[tokio::test]
async fn this_machines_certificates_serve() {
    assert!(Outbound::new(Vec::new()).is_ok());
}

#[tokio::test]
async fn an_endless_answer_is_a_receipt() {
    let endless = Server::with(Manner::Endless(http("HTTP/1.1 202 Accepted\n\n"))).await;
    let slow = Server::with(Manner::Drip(http("HTTP/1.1 200 OK\n\nabcdefgh"))).await;
    let broken = Server::with(Manner::Say(http(
        "HTTP/1.1 503 Later\nRetry-After: 7\nContent-Length: 9\n\nshort",
    )))
    .await;
    for (server, status, wait) in [
        (&endless, 202, None),
        (&slow, 200, None),
        (&broken, 503, Some(Duration::from_secs(7))),
    ] {
        let url = server.url();
        let call = Call::to(&url).within(Duration::from_secs(5)).at_most(4096);
        let receipt = client(&["127.0.0.0/8"])
            .post_for_receipt(call, "application/json", "{}".into())
            .await
            .unwrap();
        assert_eq!((receipt.status, receipt.retry_after), (status, wait));
    }
    let url = Server::with(Manner::Silent).await.url();
    let call = Call::to(&url).within(PATIENCE);
    let silent = client(&["127.0.0.0/8"])
        .post_for_receipt(call, "text/plain", "x".into())
        .await;
    let late = failure(Phase::MaybeSent, FailureKind::Timeout);
    assert_eq!(silent.unwrap_err(), late);
}
