//! Who is asking.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use omni_model::{Principal, codes};

use crate::layers::RequestContext;
use crate::{ApiError, AppState};

/// A signed-in person: `Authorization: Bearer <access token>`.
#[derive(Debug)]
pub struct Auth(pub Principal);

impl FromRequestParts<AppState> for Auth {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let token = bearer(&parts.headers)
            .ok_or_else(|| ApiError::new(codes::UNAUTHENTICATED, "no access token"))?;
        let principal = state.core.authenticate(token).await?;
        if let Some(context) = parts.extensions.get::<Arc<RequestContext>>() {
            context.belongs_to(principal.tenant_id);
        }
        state.limits.request(&principal)?;
        Ok(Self(principal))
    }
}

/// The bearer token of a request. Only this header counts: a token in the address would end up in logs.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
