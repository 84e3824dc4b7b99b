//! Signing in and out.

use axum::Json as Answer;
use axum::extract::State;
use omni_core::access::User;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{ApiError, AppState, Auth};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_me))
}

/// Who I am
#[utoipa::path(get, path = "/api/v1/auth/me", tag = "auth", responses((status = 200, body = User)))]
async fn get_me(
    State(state): State<AppState>,
    Auth(principal): Auth,
) -> Result<Answer<User>, ApiError> {
    Ok(Answer(state.core.me(&principal).await?))
}
