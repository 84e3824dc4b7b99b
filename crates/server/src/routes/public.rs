//! What everybody may know.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::{Extension, Json as Answer};
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::openapi::Document;
use crate::{AppState, DemoUser};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get_public_config))
        .routes(routes!(get_openapi))
}

/// What pages need before anybody signs in.
#[derive(Serialize, utoipa::ToSchema)]
struct PublicConfig {
    version: &'static str,
    /// Whether this is a demo, with people to sign in as.
    demo: bool,
    default_locale: &'static str,
    /// Bytes of an uploaded file at most.
    max_file_size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    demo_users: Option<Vec<DemoUser>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    demo_password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    demo_widget_key: Option<String>,
}

/// What pages need before anybody signs in
#[utoipa::path(get, path = "/api/v1/public/config", tag = "public", security(()),
    responses((status = 200, body = PublicConfig)))]
async fn get_public_config(State(state): State<AppState>) -> Answer<PublicConfig> {
    let demo = state.options.demo.as_ref();
    Answer(PublicConfig {
        version: env!("CARGO_PKG_VERSION"),
        demo: demo.is_some(),
        // The demo's company speaks Russian.
        default_locale: if demo.is_some() { "ru" } else { "en" },
        max_file_size: state.core.options().max_upload_bytes,
        demo_users: demo.map(|demo| demo.users.clone()),
        demo_password: demo.map(|demo| demo.password.clone()),
        demo_widget_key: demo.map(|demo| demo.widget_key.clone()),
    })
}

/// This document
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "public", security(()),
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")))]
async fn get_openapi(Extension(document): Extension<Document>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], document.0)
}
