//! The routes, and what surrounds them.

use axum::extract::DefaultBodyLimit;
use axum::{Extension, Router, middleware};
use omni_model::{codes, limits};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};
use tower_http::timeout::RequestBodyTimeoutLayer;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::layers::{cors, surround};
use crate::openapi::Document;
use crate::{ApiError, AppState, openapi, routes, web};

/// How long a body may pause.
const BODY_PAUSE: std::time::Duration = std::time::Duration::from_secs(15);
/// Bytes below which compressing costs more than it saves.
const WORTH_COMPRESSING: u16 = 1024;

/// All of the API's routes, with their document.
pub(crate) fn documented() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(openapi::base())
        .merge(routes::api())
        .merge(routes::widget())
        .merge(routes::machines())
}

/// Everything the server answers, and the OpenAPI document of the API.
pub fn router(state: AppState) -> (Router, OpenApi) {
    let (router, document) = documented().split_for_parts();
    let document = openapi::finish(document);
    let compression = CompressionLayer::new()
        .gzip(true)
        .compress_when(SizeAbove::new(WORTH_COMPRESSING).and(is_text));
    let router = router
        .method_not_allowed_fallback(|| async {
            ApiError::new(
                codes::METHOD_NOT_ALLOWED,
                "this address takes other methods",
            )
        })
        .fallback(web::serve)
        .layer(Extension(Document::of(&document)))
        .layer(DefaultBodyLimit::max(limits::JSON_BODY))
        .layer(RequestBodyTimeoutLayer::new(BODY_PAUSE))
        .layer(compression)
        .layer(middleware::from_fn_with_state(state.clone(), surround))
        .layer(cors(&state.options.cors_origins))
        .with_state(state);
    (router, document)
}

/// What compresses well. Pictures, sound and archives are compressed by nature.
fn is_text(
    _: axum::http::StatusCode,
    _: axum::http::Version,
    headers: &axum::http::HeaderMap,
    _: &axum::http::Extensions,
) -> bool {
    headers
        .get(axum::http::header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|media| {
            let media = media.split(';').next().unwrap_or_default().trim();
            media.starts_with("text/")
                || matches!(
                    media,
                    "application/json" | "application/javascript" | "image/svg+xml"
                )
        })
}
