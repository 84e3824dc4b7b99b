//! The layer around every route: names the request, bounds its time, survives a panic, lets callers
//! finish, writes problems, adds headers, measures, and writes one line of log. One layer, since each
//! costs a box a request.

use std::error::Error as StdError;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use omni_model::{Clock, TenantId, Timestamp, codes};
use tracing::Instrument;
use uuid::Uuid;

use super::linger::Lender;
use super::security;
use crate::{ApiError, AppState};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// How long a request may take until its answer begins.
const PATIENCE: Duration = Duration::from_secs(30);
/// The same for requests that carry a file over a slow line.
const PATIENCE_WITH_FILES: Duration = Duration::from_secs(600);

/// What is known of a request beside itself.
#[derive(Debug)]
pub(crate) struct RequestContext {
    id: String,
    tenant: OnceLock<TenantId>,
}

impl RequestContext {
    /// Notes for the log whose request this turned out to be.
    pub(crate) fn belongs_to(&self, tenant: TenantId) {
        let _ = self.tenant.set(tenant);
    }
}

pub(crate) async fn surround(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let context = Arc::new(RequestContext {
        id: request_id(request.headers(), state.core.clock()),
        tenant: OnceLock::new(),
    });
    request.extensions_mut().insert(Arc::clone(&context));
    let method = request.method().clone();
    let endpoint = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("other".to_owned(), |path| path.as_str().to_owned());

    let span = tracing::info_span!("request", request_id = %context.id);
    let body = Lender::of(&mut request);
    let mut response = answer(request, next, patience(&endpoint))
        .instrument(span)
        .await;
    if let Some(body) = body
        && !response.status().is_success()
    {
        body.read_out().await;
    }
    let failure = response.extensions_mut().remove::<ApiError>();
    if let Some(failure) = &failure {
        write_problem(&mut response, failure, &context.id);
    }
    let https = state.core.options().public_url.scheme() == "https";
    security::add(response.headers_mut(), https);
    if let Ok(id) = HeaderValue::from_str(&context.id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    let took = started.elapsed();
    let status = response.status();
    state.metrics.request(&method, &endpoint, status, took);
    log(&Line {
        context: &context,
        method: &method,
        endpoint: &endpoint,
        status,
        took,
        failure,
    });
    response
}

async fn answer(request: Request, next: Next, patience: Duration) -> Response {
    let answering = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(patience, answering).await {
        Ok(Ok(response)) => response,
        // The panic's own message is in the log by now.
        Ok(Err(_)) => ApiError::internal().into_response(),
        Err(_) => {
            ApiError::unavailable("this took too long", Duration::from_secs(5)).into_response()
        }
    }
}

fn patience(endpoint: &str) -> Duration {
    match endpoint.ends_with("/files") {
        true => PATIENCE_WITH_FILES,
        false => PATIENCE,
    }
}

/// The caller's own id if it is a sane one, else one of ours.
fn request_id(headers: &HeaderMap, clock: &dyn Clock) -> String {
    headers
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|id| {
            (8..=64).contains(&id.len())
                && id
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        })
        .map_or_else(|| new_id(clock.now()), ToOwned::to_owned)
}

fn new_id(now: Timestamp) -> String {
    Uuid::from(omni_model::AuditId::at(now))
        .simple()
        .to_string()
}

fn write_problem(response: &mut Response, failure: &ApiError, id: &str) {
    let problem = failure.problem(Some(id.to_owned()));
    let body = serde_json::to_vec(&problem).expect("a problem is plain data");
    *response.body_mut() = Body::from(body);
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

struct Line<'a> {
    context: &'a RequestContext,
    method: &'a Method,
    endpoint: &'a str,
    status: StatusCode,
    took: Duration,
    failure: Option<ApiError>,
}

/// One line: never a query, never a body, no name, no address.
fn log(line: &Line<'_>) {
    let request_id = line.context.id.as_str();
    let tenant_id = line.context.tenant.get().map(tracing::field::display);
    let (method, path) = (line.method.as_str(), line.endpoint);
    let (status, duration_ms) = (line.status.as_u16(), millis(line.took));
    let code = line.failure.as_ref().map(|failure| failure.code().code);
    macro_rules! write_line {
        ($level:ident, $($extra:tt)*) => {
            tracing::$level!(
                target: "access", method, path, status, duration_ms, request_id, tenant_id, code,
                $($extra)* "request"
            )
        };
    }
    let cause = line.failure.as_ref().and_then(ApiError::cause).map(chain);
    if line.status.is_server_error() && code != Some(codes::UNAVAILABLE.code) {
        write_line!(error, cause,);
    } else if line.status.is_server_error() {
        write_line!(warn, cause,);
    } else if is_routine(line) {
        write_line!(debug,);
    } else {
        write_line!(info,);
    }
}

/// To the microsecond.
fn millis(took: Duration) -> f64 {
    (took.as_secs_f64() * 1_000_000.0).round() / 1_000.0
}

/// Machines that call again and again, and get what they want.
fn is_routine(line: &Line<'_>) -> bool {
    let machine = line.endpoint.contains("/webhook")
        || matches!(
            line.endpoint,
            "/health" | "/api/v1/health" | "/ready" | "/metrics"
        );
    machine && line.status.is_success()
}

fn chain(cause: &(dyn StdError + Send + Sync)) -> String {
    let mut text = cause.to_string();
    let mut next = cause.source();
    while let Some(deeper) = next {
        text.push_str(": ");
        text.push_str(&deeper.to_string());
        next = deeper.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use axum::{Router, middleware};
    use omni_model::ManualClock;
    use tower::ServiceExt;

    use super::*;

    /// What a route that panics or hangs is answered by.
    async fn answered(path: &str) -> (u16, &'static str) {
        let router = Router::new()
            .route(
                "/panics",
                get(async || -> StatusCode { panic!("on purpose") }),
            )
            .route("/hangs", get(std::future::pending::<StatusCode>))
            .layer(middleware::from_fn(|request, next| {
                answer(request, next, Duration::from_millis(10))
            }));
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        let failure = response.extensions().get::<ApiError>().unwrap();
        (response.status().as_u16(), failure.code().code)
    }

    #[tokio::test]
    async fn a_panic_is_an_answer_and_so_is_hanging() {
        assert_eq!(answered("/panics").await, (500, "internal"));
        assert_eq!(answered("/hangs").await, (503, "unavailable"));
    }

    #[test]
    fn a_sane_id_is_kept_and_any_other_replaced() {
        let clock = ManualClock::at(Timestamp::from_millis(1));
        let given = |value: &'static [u8]| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_bytes(value).unwrap());
            request_id(&headers, &clock)
        };
        assert_eq!(given(b"0123-abc_DEF.9"), "0123-abc_DEF.9");
        for bad in [
            &b"short"[..],
            b"with space here",
            b"<script>alert",
            b"\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8",
        ] {
            assert_eq!(given(bad).len(), 32);
        }
    }
}
