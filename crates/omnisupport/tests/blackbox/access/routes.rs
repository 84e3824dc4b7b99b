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
    /// Signed-in people of these roles, and programs with as many permissions.
    People(&'static [&'static str]),
    /// Signed-in people of these roles, and no programs.
    Persons(&'static [&'static str]),
    /// Superadmins.
    Superadmins,
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
use For::{Everybody, People, Persons, Superadmins, Visitors};

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
    row(
        "POST",
        "/api/v1/auth/invitation",
        Everybody(SIGNS_IN),
        Nothing,
    ),
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
    row("GET", "/api/v1/auth/me", Persons(ALL), Nothing),
    row("POST", "/api/v1/auth/logout", Persons(ALL), Nothing),
    row(
        "POST",
        "/api/v1/auth/password",
        Persons(ALL),
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
    row("GET", "/api/v1/operators/{id}", People(ALL), Nothing),
    row(
        "PATCH",
        "/api/v1/operators/{id}",
        People(MANAGERS),
        Json(|_| json!({"skills": ["hair"]})),
    ),
    row(
        "POST",
        "/api/v1/operators/{id}/invitation",
        People(MANAGERS),
        Nothing,
    ),
    row("GET", "/api/v1/skills", People(ALL), Nothing),
    row("GET", "/api/v1/teams", People(ALL), Nothing),
    row(
        "POST",
        "/api/v1/teams",
        People(MANAGERS),
        Json(World::new_team),
    ),
    row("GET", "/api/v1/teams/{id}", People(ALL), Nothing),
    row(
        "PATCH",
        "/api/v1/teams/{id}",
        People(MANAGERS),
        Json(|world| json!({"members": [world.operator]})),
    ),
    row("DELETE", "/api/v1/teams/{id}", People(MANAGERS), Nothing),
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
    row("GET", "/api/v1/tags", People(ALL), Nothing),
    row(
        "POST",
        "/api/v1/conversations/bulk",
        People(WRITERS),
        Json(|world| json!({"ids": [world.conversation], "status": {"status": "open"}})),
    ),
    row("GET", "/api/v1/drafts", Persons(ALL), Nothing),
    row(
        "GET",
        "/api/v1/conversations/{id}/draft",
        Persons(WRITERS),
        Nothing,
    ),
    row(
        "PUT",
        "/api/v1/conversations/{id}/draft",
        Persons(WRITERS),
        Json(|_| json!({"text": "Good mor", "version": 1})),
    ),
    row(
        "DELETE",
        "/api/v1/conversations/{id}/draft",
        Persons(WRITERS),
        Nothing,
    ),
    row("GET", "/api/v1/canned-responses", People(ALL), Nothing),
    row(
        "POST",
        "/api/v1/canned-responses",
        Persons(WRITERS),
        Json(World::new_response),
    ),
    row("GET", "/api/v1/canned-responses/{id}", People(ALL), Nothing),
    row(
        "PATCH",
        "/api/v1/canned-responses/{id}",
        People(MANAGERS),
        Json(|_| json!({"title": "Another title"})),
    ),
    row(
        "DELETE",
        "/api/v1/canned-responses/{id}",
        People(MANAGERS),
        Nothing,
    ),
    row(
        "POST",
        "/api/v1/canned-responses/{id}/render",
        People(WRITERS),
        Json(|world| json!({"conversation_id": world.conversation})),
    ),
    row("GET", "/api/v1/views", People(ALL), Nothing),
    row(
        "POST",
        "/api/v1/views",
        Persons(ALL),
        Json(|_| json!({"name": "Mine", "filter": {}, "scope": "own"})),
    ),
    row(
        "PATCH",
        "/api/v1/views/{id}",
        People(MANAGERS),
        Json(|_| json!({"name": "Another name"})),
    ),
    row("DELETE", "/api/v1/views/{id}", People(MANAGERS), Nothing),
    row("POST", "/api/v1/files", People(WRITERS), File),
    row("GET", "/api/v1/files/{id}", People(ALL), Nothing),
    row("GET", "/api/v1/api-keys", Persons(MANAGERS), Nothing),
    row(
        "POST",
        "/api/v1/api-keys",
        Persons(MANAGERS),
        Json(|_| json!({"name": "Shop", "permissions": ["conversations:read"]})),
    ),
    row(
        "PATCH",
        "/api/v1/api-keys/{id}",
        Persons(MANAGERS),
        Json(|_| json!({"name": "New name", "rate_limit_per_minute": 60})),
    ),
    row(
        "DELETE",
        "/api/v1/api-keys/{id}",
        Persons(MANAGERS),
        Nothing,
    ),
    row(
        "POST",
        "/api/v1/superadmin/login",
        Everybody(SIGNS_IN),
        Nothing,
    ),
    row(
        "POST",
        "/api/v1/superadmin/refresh",
        Everybody(SIGNS_IN),
        Nothing,
    ),
    row("GET", "/api/v1/superadmin/tenants", Superadmins, Nothing),
    row(
        "POST",
        "/api/v1/superadmin/tenants",
        Superadmins,
        Json(World::new_company),
    ),
    row(
        "GET",
        "/api/v1/superadmin/tenants/{id}",
        Superadmins,
        Nothing,
    ),
    row(
        "POST",
        "/api/v1/superadmin/tenants/{id}/suspend",
        Superadmins,
        Json(|_| json!({"reason": "does not pay"})),
    ),
    row(
        "POST",
        "/api/v1/superadmin/tenants/{id}/restore",
        Superadmins,
        Json(|_| json!({"reason": "has paid"})),
    ),
    row("GET", "/api/v1/superadmin/audit", Superadmins, Nothing),
    row("POST", "/api/v1/superadmin/logout", Superadmins, Nothing),
];

fn text() -> Value {
    json!({"content_type": "text", "content": {"text": "hello"}})
}
