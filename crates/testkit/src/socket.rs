//! A socket as a browser has it.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use uuid::Uuid;

/// How long to wait for a frame.
const PATIENCE: Duration = Duration::from_secs(10);

/// An open socket.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Socket {
    /// Opens a socket and says nothing.
    ///
    /// # Panics
    /// When the server refuses it.
    pub async fn open(addr: SocketAddr, path: &str) -> Self {
        let (stream, _) = connect_async(format!("ws://{addr}{path}"))
            .await
            .expect("the socket opens");
        Self { stream }
    }

    /// Opens a socket from a page of this origin, as its browser tells it.
    ///
    /// # Panics
    /// When the server refuses it.
    pub async fn open_from(addr: SocketAddr, path: &str, origin: &'static str) -> Self {
        let mut request = format!("ws://{addr}{path}")
            .into_client_request()
            .expect("an address makes a request");
        request
            .headers_mut()
            .insert("origin", HeaderValue::from_static(origin));
        let (stream, _) = connect_async(request).await.expect("the socket opens");
        Self { stream }
    }

    /// Opens a socket through a proxy that names this client; `None` when the server refuses it.
    pub async fn open_through(addr: SocketAddr, path: &str, client: &'static str) -> Option<Self> {
        let mut request = format!("ws://{addr}{path}")
            .into_client_request()
            .expect("an address makes a request");
        request
            .headers_mut()
            .insert("x-forwarded-for", HeaderValue::from_static(client));
        let (stream, _) = connect_async(request).await.ok()?;
        Some(Self { stream })
    }

    /// An operator's socket, connected; the answer to the first frame is left to be read.
    pub async fn operator(
        addr: SocketAddr,
        operator_id: Uuid,
        token: &str,
        last_seq: Option<i64>,
    ) -> Self {
        let mut socket = Self::open(addr, "/api/v1/ws").await;
        let mut hello =
            json!({"type": "operator.connect", "operator_id": operator_id, "token": token});
        if let Some(last_seq) = last_seq {
            hello["last_seq"] = last_seq.into();
        }
        socket.say(&hello).await;
        socket
    }

    /// Sends a frame.
    pub async fn say(&mut self, frame: &Value) {
        self.stream
            .send(Message::text(frame.to_string()))
            .await
            .expect("the socket is open");
    }

    /// Sends anything.
    pub async fn send(&mut self, message: Message) {
        let _ = self.stream.send(message).await;
    }

    /// The next frame; `None` when the socket closed.
    ///
    /// # Panics
    /// When nothing comes.
    pub async fn next(&mut self) -> Option<Value> {
        match self.next_or_end(PATIENCE).await {
            Some(Ok(frame)) => Some(frame),
            Some(Err(_)) => None,
            None => panic!("no frame came"),
        }
    }

    /// The next frame of this type; others are passed over.
    ///
    /// # Panics
    /// When none comes, or the socket closes.
    pub async fn expect(&mut self, kind: &str) -> Value {
        loop {
            let frame = self
                .next()
                .await
                .unwrap_or_else(|| panic!("closed before {kind}"));
            if frame["type"] == kind {
                return frame;
            }
        }
    }

    /// Reads up to and with the frame that says that nothing up to `seq` is missing.
    ///
    /// # Panics
    /// When it does not come, or the socket closes.
    pub async fn up_to(&mut self, seq: i64) -> Vec<Value> {
        let mut frames = Vec::new();
        loop {
            let frame = self.next().await.expect("the socket stays open");
            let done = frame["seq"].as_i64().is_some_and(|at| at >= seq);
            frames.push(frame);
            if done {
                return frames;
            }
        }
    }

    /// Reads until the server closes; what it said, and the code it closed with.
    ///
    /// # Panics
    /// When it does not.
    pub async fn until_closed(&mut self) -> (Vec<Value>, u16) {
        let mut frames = Vec::new();
        loop {
            match self.next_or_end(PATIENCE).await {
                Some(Ok(frame)) => frames.push(frame),
                Some(Err((code, _))) => return (frames, code),
                None => panic!("the socket stayed open"),
            }
        }
    }

    /// Asks for a sign of life and reads up to it: everything that was on its way before.
    ///
    /// # Panics
    /// When the socket closes.
    pub async fn until_pong(&mut self) -> Vec<Value> {
        self.say(&json!({"type": "ping"})).await;
        let mut before = Vec::new();
        loop {
            let frame = self.next().await.expect("the socket stays open");
            if frame["type"] == "pong" {
                return before;
            }
            before.push(frame);
        }
    }

    /// Waits until the server closes; the code it closed with.
    ///
    /// # Panics
    /// When it does not, or says more than a code: words would tell of the inside.
    pub async fn closed(&mut self) -> u16 {
        loop {
            match self.next_or_end(PATIENCE).await {
                Some(Ok(_)) => {}
                Some(Err((code, reason))) => {
                    assert_eq!(reason, "", "closed with {code} and a reason");
                    return code;
                }
                None => panic!("the socket stayed open"),
            }
        }
    }

    /// Whether no frame comes within `time`.
    pub async fn is_silent_for(&mut self, time: Duration) -> bool {
        self.next_or_end(time).await.is_none()
    }

    /// A frame, or the code and the reason the socket closed with (1006 without a word); `None` when nothing came
    /// in time.
    pub(crate) async fn next_or_end(
        &mut self,
        patience: Duration,
    ) -> Option<Result<Value, (u16, String)>> {
        let deadline = tokio::time::Instant::now() + patience;
        loop {
            let next = tokio::time::timeout_at(deadline, self.stream.next())
                .await
                .ok()?;
            match next {
                Some(Ok(Message::Text(text))) => {
                    return Some(Ok(serde_json::from_str(&text).expect("frames are JSON")));
                }
                Some(Ok(Message::Close(close))) => {
                    let end = close.map_or((1005, String::new()), |close| {
                        (close.code.into(), close.reason.to_string())
                    });
                    return Some(Err(end));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Some(Err((1006, String::new()))),
            }
        }
    }
}

/// The numbers of the events among frames.
pub fn seqs(frames: &[Value]) -> Vec<i64> {
    frames
        .iter()
        .filter(|frame| frame["type"] != "sync")
        .filter_map(|frame| frame["seq"].as_i64())
        .collect()
}
