//! The chat page: a customer's phone in the browser, against the bot that connected first.
//!
//! Only for trying things out on one's own machine. Every change needs a header that other sites cannot
//! send without asking, so that no page elsewhere can play the customer.

mod acts;
mod view;

use axum::Router;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};

use super::world::Shared;

const HTML: &str = include_str!("phone.html");
const CSS: &str = include_str!("phone.css");
const CHAT_CSS: &str = include_str!("chat.css");
const SCRIPT: &str = include_str!("phone.js");
const WORDS: &str = include_str!("words.js");

/// Everything comes from here, and messages cannot bring anything along.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(async || asset("text/html; charset=utf-8", HTML)))
        .route(
            "/chat.css",
            get(async || asset("text/css; charset=utf-8", CHAT_CSS)),
        )
        .route(
            "/phone.css",
            get(async || asset("text/css; charset=utf-8", CSS)),
        )
        .route(
            "/phone.js",
            get(async || asset("text/javascript; charset=utf-8", SCRIPT)),
        )
        .route(
            "/words.js",
            get(async || asset("text/javascript; charset=utf-8", WORDS)),
        )
        .route("/phone/state", get(view::state))
        .route("/phone/files/{id}", get(view::file))
        .route("/phone/customers", post(acts::introduce))
        .route("/phone/customers/{id}/messages", post(acts::write))
        .route(
            "/phone/customers/{id}/messages/{message}",
            patch(acts::edit),
        )
        .route("/phone/customers/{id}/files", post(acts::send_file))
        .route("/phone/customers/{id}/things", post(acts::send_thing))
        .route("/phone/customers/{id}/presses", post(acts::press))
        .route("/phone/customers/{id}/block", post(acts::block))
        .route_layer(middleware::from_fn(own_page_only))
}

fn asset(content_type: &'static str, body: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    ];
    (headers, body).into_response()
}

async fn own_page_only(request: Request, next: Next) -> Response {
    let safe = request.method() == Method::GET || request.headers().contains_key("x-phone");
    if safe {
        next.run(request).await
    } else {
        StatusCode::FORBIDDEN.into_response()
    }
}
