//! Letting a caller finish. An answer that is given before its request was read whole closes the
//! connection, and a caller who still writes then sees a broken pipe instead of the answer.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header;
use futures_util::future::poll_fn;
use http_body::{Frame, SizeHint};

/// How much of a refused body is read and thrown away.
const DISCARDED: usize = 32 * 1024 * 1024;
/// How long that may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The body of a request, lent to whoever handles it.
pub(super) struct Lender(Arc<Mutex<Body>>);

impl Lender {
    /// Takes the body's place, if there is one worth waiting for. Who asks before he sends
    /// (`Expect: 100-continue`) waits for the answer and need not be waited for.
    pub(super) fn of(request: &mut Request) -> Option<Self> {
        let asks_first = request.headers().contains_key(header::EXPECT);
        if asks_first || http_body::Body::is_end_stream(request.body()) {
            return None;
        }
        let body = Arc::new(Mutex::new(std::mem::take(request.body_mut())));
        *request.body_mut() = Body::new(Lent(Arc::clone(&body)));
        Some(Self(body))
    }

    /// Reads what nobody wanted, within bounds. Whether all of it came does not matter.
    pub(super) async fn read_out(self) {
        let mut seen = 0;
        let rest = async {
            while let Some(Ok(frame)) = poll_fn(|cx| poll(&self.0, cx)).await {
                seen += frame.data_ref().map_or(0, Bytes::len);
                if seen > DISCARDED {
                    break;
                }
            }
        };
        let _ = tokio::time::timeout(PATIENCE, rest).await;
    }
}

struct Lent(Arc<Mutex<Body>>);

impl http_body::Body for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        poll(&self.0, cx)
    }

    fn is_end_stream(&self) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .size_hint()
    }
}

fn poll(
    body: &Mutex<Body>,
    cx: &mut Context<'_>,
) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
    use http_body::Body as _;
    // The borrower is done before the lender reads, so nobody ever waits for this lock.
    let mut body = body.lock().unwrap_or_else(PoisonError::into_inner);
    if body.is_end_stream() {
        return Poll::Ready(None);
    }
    Pin::new(&mut *body).poll_frame(cx)
}
