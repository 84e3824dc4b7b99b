//! A program of somebody's own that takes webhooks: keeps what it got, and answers as it is told.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// How it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manner {
    /// With this status.
    Status(u16),
    /// With this status, and that it wants to be left alone for so many seconds.
    Later(u16, u32),
    /// With this status and an address to go on to.
    Elsewhere(u16, String),
    /// Not at all, as long as the caller waits.
    Silent,
    /// With 200 and a body without an end.
    Endless,
}

/// Something it got.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The header `webhook-id`.
    pub id: String,
    /// The header `webhook-timestamp`.
    pub timestamp: String,
    /// The header `webhook-signature`.
    pub signature: String,
    /// The body as it came.
    pub bytes: Bytes,
    /// The body as JSON.
    pub body: Value,
}

impl Letter {
    /// What it is about.
    pub fn kind(&self) -> &str {
        self.body["type"].as_str().unwrap_or_default()
    }
}

#[derive(Default)]
struct Desk {
    letters: Vec<Letter>,
    usual: Option<Manner>,
    /// For letters in which such words occur.
    special: Vec<(String, Manner)>,
}

/// A running program. Ends when dropped.
pub struct WebhookReceiver {
    desk: Arc<Mutex<Desk>>,
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for WebhookReceiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl WebhookReceiver {
    /// One on a free port, which takes everything.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let desk = Arc::new(Mutex::new(Desk::default()));
        let router = Router::new().fallback(take).with_state(Arc::clone(&desk));
        let task = tokio::spawn(async move {
            // Serving ends only with the task.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            desk,
            address,
            task,
        })
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// What it got so far, in the order in which it came.
    pub fn letters(&self) -> Vec<Letter> {
        lock(&self.desk).letters.clone()
    }

    /// From now on it answers like this, whatever it was told before.
    pub fn answers(&self, manner: Manner) {
        let mut desk = lock(&self.desk);
        desk.special.clear();
        desk.usual = Some(manner);
    }

    /// From now on it answers letters with these words in them like this.
    pub fn answers_to(&self, words: &str, manner: Manner) {
        lock(&self.desk).special.push((words.to_owned(), manner));
    }
}

fn lock(desk: &Mutex<Desk>) -> MutexGuard<'_, Desk> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn take(State(desk): State<Arc<Mutex<Desk>>>, headers: HeaderMap, bytes: Bytes) -> Response {
    let header = |name: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let letter = Letter {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
        body: serde_json::from_slice(&bytes).unwrap_or_default(),
        bytes,
    };
    let manner = {
        let mut desk = lock(&desk);
        let text = String::from_utf8_lossy(&letter.bytes);
        let special = desk.special.iter().find(|(words, _)| text.contains(words));
        let manner = special.map(|(_, manner)| manner.clone());
        let manner = manner.or_else(|| desk.usual.clone());
        desk.letters.push(letter);
        manner.unwrap_or(Manner::Status(200))
    };
    answer(manner).await
}

async fn answer(manner: Manner) -> Response {
    let status = |code: u16| StatusCode::from_u16(code).unwrap_or(StatusCode::OK);
    match manner {
        Manner::Status(code) => status(code).into_response(),
        Manner::Later(code, seconds) => {
            (status(code), [("retry-after", seconds.to_string())]).into_response()
        }
        Manner::Elsewhere(code, to) => (status(code), [("location", to)]).into_response(),
        Manner::Silent => std::future::pending().await,
        Manner::Endless => {
            let words =
                stream::repeat_with(|| Ok::<_, io::Error>(Bytes::from_static(&[b'x'; 4096])));
            Body::from_stream(words).into_response()
        }
    }
}
