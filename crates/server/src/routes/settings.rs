//! Settings of the company.

use axum::Json as Answer;
use axum::extract::State;
use omni_core::access::needs;
use omni_model::RoutingSettings;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{ApiError, AppState, Auth, Json};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_routing_settings, set_routing_settings))
}

/// How conversations find operators
#[utoipa::path(get, path = "/api/v1/settings/routing", tag = "settings",
    responses((status = 200, body = RoutingSettings)))]
async fn get_routing_settings(
    State(state): State<AppState>,
    Auth(principal): Auth,
) -> Result<Answer<RoutingSettings>, ApiError> {
    Ok(Answer(state.core.get_routing(&principal).await?))
}

/// Set how conversations find operators
///
/// What is left out takes its default.
#[utoipa::path(put, path = "/api/v1/settings/routing", tag = "settings",
    request_body = RoutingSettings, responses((status = 200, body = RoutingSettings)))]
async fn set_routing_settings(
    State(state): State<AppState>,
    Auth(principal): Auth,
    body: Json<RoutingSettings>,
) -> Result<Answer<RoutingSettings>, ApiError> {
    let settings = body
        .valid_after(async { needs(&principal, "settings:update") })
        .await?;
    Ok(Answer(state.core.set_routing(&principal, settings).await?))
}
