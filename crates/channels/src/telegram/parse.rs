//! What an update means to us.
//!
//! Lenient throughout: a field that is missing or of another type is as good as absent, and whatever
//! cannot be understood is [`InboundItem::Unsupported`], never an error.

use omni_model::{
    Button, InboundContent, InboundItem, InboundMessage, Profile, Timestamp, limits,
    normalise_phone,
};
use serde_json::{Map, Value};

use super::depth;
use super::fields::{number, object, short, text, words};
use super::{groups, media, plain, reactions, start};

/// A body that is no JSON at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stored update is not JSON")]
pub struct ParseError;

/// In the metadata of a message and of its conversation: what a link to the bot carried along.
pub const START_PARAMETER: &str = "start_parameter";
/// The last second of the year 9999: nothing later can be written as a date.
const LAST_SECOND: i64 = 253_402_300_799;

/// Reads a stored update.
pub fn parse(body: &[u8]) -> Result<InboundItem, ParseError> {
    let json = std::str::from_utf8(body).map_err(|_| ParseError)?;
    if !depth::at_most(json, limits::JSON_DEPTH) {
        return Err(ParseError);
    }
    let update: Value = serde_json::from_str(json).map_err(|_| ParseError)?;
    if let Some(item) = groups::item(&update).or_else(|| reactions::item(&update)) {
        return Ok(item);
    }
    let understood = of_message(&update, "message")
        .map(|found| found.map(InboundItem::Message))
        .or_else(|| {
            of_message(&update, "edited_message").map(|found| found.map(InboundItem::Edited))
        })
        .or_else(|| {
            object(&update, "callback_query").map(|query| press(query).ok_or("callback_query"))
        })
        .or_else(|| {
            object(&update, "my_chat_member")
                .map(|change| membership(change).ok_or("my_chat_member"))
        });
    Ok(match understood {
        Some(Ok(item)) => item,
        Some(Err(kind)) => unsupported(kind),
        None => unsupported(other_kind(&update)),
    })
}

fn unsupported(kind: &str) -> InboundItem {
    InboundItem::Unsupported {
        kind: kind.to_owned(),
    }
}

/// The name of a kind we do not act on.
fn other_kind(update: &Value) -> &str {
    update
        .as_object()
        .into_iter()
        .flat_map(Map::keys)
        .find(|key| *key != "update_id" && key.len() <= 64 && !key.contains('\0'))
        .map_or("unknown", String::as_str)
}

type Understood = Result<Box<InboundMessage>, &'static str>;

fn of_message(update: &Value, field: &'static str) -> Option<Understood> {
    let message = object(update, field)?;
    Some(private_message(message).map(Box::new).ok_or(field))
}

/// The chat's id, where the chat is one person with the bot.
pub(super) fn private_chat(message: &Value) -> Option<i64> {
    let chat = object(message, "chat")?;
    let id = number(chat, "id")?;
    let private = match chat.get("type").and_then(Value::as_str) {
        Some(kind) => kind == "private",
        // Chats with one person have positive ids.
        None => id > 0,
    };
    private.then_some(id)
}

fn private_message(message: &Value) -> Option<InboundMessage> {
    let chat_id = private_chat(message)?;
    let message_id = number(message, "message_id")?;
    let mut metadata = Map::new();
    let content = content(message, &mut metadata)?;
    if let Some(album) = short(message, "media_group_id", 64) {
        metadata.insert("album_id".to_owned(), album.into());
    }
    if let Some(parameter) = start::parameter(message) {
        metadata.insert(START_PARAMETER.to_owned(), parameter.into());
    }
    if message.get("forward_origin").is_some() {
        metadata.insert("forwarded".to_owned(), true.into());
    }
    let reply_to = object(message, "reply_to_message").and_then(|to| number(to, "message_id"));
    let changed = number(message, "edit_date").or_else(|| number(message, "date"));
    Some(InboundMessage {
        external_id: chat_id.to_string(),
        profile: profile(message),
        provider_id: format!("{chat_id}:{message_id}"),
        content,
        reply_to_provider_id: reply_to.map(|id| format!("{chat_id}:{id}")),
        sent_at: moment(changed),
        metadata,
        acknowledge: None,
    })
}

fn content(message: &Value, metadata: &mut Map<String, Value>) -> Option<InboundContent> {
    if let Some((text, truncated)) = words(message, "text") {
        mark_truncated(metadata, truncated);
        return Some(InboundContent::Text { text });
    }
    if let Some((kind, file)) = media::find(message, metadata) {
        let caption = words(message, "caption").map(|(caption, truncated)| {
            mark_truncated(metadata, truncated);
            caption
        });
        return Some(InboundContent::File {
            kind,
            file,
            caption,
        });
    }
    place(message, metadata)
        .or_else(|| contact(message, metadata))
        .or_else(|| plain::line(message, metadata))
}

fn mark_truncated(metadata: &mut Map<String, Value>, truncated: bool) {
    if truncated {
        metadata.insert("truncated".to_owned(), true.into());
    }
}

/// A position; of a venue also its name and address.
fn place(message: &Value, metadata: &mut Map<String, Value>) -> Option<InboundContent> {
    let venue = object(message, "venue");
    let location = object(message, "location").or_else(|| object(venue?, "location"))?;
    let latitude = location.get("latitude")?.as_f64()?;
    let longitude = location.get("longitude")?.as_f64()?;
    if latitude.abs() > 90.0 || longitude.abs() > 180.0 {
        return None;
    }
    if let Some(venue) = venue {
        let line = |name| short(venue, name, limits::NAME).unwrap_or_default();
        let words = serde_json::json!({"title": line("title"), "address": line("address")});
        metadata.insert("venue".to_owned(), words);
    }
    let live = number(location, "live_period").is_some();
    // An edit that says nothing of it any more is the end of a live location.
    if live || message.get("edit_date").is_some() {
        metadata.insert("live".to_owned(), live.into());
    }
    Some(InboundContent::Location {
        latitude,
        longitude,
    })
}

fn contact(message: &Value, metadata: &mut Map<String, Value>) -> Option<InboundContent> {
    let contact = object(message, "contact")?;
    if object(message, "from").is_some_and(|from| own_phone(message, from).is_some()) {
        metadata.insert("own".to_owned(), true.into());
    }
    Some(InboundContent::Contact {
        name: full_name(contact).unwrap_or_default(),
        phone: short(contact, "phone_number", 32)?,
    })
}

fn full_name(person: &Value) -> Option<String> {
    let half = limits::NAME / 2;
    let names: Vec<_> = ["first_name", "last_name"]
        .into_iter()
        .filter_map(|name| short(person, name, half))
        .collect();
    (!names.is_empty()).then(|| names.join(" "))
}

fn profile(message: &Value) -> Profile {
    let nobody = Value::Null;
    let from = object(message, "from")
        .or_else(|| object(message, "chat"))
        .unwrap_or(&nobody);
    let username = short(from, "username", 64);
    Profile {
        name: full_name(from)
            .or_else(|| username.clone())
            .unwrap_or_default(),
        username,
        locale: short(from, "language_code", 35),
        verified_phone: own_phone(message, from),
        ..Profile::default()
    }
}

/// The phone number of a contact, where Telegram vouches that it is the writer's own.
fn own_phone(message: &Value, from: &Value) -> Option<String> {
    let contact = object(message, "contact")?;
    let own = number(contact, "user_id")? == number(from, "id")?;
    // A forwarded contact card was not shared now, by this person, with us.
    let direct = message.get("forward_origin").is_none();
    let phone = short(contact, "phone_number", 32)?;
    (own && direct).then(|| normalise_phone(&phone))?
}

pub(super) fn moment(seconds: Option<i64>) -> Timestamp {
    Timestamp::from_seconds(seconds.unwrap_or(0).clamp(0, LAST_SECOND))
}

/// A button press: a message of its own, in the writer's place.
fn press(query: &Value) -> Option<InboundItem> {
    let id = short(query, "id", 64)?;
    let from = object(query, "from")?;
    let message = object(query, "message");
    let person = number(from, "id")?;
    if let Some(message) = message
        && private_chat(message)? != person
    {
        return None;
    }
    // A press without its message comes from a chat we cannot see.
    let message = message?;
    let data = short(query, "data", 64);
    let title = data.as_deref().and_then(|data| title_of(message, data));
    let mut metadata = Map::new();
    if let Some(data) = &data {
        metadata.insert("button_data".to_owned(), data.clone().into());
    }
    let reply_to = number(message, "message_id");
    Some(InboundItem::Message(Box::new(InboundMessage {
        external_id: person.to_string(),
        profile: profile(query),
        provider_id: format!("cb:{id}"),
        content: InboundContent::Interactive {
            text: title.or(data)?,
            buttons: Vec::<Button>::new(),
        },
        reply_to_provider_id: reply_to.map(|to| format!("{person}:{to}")),
        // Telegram does not say when a button was pressed.
        sent_at: Timestamp::default(),
        metadata,
        acknowledge: Some(id),
    })))
}

/// What stood on the button that carries this data.
fn title_of(message: &Value, data: &str) -> Option<String> {
    let keyboard = object(message, "reply_markup")?.get("inline_keyboard")?;
    let rows = keyboard.as_array()?.iter().filter_map(Value::as_array);
    let pressed = rows
        .flatten()
        .find(|button| button.get("callback_data").and_then(Value::as_str) == Some(data))?;
    text(pressed, "text").and_then(|_| short(pressed, "text", limits::NAME))
}

/// In a private chat a change of the bot's own membership means block or unblock.
fn membership(change: &Value) -> Option<InboundItem> {
    let chat_id = private_chat(change)?;
    let now = object(change, "new_chat_member")?;
    let blocked = match now.get("status")?.as_str()? {
        "kicked" => true,
        "member" => false,
        _ => return None,
    };
    Some(InboundItem::Blocked {
        external_id: chat_id.to_string(),
        blocked,
    })
}
