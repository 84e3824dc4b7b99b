//! The socket itself: reading the first frame, writing what is told, closing in good order.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use bytes::Bytes;
use futures_util::stream::SplitSink;
use futures_util::{SinkExt, StreamExt};
use omni_core::Error;
use omni_core::live::Frame;
use omni_model::codes;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

/// How long a closing socket gets for its last words.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Why a socket ends, as its close code says. Codes alone: text would tell of the inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub(super) enum Close {
    /// The other side went first, or is not there any more.
    Gone = 1000,
    /// Too many frames.
    TooFast = 1008,
    /// Something failed here.
    Failed = 1011,
    /// Come again: the server stops, or the reader fell too far behind.
    ComeAgain = 1012,
    /// As many sockets as one person may have are open.
    TryLater = 1013,
    /// A frame that cannot be read or is not known.
    BadFrame = 4400,
    /// The first frame was late or wrong, or the right to be here ended.
    Unauthenticated = 4401,
    /// This page may not use this widget, or its company is suspended.
    Forbidden = 4403,
}

pub(super) type Sink = SplitSink<WebSocket, Message>;

impl Close {
    /// How a socket ends when a use case did not do what it was for.
    pub(super) fn because(error: &Error) -> Self {
        match error {
            Error::Refused { code, .. } if code.code == codes::RATE_LIMITED.code => Self::TryLater,
            Error::Refused { .. } => Self::Unauthenticated,
            error => {
                tracing::warn!(%error, "a socket failed");
                Self::Failed
            }
        }
    }
}

/// The first frame, or `None` when it is late or anything else than asked for.
pub(super) async fn first_frame<T: DeserializeOwned>(
    socket: &mut WebSocket,
    within: Duration,
) -> Option<T> {
    let first = async {
        loop {
            match socket.next().await?.ok()? {
                Message::Text(text) => return serde_json::from_str(&text).ok(),
                Message::Ping(_) | Message::Pong(_) => {}
                Message::Binary(_) | Message::Close(_) => return None,
            }
        }
    };
    timeout(within, first).await.ok().flatten()
}

/// Writes frames without flushing.
pub(super) async fn feed(sink: &mut Sink, frames: &[Frame]) -> Result<(), Close> {
    for frame in frames {
        let text = Utf8Bytes::try_from(frame.json().clone()).map_err(|_| Close::Failed)?;
        sink.feed(Message::Text(text))
            .await
            .map_err(|_| Close::Gone)?;
    }
    Ok(())
}

/// Sends what was written on its way.
pub(super) async fn flush(sink: &mut Sink) -> Result<(), Close> {
    sink.flush().await.map_err(|_| Close::Gone)
}

/// Asks the other side for a sign of life.
pub(super) async fn ping(sink: &mut Sink) -> Result<(), Close> {
    sink.send(Message::Ping(Bytes::new()))
        .await
        .map_err(|_| Close::Gone)
}

/// The next text; anything else that matters ends the socket.
pub(super) fn text(
    message: Option<Result<Message, axum::Error>>,
) -> Result<Option<Utf8Bytes>, Close> {
    match message {
        Some(Ok(Message::Text(text))) => Ok(Some(text)),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
        // Too large, or against the protocol; a connection that broke does not get the code anyway.
        Some(Ok(Message::Binary(_)) | Err(_)) => Err(Close::BadFrame),
        Some(Ok(Message::Close(_))) | None => Err(Close::Gone),
    }
}

/// Ends a socket. Whatever still comes is read for a moment: closing with unread data would reset the
/// connection, and the code would be lost.
pub(super) async fn close(mut socket: WebSocket, why: Close) {
    let farewell = async {
        if why != Close::Gone {
            let frame = CloseFrame {
                code: why as u16,
                reason: Utf8Bytes::default(),
            };
            socket.send(Message::Close(Some(frame))).await.ok()?;
        }
        while let Some(Ok(_)) = socket.next().await {}
        Some(())
    };
    // Out of time or out of reach: the connection is dropped all the same.
    let _ = timeout(LAST_WORDS, farewell).await;
}
