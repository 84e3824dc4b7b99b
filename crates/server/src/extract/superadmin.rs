//! Which superadmin is asking.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use omni_core::superadmin::Superadmin;
use omni_model::codes;

use super::bearer;
use crate::{ApiError, AppState};

/// A signed-in superadmin: a bearer token of `POST /api/v1/superadmin/login`, which opens nothing else.
#[derive(Debug)]
pub struct SuperadminAuth(pub Superadmin);

impl FromRequestParts<AppState> for SuperadminAuth {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let token = bearer(&parts.headers)
            .ok_or_else(|| ApiError::new(codes::UNAUTHENTICATED, "no access token"))?;
        let who = state.core.authenticate_superadmin(token).await?;
        state.limits.superadmin(&who)?;
        Ok(Self(who))
    }
}
