//! What the person at the page does.

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::customer::Customer;
use super::super::files::NewFile;
use super::super::group::Group;
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
    /// The album it belongs to, by a name that the page makes up.
    album: Option<String>,
    /// `sticker` or `video_note`, where it is to go as one.
    kind: Option<String>,
}

pub(super) async fn send_file(
    State(shared): State<Shared>,
    Path(id): Path<i64>,
    Query(FileName {
        name,
        mime_type,
        album,
        kind,
    }): Query<FileName>,
    body: Body,
) -> Result<StatusCode, Refused> {
    let customer = customer(&shared, id)?;
    let bytes = to_bytes(body, FILE)
        .await
        .map_err(|_| (StatusCode::PAYLOAD_TOO_LARGE, "at most 50 MB"))?;
    if bytes.is_empty() {
        return Err((StatusCode::UNPROCESSABLE_ENTITY, "the file is empty"));
    }
    let kind = match (kind.as_deref(), mime_type.as_str()) {
        (Some("sticker"), _) => FileKind::Sticker,
        (Some("video_note"), _) => FileKind::VideoNote,
        (_, mime_type) => shown_best(mime_type, &bytes),
    };
    let file = NewFile {
        name,
        mime_type,
        bytes,
    };
    customer.sends(kind, file, None, album.as_deref());
    Ok(StatusCode::NO_CONTENT)
}

fn shown_best(mime_type: &str, bytes: &Bytes) -> FileKind {
    match mime_type {
        "image/jpeg" | "image/png" | "image/webp" if image_size::of(bytes).is_some() => {
            FileKind::Photo
        }
        "audio/ogg" => FileKind::Voice,
        "audio/mpeg" | "audio/mp4" => FileKind::Audio,
        "video/mp4" => FileKind::Video,
        "image/gif" => FileKind::Animation,
        _ => FileKind::Document,
    }
}

/// What a customer sends without typing it or picking a file.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Thing {
    Location {
        latitude: f64,
        longitude: f64,
    },
    Phone {
        number: String,
    },
    /// He lets the bot into a group of this name.
    Group {
        title: String,
    },
    /// A tap on a button of his keyboard.
    Tap {
        title: String,
        number: String,
    },
    /// A reaction; none takes it back.
    Reaction {
        message_id: i64,
        emoji: Option<String>,
    },
    Dice,
}

pub(super) async fn send_thing(
    State(shared): State<Shared>,
    Path(id): Path<i64>,
    Json(thing): Json<Thing>,
) -> Result<StatusCode, Refused> {
    let customer = customer(&shared, id)?;
    match thing {
        Thing::Location {
            latitude,
            longitude,
        } => {
            if latitude.abs() > 90.0 || longitude.abs() > 180.0 {
                return Err((StatusCode::UNPROCESSABLE_ENTITY, "no such place"));
            }
            customer.sends_location(latitude, longitude);
        }
        Thing::Phone { number } => {
            let digits = number.trim().trim_start_matches('+');
            if !(5..=15).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err((StatusCode::UNPROCESSABLE_ENTITY, "5 to 15 digits"));
            }
            customer.shares_phone(digits);
        }
        Thing::Group { title } => Group::open(shared.clone(), -id, &title).lets_in(&customer),
        Thing::Tap { title, number } => {
            let tapped = customer.taps(&title, &number);
            tapped.ok_or((StatusCode::NOT_FOUND, "no such button"))?;
        }
        Thing::Reaction { message_id, emoji } => customer.reacts(message_id, emoji.as_deref()),
        Thing::Dice => {
            let dice = json!({"emoji": "🎲", "value": 4});
            customer.sends_field("dice", dice);
        }
    }
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
