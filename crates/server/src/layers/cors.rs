//! Which pages of other sites may read answers.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, Any, CorsLayer};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// How long a browser remembers the answer.
const MAX_AGE: Duration = Duration::from_secs(3600);

/// The API: the origins that the settings name. Tokens travel in a header, so no cookies.
pub(crate) fn for_listed_origins(origins: &[String]) -> CorsLayer {
    let listed = origins
        .iter()
        .filter_map(|origin| HeaderValue::from_str(origin).ok());
    base().allow_origin(AllowOrigin::list(listed))
}

/// The widget: any page may ask; each channel checks the origin itself.
pub(crate) fn for_everybody() -> CorsLayer {
    base().allow_origin(Any)
}

fn base() -> CorsLayer {
    CorsLayer::new()
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            IDEMPOTENCY_KEY,
            REQUEST_ID,
        ])
        .expose_headers([header::RETRY_AFTER, REPLAYED, REQUEST_ID])
        .max_age(MAX_AGE)
}
