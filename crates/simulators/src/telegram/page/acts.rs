//! What the person at the page does.

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::customer::Customer;
use super::super::files::NewFile;
use super::super::image_size;
use super::super::render::FileKind;
use super::super::world::Shared;

/// Bytes of a file from the page.
const FILE: usize = 50 * 1024 * 1024;
/// The first customer's id; the others follow.
const FIRST: i64 = 1_000_001;

type Refused = (StatusCode, &'static str);

#[derive(Deserialize)]
pub(super) struct Introduction {
    name: String,
    language: String,
}

pub(super) async fn introduce(
    State(shared): State<Shared>,
    Json(who): Json<Introduction>,
) -> Result<Json<Value>, Refused> {
    let name = who.name.trim();
    if name.is_empty() || name.chars().count() > 64 {
        return Err((
            StatusCode::UNPROCESSABLE_ENTITY,
            "a name of 1 to 64 characters",
        ));
    }
    let id = shared.change(|world| {
        let id = world.people.keys().max().map_or(FIRST, |last| last + 1);
        let person = world.person_mut(id, name);
        person.language = who.language.chars().take(8).collect();
        id
    });
    Ok(Json(json!({"id": id})))
}

#[derive(Deserialize)]
pub(super) struct Words {
    text: String,
    reply_to: Option<i64>,
}

pub(super) async fn write(
    State(shared): State<Shared>,
    Path(id): Path<i64>,
    Json(words): Json<Words>,
) -> Result<StatusCode, Refused> {
    let customer = customer(&shared, id)?;
    let text = checked(&words.text)?;
    match words.reply_to {
        Some(to) => customer.replies(to, text),
        None => customer.writes(text),
    };
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn edit(
    State(shared): State<Shared>,
    Path((id, message)): Path<(i64, i64)>,
    Json(words): Json<Words>,
) -> Result<StatusCode, Refused> {
    customer(&shared, id)?.edits(message, checked(&words.text)?);
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
pub(super) struct FileName {
    name: String,
    mime_type: String,
}

pub(super) async fn send_file(
    State(shared): State<Shared>,
    Path(id): Path<i64>,
    Query(FileName { name, mime_type }): Query<FileName>,
    body: Body,
) -> Result<StatusCode, Refused> {
    let customer = customer(&shared, id)?;
    let bytes = to_bytes(body, FILE)
        .await
        .map_err(|_| (StatusCode::PAYLOAD_TOO_LARGE, "at most 50 MB"))?;
    if bytes.is_empty() {
        return Err((StatusCode::UNPROCESSABLE_ENTITY, "the file is empty"));
    }
    let kind = match mime_type.as_str() {
        "image/jpeg" | "image/png" | "image/webp" if image_size::of(&bytes).is_some() => {
            FileKind::Photo
        }
        "audio/ogg" => FileKind::Voice,
        "audio/mpeg" | "audio/mp4" => FileKind::Audio,
        "video/mp4" => FileKind::Video,
        _ => FileKind::Document,
    };
    let file = NewFile {
        name,
        mime_type,
        bytes,
    };
    customer.sends(kind, file, None, None);
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
pub(super) struct Press {
    message_id: i64,
    data: String,
}

pub(super) async fn press(
    State(shared): State<Shared>,
    Path(id): Path<i64>,
    Json(press): Json<Press>,
) -> Result<StatusCode, Refused> {
    customer(&shared, id)?
        .presses(press.message_id, &press.data)
        .map(|_| StatusCode::NO_CONTENT)
        .ok_or((StatusCode::NOT_FOUND, "no such message"))
}

#[derive(Deserialize)]
pub(super) struct Block {
    blocked: bool,
}

pub(super) async fn block(
    State(shared): State<Shared>,
    Path(id): Path<i64>,
    Json(Block { blocked }): Json<Block>,
) -> Result<StatusCode, Refused> {
    let customer = customer(&shared, id)?;
    if blocked {
        customer.blocks_bot();
    } else {
        customer.unblocks_bot();
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The customer, once there is a bot to talk to.
fn customer(shared: &Shared, id: i64) -> Result<Customer, Refused> {
    shared.look(|world| {
        if world.bots.is_empty() {
            return Err((StatusCode::CONFLICT, "no bot has connected yet"));
        }
        if !world.people.contains_key(&id) {
            return Err((StatusCode::NOT_FOUND, "no such customer"));
        }
        Ok(())
    })?;
    Ok(Customer::new(shared.clone(), id, None))
}

fn checked(text: &str) -> Result<&str, Refused> {
    let text = text.trim();
    if text.is_empty() || text.encode_utf16().count() > 4096 {
        return Err((StatusCode::UNPROCESSABLE_ENTITY, "1 to 4096 characters"));
    }
    Ok(text)
}
