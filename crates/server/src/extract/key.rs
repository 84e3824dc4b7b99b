//! The idempotency key.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use omni_model::{codes, limits};

use crate::ApiError;

/// The header `Idempotency-Key`, if there is one.
#[derive(Debug)]
pub struct IdempotencyKey(pub Option<String>);

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let mut values = parts.headers.get_all("idempotency-key").iter();
        let Some(value) = values.next() else {
            return Ok(Self(None));
        };
        value
            .to_str()
            .ok()
            .filter(|key| {
                (1..=limits::IDEMPOTENCY_KEY).contains(&key.len())
                    && key.bytes().all(|b| b.is_ascii_graphic())
                    && values.next().is_none()
            })
            .map(|key| Self(Some(key.to_owned())))
            .ok_or_else(|| {
                ApiError::new(
                    codes::BAD_REQUEST,
                    format!(
                        "Idempotency-Key takes 1 to {} visible ASCII characters, once",
                        limits::IDEMPOTENCY_KEY
                    ),
                )
            })
    }
}
