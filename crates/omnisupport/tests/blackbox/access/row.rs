//! What a row of the table of operations says.

use serde_json::{Value, json};

use super::world::World;

pub(super) const ALL: &[&str] = &["owner", "admin", "operator", "viewer"];
pub(super) const WRITERS: &[&str] = &["owner", "admin", "operator"];
pub(super) const MANAGERS: &[&str] = &["owner", "admin"];

pub(super) const WATCHED: &str = "whoever watches over the installation";
pub(super) const SIGNS_IN: &str = "this is how one signs in";
pub(super) const FIRST_FRAME: &str = "the first frame carries the token";

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

/// A row of the table.
pub(super) const fn row(method: &'static str, path: &'static str, is_for: For, body: Body) -> Row {
    Row {
        method,
        path,
        is_for,
        body,
    }
}

/// A row for signed-in people of these roles that takes nothing.
pub(super) const fn people(
    method: &'static str,
    path: &'static str,
    roles: &'static [&'static str],
) -> Row {
    row(method, path, For::People(roles), Body::Nothing)
}

/// What takes up again what a channel was handed.
pub(super) const REPLAY_EVENT: &str = "/api/v1/channels/{id}/events/{event_id}/replay";

/// A message.
pub(super) fn text() -> Value {
    json!({"content_type": "text", "content": {"text": "hello"}})
}
