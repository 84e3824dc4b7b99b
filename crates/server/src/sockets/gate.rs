//! Before the upgrade: where the request comes from, what its address carries, and how many others there are.

use std::net::IpAddr;

use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, Uri, header};
use axum::response::Response;
use omni_model::{codes, limits};
use url::{Origin, Url};

use crate::extract::refuse_key_in_address;
use crate::waiting::{Door, Waiting};
use crate::{ApiError, AppState};

/// Bytes each socket keeps for reading, and gathers before it writes: idle ones must stay small.
const BUFFER: usize = 4 * 1024;

/// A token in the address would end up in logs, histories and `Referer` headers: it counts for nothing.
pub(super) fn refuse_token_in_address(uri: &Uri) -> Result<(), ApiError> {
    refuse_key_in_address(uri)?;
    let query = uri.query().unwrap_or_default();
    let carries_token = url::form_urlencoded::parse(query.as_bytes())
        .any(|(name, _)| name.to_ascii_lowercase().contains("token"));
    if carries_token {
        let detail = "tokens go into the first frame, never into the address";
        return Err(ApiError::new(codes::UNAUTHENTICATED, detail));
    }
    Ok(())
}

/// The page that opens the socket; `None` for programs that are no browsers.
pub(super) fn origin(headers: &HeaderMap) -> Option<&str> {
    // One that cannot be read is foreign, not absent.
    headers
        .get(header::ORIGIN)
        .map(|value| value.to_str().unwrap_or("null"))
}

/// Refuses pages of other sites: a browser would open the socket for them on its owner's behalf.
pub(super) fn refuse_foreign_page(state: &AppState, headers: &HeaderMap) -> Result<(), ApiError> {
    let Some(page) = origin(headers) else {
        return Ok(());
    };
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let public = &state.core.options().public_url;
    if is_at_home(page, host, public) || state.options.cors_origins.iter().any(|o| o == page) {
        return Ok(());
    }
    Err(ApiError::new(
        codes::FORBIDDEN,
        "pages of other sites may not open this socket",
    ))
}

/// Whether a page was served by this very server: under the name it was asked by, or its public one.
fn is_at_home(page: &str, host: &str, public: &Url) -> bool {
    let Ok(page) = Url::parse(page) else {
        return false;
    };
    let Origin::Tuple(scheme, name, port) = page.origin() else {
        return false;
    };
    if page.origin() == public.origin() {
        return true;
    }
    // The page's scheme fills in the port that a host header leaves out.
    Url::parse(&format!("{scheme}://{host}"))
        .is_ok_and(|here| here.origin() == Origin::Tuple(scheme, name, port))
}

/// Answers the upgrade and hands the socket to `serve`, in a task that a graceful stop waits for. Its place among
/// those of the client that wait for their sign-in goes with it.
pub(super) fn upgrade<F, Fut>(
    state: &AppState,
    (door, client): (Door, IpAddr),
    request: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    serve: F,
) -> Result<Response, ApiError>
where
    F: FnOnce(WebSocket, Waiting) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let upgrade = request
        .map_err(|_| ApiError::new(codes::BAD_REQUEST, "this address speaks WebSocket only"))?;
    let waiting = state.limits.socket(door, client)?;
    let tasks = state.tasks.clone();
    Ok(upgrade
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
        .max_message_size(limits::WS_FRAME)
        .max_frame_size(limits::WS_FRAME)
        .on_upgrade(move |socket| tasks.track_future(serve(socket, waiting))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_at_home_under_the_name_it_was_asked_by() {
        let public = Url::parse("https://support.example.com").unwrap();
        let at_home = |page, host| is_at_home(page, host, &public);
        assert!(at_home("http://127.0.0.1:8000", "127.0.0.1:8000"));
        assert!(at_home("http://localhost", "localhost"));
        assert!(at_home("https://localhost", "localhost:443"));
        assert!(at_home("https://support.example.com", "10.0.0.7:8000"));
        assert!(!at_home("http://127.0.0.1:8001", "127.0.0.1:8000"));
        assert!(!at_home(
            "https://support.example.com.evil.test",
            "support.example.com"
        ));
        assert!(!at_home("https://evil.test", "support.example.com"));
        assert!(!at_home("null", "support.example.com"));
    }

    #[test]
    fn tokens_in_the_address_are_refused() {
        let refused = |uri: &str| refuse_token_in_address(&uri.parse().unwrap()).is_err();
        assert!(refused("/api/v1/ws?token=x"));
        assert!(refused("/api/v1/ws?a=1&access%5Ftoken=x"));
        assert!(!refused("/api/v1/ws?v=2"));
        assert!(!refused("/api/v1/ws"));
    }
}
