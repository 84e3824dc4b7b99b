//! Which pages of other sites may read answers.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// How long a browser remembers the answer.
const MAX_AGE: Duration = Duration::from_secs(3600);

/// What only the widget's visitors call: any page may ask, since each channel checks the origin itself.
const WIDGET: &str = "/api/v1/widget/";

/// The widget's addresses are open to every page, all others to the origins that the settings name. Tokens
/// travel in a header, so no cookies. One layer around everything: a preflight is answered before any route
/// is looked for, and refusals can be read by the page, too.
pub(crate) fn cors(origins: &[String]) -> CorsLayer {
    let listed: Vec<HeaderValue> = origins
        .iter()
        .filter_map(|origin| HeaderValue::from_str(origin).ok())
        .collect();
    base().allow_origin(AllowOrigin::predicate(move |origin, request| {
        request.uri.path().starts_with(WIDGET) || listed.contains(origin)
    }))
}

fn base() -> CorsLayer {
    CorsLayer::new()
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            IDEMPOTENCY_KEY,
            REQUEST_ID,
        ])
        .expose_headers([header::RETRY_AFTER, REPLAYED, REQUEST_ID])
        .max_age(MAX_AGE)
}
