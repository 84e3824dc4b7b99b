//! What the page shows.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::bot::Bot;
use super::super::chat::{Chat, Reactions};
use super::super::simulator::DEFAULT_TOKEN;
use super::super::world::{Shared, World};

/// How long the page waits for news.
const PATIENCE: Duration = Duration::from_secs(25);
/// Messages that are shown of one chat.
const MESSAGES: usize = 200;
/// How long `typing` is shown.
const TYPING: Duration = Duration::from_secs(5);

#[derive(Deserialize)]
pub(super) struct Since {
    /// The version the page knows; it waits for another.
    version: Option<u64>,
    /// The customer whose chat is open.
    customer: Option<i64>,
}

/// Everything the page shows, as soon as it differs from what the page knows.
pub(super) async fn state(State(shared): State<Shared>, Query(since): Query<Since>) -> Json<Value> {
    let mut changes = shared.changes();
    let version = *changes.borrow_and_update();
    let version = if since.version == Some(version) {
        // With no news the page asks again.
        let _ = tokio::time::timeout(PATIENCE, changes.changed()).await;
        *changes.borrow_and_update()
    } else {
        version
    };
    let mut state = shared.look(|world| render(world, since.customer));
    state["version"] = version.into();
    Json(state)
}

fn render(world: &World, open: Option<i64>) -> Value {
    let bot = world.bots.first();
    let chat_of = |id: i64| bot.and_then(|bot| bot.chats.get(&id));
    let customers: Vec<_> = world
        .people
        .values()
        .map(|person| {
            let last = chat_of(person.id).and_then(|chat| chat.messages.values().next_back());
            json!({
                "id": person.id,
                "name": person.as_user()["first_name"],
                "last_name": person.last_name,
                "last": last,
            })
        })
        .collect();
    let chat = open.and_then(chat_of);
    json!({
        "bot": bot.map(Bot::as_user),
        "token": DEFAULT_TOKEN,
        "customers": customers,
        "messages": chat.map(messages).unwrap_or_default(),
        "blocked": chat.is_some_and(|chat| chat.blocked),
        "keyboard": chat.and_then(|chat| chat.keyboard.as_ref()),
        "reactions": chat.map(reactions),
        "typing": chat.is_some_and(|chat| types(world, chat)),
    })
}

/// The bot's reactions, by message.
fn reactions(chat: &Chat) -> Value {
    let of_bot =
        |(id, both): (&i64, &Reactions)| Some((id.to_string(), both.of_bot.clone()?.into()));
    Value::Object(chat.reactions.iter().filter_map(of_bot).collect())
}

fn messages(chat: &Chat) -> Vec<&Value> {
    let skip = chat.messages.len().saturating_sub(MESSAGES);
    chat.messages.values().skip(skip).collect()
}

fn types(world: &World, chat: &Chat) -> bool {
    let since = |at| world.clock.now().since(at);
    chat.typing_at.is_some_and(|at| since(at) < TYPING)
}

/// A file of a message: pictures, sound and films to show, everything else only to save.
pub(super) async fn file(State(shared): State<Shared>, Path(id): Path<String>) -> Response {
    let Some(kept) = shared.look(|world| world.files.by_id(&id).cloned()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let shown = matches!(
        kept.mime_type.as_str(),
        "image/jpeg"
            | "image/png"
            | "image/gif"
            | "image/webp"
            | "audio/ogg"
            | "audio/mpeg"
            | "video/mp4"
    );
    let (content_type, disposition) = if shown {
        (kept.mime_type.as_str(), "inline")
    } else {
        ("application/octet-stream", "attachment")
    };
    let value = |text: &str| {
        HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("application/octet-stream"))
    };
    let headers = [
        (CONTENT_TYPE, value(content_type)),
        (CONTENT_DISPOSITION, value(disposition)),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, kept.bytes).into_response()
}
