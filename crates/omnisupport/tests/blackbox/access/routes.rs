//! The table: every operation of the API, who may call it, with what body.
//!
//! An operation that is mounted and not here, or here and not mounted, fails the test.

use serde_json::{Value, json};

use super::world::World;

pub(super) const ALL: &[&str] = &["owner", "admin", "operator", "viewer"];
const WRITERS: &[&str] = &["owner", "admin", "operator"];
const MANAGERS: &[&str] = &["owner", "admin"];

/// Who an operation is for.
#[derive(Clone, Copy)]
pub(super) enum For {
    /// Everybody; says why.
    Everybody(&'static str),
    /// A visitor with a session of a widget.
    Visitors,
    /// Signed-in people of these roles.
    People(&'static [&'static str]),
}

/// What an operation takes.
#[derive(Clone, Copy)]
pub(super) enum Body {
    Nothing,
    /// JSON that succeeds for whoever may call it.
    Json(fn(&World) -> Value),
    File,
}

/// One operation.
pub(super) struct Row {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) is_for: For,
    pub(super) body: Body,
}

const fn row(method: &'static str, path: &'static str, is_for: For, body: Body) -> Row {
    Row {
        method,
        path,
        is_for,
        body,
    }
}

use Body::{File, Json, Nothing};
use For::{Everybody, People, Visitors};

const WATCHED: &str = "whoever watches over the installation";
const SIGNS_IN: &str = "this is how one signs in";
const FIRST_FRAME: &str = "the first frame carries the token";

pub(super) const ROWS: &[Row] = &[
    row("GET", "/health", Everybody(WATCHED), Nothing),
    row("GET", "/api/v1/health", Everybody(WATCHED), Nothing),
    row("GET", "/ready", Everybody(WATCHED), Nothing),
    row("GET", "/metrics", Everybody(WATCHED), Nothing),
    row(
        "GET",
        "/api/v1/openapi.json",
        Everybody("documentation"),
        Nothing,
    ),
    row(
        "GET",
        "/api/v1/public/config",
        Everybody("the sign-in page"),
        Nothing,
    ),
    row("POST", "/api/v1/auth/login", Everybody(SIGNS_IN), Nothing),
    row("POST", "/api/v1/auth/refresh", Everybody(SIGNS_IN), Nothing),
    row("GET", "/api/v1/ws", Everybody(FIRST_FRAME), Nothing),
    row("GET", "/api/v1/widget/ws", Everybody(FIRST_FRAME), Nothing),
    row(
        "GET",
        "/api/v1/files/{id}/content",
        Everybody("the address is signed"),
        Nothing,
    ),
    row(
        "POST",
        "/api/v1/widget/sessions",
        Everybody("visitors come from anywhere"),
        Nothing,
    ),
    row(
        "POST",
        "/api/v1/telegram/webhook/{webhook_token}",
        Everybody("the messenger proves itself by a header"),
        Nothing,
    ),
    row("GET", "/api/v1/widget/messages", Visitors, Nothing),
    row(
        "POST",
        "/api/v1/widget/messages",
        Visitors,
        Json(|_| text()),
    ),
    row("POST", "/api/v1/widget/files", Visitors, File),
    row("GET", "/api/v1/auth/me", People(ALL), Nothing),
    row("POST", "/api/v1/auth/logout", People(ALL), Nothing),
    row(
        "POST",
        "/api/v1/auth/password",
        People(ALL),
        Json(
            |_| json!({"current_password": omni_testkit::PASSWORD, "new_password": "another-password"}),
        ),
    ),
    row("GET", "/api/v1/operators", People(ALL), Nothing),
    row(
        "POST",
        "/api/v1/operators",
        People(MANAGERS),
        Json(World::newcomer),
    ),
    row(
        "PUT",
        "/api/v1/operators/{id}/status",
        People(MANAGERS),
        Json(|_| json!({"status": "away"})),
    ),
    row("GET", "/api/v1/settings/routing", People(MANAGERS), Nothing),
    row(
        "PUT",
        "/api/v1/settings/routing",
        People(MANAGERS),
        Json(|_| json!({"strategy": "manual"})),
    ),
    row("GET", "/api/v1/audit", People(MANAGERS), Nothing),
    row("GET", "/api/v1/channels", People(ALL), Nothing),
    row(
        "POST",
        "/api/v1/channels",
        People(MANAGERS),
        Json(|_| json!({"type": "widget", "name": "Another", "settings": {}})),
    ),
    row("GET", "/api/v1/channels/{id}", People(ALL), Nothing),
    row(
        "PATCH",
        "/api/v1/channels/{id}",
        People(MANAGERS),
        Json(|_| json!({"name": "New name"})),
    ),
    row("DELETE", "/api/v1/channels/{id}", People(MANAGERS), Nothing),
    row(
        "POST",
        "/api/v1/channels/{id}/check",
        People(MANAGERS),
        Nothing,
    ),
    row("GET", "/api/v1/conversations", People(ALL), Nothing),
    row("GET", "/api/v1/search", People(ALL), Nothing),
    row("GET", "/api/v1/conversations/{id}", People(ALL), Nothing),
    row(
        "PATCH",
        "/api/v1/conversations/{id}",
        People(WRITERS),
        Json(|_| json!({"priority": "high", "tags": ["vip"]})),
    ),
    row(
        "GET",
        "/api/v1/conversations/{id}/messages",
        People(ALL),
        Nothing,
    ),
    row(
        "POST",
        "/api/v1/conversations/{id}/messages",
        People(WRITERS),
        Json(|_| text()),
    ),
    row(
        "POST",
        "/api/v1/conversations/{id}/assign",
        People(MANAGERS),
        Json(|world| json!({"operator_id": world.operator})),
    ),
    row(
        "POST",
        "/api/v1/conversations/{id}/status",
        People(WRITERS),
        Json(|_| json!({"status": "pending"})),
    ),
    row(
        "POST",
        "/api/v1/conversations/{id}/read",
        People(WRITERS),
        Nothing,
    ),
    row(
        "POST",
        "/api/v1/conversations/{id}/typing",
        People(WRITERS),
        Json(|_| json!({"is_typing": true})),
    ),
    row(
        "POST",
        "/api/v1/messages/{id}/retry",
        People(WRITERS),
        Nothing,
    ),
    row("GET", "/api/v1/customers/{id}", People(ALL), Nothing),
    row(
        "PATCH",
        "/api/v1/customers/{id}",
        People(WRITERS),
        Json(|_| json!({"name": "New name"})),
    ),
    row("POST", "/api/v1/files", People(WRITERS), File),
    row("GET", "/api/v1/files/{id}", People(ALL), Nothing),
];

fn text() -> Value {
    json!({"content_type": "text", "content": {"text": "hello"}})
}
