//! Headers that keep browsers from doing what nobody asked for.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// Pages and their parts: our own scripts only, and nobody may frame them.
const PAGES: &str = "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; \
    style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:; object-src 'none'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// Answers of the API are no pages: whoever opens one gets nothing to run.
const ANSWERS: &str = "default-src 'none'; frame-ancestors 'none'";

const FIXED: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Adds what the answer does not say itself.
pub(super) fn add(headers: &mut HeaderMap, https: bool) {
    let policy = if is_data(headers) { ANSWERS } else { PAGES };
    let policy = (header::CONTENT_SECURITY_POLICY, policy);
    for (name, value) in FIXED.into_iter().chain([policy]) {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if https {
        headers
            .entry(header::STRICT_TRANSPORT_SECURITY)
            .or_insert(HeaderValue::from_static("max-age=31536000"));
    }
}

/// Answers of the API. Scripts, styles and pictures are parts of pages and have their policy.
fn is_data(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_none_or(|media| {
        let media = media.as_bytes();
        media.starts_with(b"application/json") || media.starts_with(b"application/problem+json")
    })
}
