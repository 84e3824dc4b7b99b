//! The routes, and what surrounds them.

use axum::Router;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::{AppState, openapi, routes};

/// All of the API's routes, with their document.
pub(crate) fn documented() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(openapi::base())
        .merge(routes::api())
        .merge(routes::widget())
        .merge(routes::webhooks())
}

/// Everything the server answers, and the OpenAPI document of the API.
pub fn router(state: AppState) -> (Router, OpenApi) {
    let (router, document) = documented().split_for_parts();
    (router.with_state(state), openapi::finish(document))
}
