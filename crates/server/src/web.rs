//! Pages and scripts, embedded in the binary: the dashboard, the widget, the demo page, the API's page.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use omni_model::codes;
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::{ApiError, AppState};

#[derive(RustEmbed)]
#[folder = "../../web/dashboard/dist"]
struct Dashboard;

#[derive(RustEmbed)]
#[folder = "../../web/widget/dist"]
struct Widget;

/// Files whose name tells their content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Files under a lasting name.
const FOR_A_WHILE: &str = "public, max-age=300";
/// Pages: looked at anew each time, so that they name the newest files.
const NEVER: &str = "no-cache";

/// What is there when the web part was not built.
const NOT_BUILT: &str = include_str!("web/not_built.html");
const API_PAGE: &str = include_str!("web/api.html");
const API_SCRIPT: &str = include_str!("web/api.js");

/// Whatever no route of the API is.
pub(crate) async fn serve(
    State(state): State<AppState>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let path = uri.path();
    if let Some(page) = api_page(path) {
        return page;
    }
    let foreign = path == "/api" || path.starts_with("/api/");
    if foreign || !matches!(method, Method::GET | Method::HEAD) || hidden(path) {
        return nothing_here();
    }
    if path == "/widget.js" {
        return file(
            Widget::get("widget.js"),
            "widget.js",
            &headers,
            Shared::WithAll,
        );
    }
    if let Some(name) = path.strip_prefix("/widget/") {
        return file(Widget::get(name), name, &headers, Shared::WithAll);
    }
    if path == "/demo" || path.starts_with("/demo/") {
        return match state.options.demo {
            Some(_) => demo(path, &headers),
            None => nothing_here(),
        };
    }
    dashboard(path, &headers)
}

fn nothing_here() -> Response {
    ApiError::new(codes::NOT_FOUND, "there is nothing at this address").into_response()
}

/// Names of files that tools leave in a build, and of nothing that anybody should ask for.
fn hidden(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.'))
}

fn api_page(path: &str) -> Option<Response> {
    match path {
        "/api/docs" => Some(Html(API_PAGE).into_response()),
        "/api/docs.js" => Some(
            (
                [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")],
                API_SCRIPT,
            )
                .into_response(),
        ),
        _ => None,
    }
}

fn demo(path: &str, headers: &HeaderMap) -> Response {
    let name = match path
        .strip_prefix("/demo")
        .unwrap_or(path)
        .trim_start_matches('/')
    {
        "" => "index.html",
        name => name,
    };
    let name = format!("demo/{name}");
    match Widget::get(&name) {
        None if name == "demo/index.html" => not_built(),
        found => file(found, &name, headers, Shared::WithNobody),
    }
}

/// A file of the dashboard, or its one page: the routes of the dashboard are its own.
fn dashboard(path: &str, headers: &HeaderMap) -> Response {
    let name = path.trim_start_matches('/');
    if name.starts_with("assets/") || (!name.is_empty() && Dashboard::get(name).is_some()) {
        return file(Dashboard::get(name), name, headers, Shared::WithNobody);
    }
    match Dashboard::get("index.html") {
        Some(page) => file(Some(page), "index.html", headers, Shared::WithNobody),
        None => not_built(),
    }
}

fn not_built() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, Html(NOT_BUILT)).into_response()
}

/// Whether scripts of other sites may load a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shared {
    WithAll,
    WithNobody,
}

fn file(found: Option<EmbeddedFile>, name: &str, asked: &HeaderMap, shared: Shared) -> Response {
    let Some(file) = found else {
        return nothing_here();
    };
    let tag = format!("\"{}\"", &hex::encode(file.metadata.sha256_hash())[..32]);
    let mut response = if asked
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known == tag.as_str())
    {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(file.data.into_owned()).into_response()
    };
    let headers = response.headers_mut();
    let media = mime_guess::from_path(name).first_or_octet_stream();
    let media = match media.type_() {
        mime_guess::mime::TEXT => format!("{media}; charset=utf-8"),
        _ => media.to_string(),
    };
    for (name, value) in [
        (header::CONTENT_TYPE, media.as_str()),
        (header::ETAG, &tag),
        (header::CACHE_CONTROL, keep(name)),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    if shared == Shared::WithAll {
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_ORIGIN,
            HeaderValue::from_static("*"),
        );
    }
    response
}

/// How long a browser may keep a file.
fn keep(name: &str) -> &'static str {
    if name.ends_with(".html") {
        NEVER
    } else if name.starts_with("assets/") || names_its_content(name) {
        FOR_EVER
    } else {
        FOR_A_WHILE
    }
}

/// Whether a name has a hash in it, as in `app.0123456789.js`.
fn names_its_content(name: &str) -> bool {
    name.rsplit('.')
        .nth(1)
        .is_some_and(|hash| hash.len() >= 8 && hash.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_names_its_content_is_kept_for_ever() {
        assert_eq!(keep("assets/index-B2x.js"), FOR_EVER);
        assert_eq!(keep("widget-app.847dc21e59.js"), FOR_EVER);
        assert_eq!(keep("widget-app.js"), FOR_A_WHILE);
        assert_eq!(keep("widget.js"), FOR_A_WHILE);
        assert_eq!(keep("index.html"), NEVER);
    }

    #[test]
    fn what_tools_leave_is_not_served() {
        assert!(hidden("/.vite/manifest.json"));
        assert!(hidden("/assets/../.env"));
        assert!(!hidden("/assets/index-B2x.js"));
    }
}
