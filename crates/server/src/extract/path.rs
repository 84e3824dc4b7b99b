//! Parts of the path.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use omni_model::codes;
use serde::de::DeserializeOwned;

use crate::ApiError;

/// The path's parameters. What does not read, such as an id that is none, names nothing: 404.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        axum::extract::Path::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Path(value)| Self(value))
            .map_err(|_| ApiError::new(codes::NOT_FOUND, "there is nothing at this address"))
    }
}
