//! Settings of the company.

use axum::Json as Answer;
use axum::extract::State;
use omni_core::access::needs;
use omni_model::{HoursSettings, Opening, RoutingSettings, Schedule};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{ApiError, AppState, Auth, Json};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get_routing_settings, set_routing_settings))
        .routes(routes!(get_hours_settings, set_hours_settings))
        .routes(routes!(preview_hours))
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

/// Business hours
#[utoipa::path(get, path = "/api/v1/settings/hours", tag = "settings",
    responses((status = 200, body = HoursSettings)))]
async fn get_hours_settings(
    State(state): State<AppState>,
    Auth(principal): Auth,
) -> Result<Answer<HoursSettings>, ApiError> {
    Ok(Answer(state.core.get_hours(&principal).await?))
}

/// Set business hours
///
/// What is left out takes its default.
#[utoipa::path(put, path = "/api/v1/settings/hours", tag = "settings",
    request_body = HoursSettings, responses((status = 200, body = HoursSettings)))]
async fn set_hours_settings(
    State(state): State<AppState>,
    Auth(principal): Auth,
    body: Json<HoursSettings>,
) -> Result<Answer<HoursSettings>, ApiError> {
    let settings = body
        .valid_after(async { needs(&principal, "settings:update") })
        .await?;
    Ok(Answer(state.core.set_hours(&principal, settings).await?))
}

/// Whether a schedule would be open now
///
/// Nothing is stored.
#[utoipa::path(post, path = "/api/v1/settings/hours/preview", tag = "settings",
    request_body = Schedule, responses((status = 200, body = Opening)))]
async fn preview_hours(
    State(state): State<AppState>,
    Auth(principal): Auth,
    body: Json<Schedule>,
) -> Result<Answer<Opening>, ApiError> {
    let schedule = body
        .valid_after(async { needs(&principal, "settings:read") })
        .await?;
    Ok(Answer(state.core.preview_hours(&principal, &schedule)?))
}
