//! Reading a request's body, never more of it than allowed.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use bytes::BytesMut;
use futures_util::StreamExt;
use omni_model::codes;

use crate::ApiError;

/// How much of a body that is too large is read and thrown away, so that its sender gets to read the
/// answer instead of a broken connection.
const DISCARDED: usize = 32 * 1024 * 1024;
/// How long that may take.
const DISCARDING: Duration = Duration::from_secs(5);

/// The whole body, if it has at most `limit` bytes; 413 otherwise.
pub(crate) async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, ApiError> {
    let announced = content_length(headers);
    let mut frames = body.into_data_stream();
    let mut whole = BytesMut::with_capacity(announced.unwrap_or(0).min(limit));
    while let Some(frame) = frames.next().await {
        let frame = frame
            .map_err(|_| ApiError::new(codes::BAD_REQUEST, "the body ended too early"))?;
        if whole.len() + frame.len() > limit {
            let rest = async {
                let mut seen = whole.len() + frame.len();
                while let Some(Ok(frame)) = frames.next().await {
                    seen += frame.len();
                    if seen > DISCARDED {
                        break;
                    }
                }
            };
            // Whether all of it was read does not matter: the answer is the same.
            let _ = tokio::time::timeout(DISCARDING, rest).await;
            return Err(too_large(limit));
        }
        whole.extend_from_slice(&frame);
    }
    Ok(whole.freeze())
}

/// The refusal of what is larger than `limit` bytes.
pub(crate) fn too_large(limit: usize) -> ApiError {
    ApiError::new(
        codes::TOO_LARGE,
        format!("the body may have at most {limit} bytes"),
    )
}

fn content_length(headers: &HeaderMap) -> Option<usize> {
    headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}
