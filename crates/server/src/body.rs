//! Reading a request's body, never more of it than allowed.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use bytes::BytesMut;
use futures_util::StreamExt;
use omni_model::codes;

use crate::ApiError;

/// How much room a body gets on its word alone.
const ROOM: usize = 64 * 1024;

/// The whole body, if it has at most `limit` bytes; 413 otherwise.
pub(crate) async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, ApiError> {
    let announced = content_length(headers);
    let mut frames = body.into_data_stream();
    let mut whole = BytesMut::with_capacity(announced.unwrap_or(0).min(ROOM));
    while let Some(frame) = frames.next().await {
        let frame =
            frame.map_err(|_| ApiError::new(codes::BAD_REQUEST, "the body ended too early"))?;
        if whole.len() + frame.len() > limit {
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
