//! An operator's screen: a WebSocket that notes when each message arrives.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::workload::marked_number;

/// What came since it was last asked.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Numbers of messages, and when each arrived.
    pub(crate) arrivals: Vec<(u64, Instant)>,
    /// How often the server gave up on sending everything.
    pub(crate) resyncs: u64,
    /// Why the socket is closed, if it is.
    pub(crate) closed: Option<String>,
}

/// An open socket; closed when dropped.
pub(crate) struct OperatorSocket {
    seen: Arc<Mutex<Seen>>,
    reader: JoinHandle<()>,
}

impl OperatorSocket {
    pub(crate) async fn open(addr: SocketAddr, operator_id: &str, token: &str) -> Result<Self> {
        let stream = TcpStream::connect(addr).await?;
        stream.set_nodelay(true)?;
        let (mut socket, _) = client_async(format!("ws://{addr}/api/v1/ws"), stream).await?;
        let hello = json!({"type": "operator.connect", "operator_id": operator_id, "token": token});
        socket.send(Message::text(hello.to_string())).await?;
        let answer = timeout(Duration::from_secs(5), socket.next())
            .await
            .context("the socket does not answer")?
            .context("the socket was closed")??;
        let Message::Text(answer) = answer else {
            bail!("the socket answered {answer:?}")
        };
        ensure!(
            answer.contains("operator.connected"),
            "the socket answered {answer}"
        );
        let seen = Arc::default();
        let reader = tokio::spawn(read(socket, Arc::clone(&seen)));
        Ok(Self { seen, reader })
    }

    /// How many messages arrived and were not taken yet.
    pub(crate) fn arrived(&self) -> usize {
        lock(&self.seen).arrivals.len()
    }

    /// Takes what came.
    pub(crate) fn take(&self) -> Seen {
        std::mem::take(&mut lock(&self.seen))
    }
}

impl Drop for OperatorSocket {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

fn lock(seen: &Mutex<Seen>) -> std::sync::MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn read(mut socket: WebSocketStream<TcpStream>, seen: Arc<Mutex<Seen>>) {
    let why = loop {
        match socket.next().await {
            Some(Ok(Message::Text(frame))) => note(&frame, &seen),
            Some(Ok(Message::Close(frame))) => break format!("closed: {frame:?}"),
            // Pings are answered by the library.
            Some(Ok(_)) => {}
            Some(Err(error)) => break error.to_string(),
            None => break "ended".to_owned(),
        }
    };
    lock(&seen).closed = Some(why);
}

fn note(frame: &str, seen: &Mutex<Seen>) {
    let now = Instant::now();
    if frame.contains("\"type\":\"message.new\"") {
        if let Some(n) = marked_number(frame) {
            lock(seen).arrivals.push((n, now));
        }
    } else if frame.contains("\"type\":\"resync\"") {
        lock(seen).resyncs += 1;
    }
}
