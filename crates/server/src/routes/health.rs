//! Whether the installation is well.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use omni_core::health::{Check, Checks};
use omni_model::codes;
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::ClientAddr;
use crate::{ApiError, AppState};

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get_health))
        .routes(routes!(get_api_health))
        .routes(routes!(get_ready))
        .routes(routes!(get_metrics))
}

/// The state of the installation.
#[derive(Serialize, utoipa::ToSchema)]
struct Health {
    status: Check,
    version: &'static str,
    checks: Checks,
}

/// Whether everything works
#[utoipa::path(get, path = "/health", tag = "health", security(()),
    responses((status = 200, body = Health), (status = 503, body = Health)))]
async fn get_health(State(state): State<AppState>) -> Response {
    let checks = state.core.checks().await;
    let (code, status) = match checks.are_good() {
        true => (StatusCode::OK, Check::Ok),
        false => (StatusCode::SERVICE_UNAVAILABLE, Check::Failing),
    };
    let health = Health {
        status,
        version: env!("CARGO_PKG_VERSION"),
        checks,
    };
    (code, [(header::CACHE_CONTROL, "no-store")], Answer(health)).into_response()
}

/// Whether everything works
#[utoipa::path(get, path = "/api/v1/health", tag = "health", security(()),
    responses((status = 200, body = Health), (status = 503, body = Health)))]
async fn get_api_health(state: State<AppState>) -> Response {
    get_health(state).await
}

/// Whether requests can be served now
#[utoipa::path(get, path = "/ready", tag = "health", security(()), responses((status = 200)))]
async fn get_ready(State(state): State<AppState>) -> Result<StatusCode, ApiError> {
    if state.stopping.is_cancelled() || !state.core.is_ready().await {
        return Err(ApiError::unavailable(
            "not ready",
            std::time::Duration::from_secs(1),
        ));
    }
    Ok(StatusCode::OK)
}

/// Numbers for Prometheus
///
/// Told to private addresses only, and not through a proxy: they name tenants.
#[utoipa::path(get, path = "/metrics", tag = "health", security(()),
    responses((status = 200, content_type = "application/openmetrics-text", body = String)))]
async fn get_metrics(
    State(state): State<AppState>,
    ClientAddr(client): ClientAddr,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    let proxied = headers.contains_key("x-forwarded-for") || headers.contains_key("forwarded");
    let believed = !state.options.trusted_proxies.is_empty();
    if !is_private(client) || (proxied && !believed) {
        return Err(ApiError::new(
            codes::NOT_FOUND,
            "there is nothing at this address",
        ));
    }
    let gauges = state.core.gauges().await?;
    let page = state
        .metrics
        .page(&state.core, &gauges)
        .map_err(|error| omni_core::Error::internal("numbers do not write", error))?;
    Ok(([(header::CONTENT_TYPE, OPEN_METRICS)], page))
}

fn is_private(address: std::net::IpAddr) -> bool {
    match address {
        std::net::IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        std::net::IpAddr::V6(v6) => {
            v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local()
        }
    }
}
