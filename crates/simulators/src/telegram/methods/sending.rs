//! Methods that send something the customer sees.

use serde_json::{Value, json};

use super::super::answer::{Outcome, Refusal};
use super::super::entities::units;
use super::super::files::{Kept, NewFile};
use super::super::image_size;
use super::super::input::Input;
use super::super::keyboard::{self, Markup};
use super::super::ledger::{Sent, SentFile};
use super::super::render::{self, FileKind};
use super::super::world::{Shared, World};
use super::{gone, recipient};

const TEXT: usize = 4096;
pub(super) const CAPTION: usize = 1024;
const PHOTO: usize = 10 * 1024 * 1024;
const FILE: usize = 50 * 1024 * 1024;

/// A method that sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Text,
    Location,
    Contact,
    File(FileKind),
}

impl Method {
    /// By its name in lower case.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "sendmessage" => Self::Text,
            "sendlocation" => Self::Location,
            "sendcontact" => Self::Contact,
            "sendphoto" => Self::File(FileKind::Photo),
            "senddocument" => Self::File(FileKind::Document),
            "sendvoice" => Self::File(FileKind::Voice),
            "sendaudio" => Self::File(FileKind::Audio),
            "sendvideo" => Self::File(FileKind::Video),
            "sendvideonote" => Self::File(FileKind::VideoNote),
            "sendanimation" => Self::File(FileKind::Animation),
            "sendsticker" => Self::File(FileKind::Sticker),
            _ => return None,
        })
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Text => "sendMessage",
            Self::Location => "sendLocation",
            Self::Contact => "sendContact",
            Self::File(FileKind::Photo) => "sendPhoto",
            Self::File(FileKind::Document) => "sendDocument",
            Self::File(FileKind::Voice) => "sendVoice",
            Self::File(FileKind::Audio) => "sendAudio",
            Self::File(FileKind::Video) => "sendVideo",
            Self::File(FileKind::VideoNote) => "sendVideoNote",
            Self::File(FileKind::Animation) => "sendAnimation",
            Self::File(FileKind::Sticker) => "sendSticker",
        }
    }
}

/// What is sent, checked as far as it can be without looking around.
pub(super) enum Content {
    Text(String),
    Field(&'static str, Value),
    File {
        kind: FileKind,
        source: Source,
        caption: Option<String>,
    },
}

pub(super) enum Source {
    Uploaded(NewFile),
    Known(String),
}

pub(super) fn send(shared: &Shared, bot_id: i64, method: Method, input: &Input) -> Outcome {
    if input.text("parse_mode").is_some() {
        // Nothing here renders markup: better refused than silently wrong.
        return Err(Refusal::bad("unsupported parse_mode"));
    }
    let content = content(method, input)?;
    let markup = keyboard::read(input)?;
    shared.change(|world| {
        let chat_id = recipient::reachable(world, bot_id, input)?;
        let answered = recipient::answered(world, bot_id, chat_id, input)?;
        let inline = markup.clone().and_then(Markup::inline);
        let (message, file) = compose(world, bot_id, chat_id, content, answered, inline)?;
        record(world, bot_id, chat_id, method.name(), &message, file);
        let bot = world.bot_mut(bot_id).ok_or_else(gone)?;
        let chat = bot.chats.entry(chat_id).or_default();
        match markup {
            Some(Markup::Reply(keyboard)) => chat.keyboard = Some(keyboard),
            Some(Markup::Remove) => chat.keyboard = None,
            Some(Markup::Inline(_)) | None => {}
        }
        Ok(message.into())
    })
}

fn content(method: Method, input: &Input) -> Result<Content, Refusal> {
    match method {
        Method::Text => text(input).map(Content::Text),
        Method::Location => location(input),
        Method::Contact => contact(input),
        Method::File(kind) => file(kind, input),
    }
}

pub(super) fn text(input: &Input) -> Result<String, Refusal> {
    let text = input.text("text").unwrap_or_default().trim();
    if !text.chars().any(|c| !c.is_whitespace() && !invisible(c)) {
        return Err(Refusal::bad("message text is empty"));
    }
    if units(text) > TEXT {
        return Err(Refusal::bad("message is too long"));
    }
    Ok(text.to_owned())
}

/// Characters that take no room: a text of nothing else is empty.
const fn invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

fn location(input: &Input) -> Result<Content, Refusal> {
    let degrees = |name: &str, most: f64| {
        let value: f64 = input.text(name)?.parse().ok()?;
        (value.abs() <= most).then_some(value)
    };
    let latitude = degrees("latitude", 90.0);
    let longitude = degrees("longitude", 180.0);
    match (latitude, longitude) {
        (Some(latitude), Some(longitude)) => Ok(Content::Field(
            "location",
            json!({"latitude": latitude, "longitude": longitude}),
        )),
        (None, _) => Err(Refusal::bad("bad latitude")),
        _ => Err(Refusal::bad("bad longitude")),
    }
}

fn contact(input: &Input) -> Result<Content, Refusal> {
    let needed = |name: &str, words: &str| input.text(name).ok_or_else(|| Refusal::bad(words));
    let phone = needed("phone_number", "phone number is empty")?;
    let name = needed("first_name", "first name is empty")?;
    Ok(Content::Field(
        "contact",
        json!({"phone_number": phone, "first_name": name}),
    ))
}

fn file(kind: FileKind, input: &Input) -> Result<Content, Refusal> {
    let field = kind.field();
    let caption = input.text("caption").map(str::to_owned);
    if caption.as_deref().is_some_and(|c| units(c) > CAPTION) {
        return Err(Refusal::bad("message caption is too long"));
    }
    let source = match (input.file(field), input.text(field)) {
        (Some(file), _) => {
            check_upload(kind, file)?;
            Source::Uploaded(file.clone())
        }
        (None, Some(url)) if url.starts_with("http://") || url.starts_with("https://") => {
            return Err(Refusal::bad("failed to get HTTP URL content"));
        }
        (None, Some(id)) => Source::Known(id.to_owned()),
        (None, None) => {
            return Err(Refusal::bad(&format!("there is no {field} in the request")));
        }
    };
    Ok(Content::File {
        kind,
        source,
        caption,
    })
}

pub(super) fn check_upload(kind: FileKind, file: &NewFile) -> Result<(), Refusal> {
    if file.bytes.is_empty() {
        return Err(Refusal::bad("file must be non-empty"));
    }
    if file.bytes.len() > FILE {
        return Err(Refusal::new(413, "Request Entity Too Large"));
    }
    if kind != FileKind::Photo {
        return Ok(());
    }
    if file.bytes.len() > PHOTO {
        return Err(Refusal::bad("file is too big for a photo"));
    }
    let (width, height) =
        image_size::of(&file.bytes).ok_or_else(|| Refusal::bad("IMAGE_PROCESS_FAILED"))?;
    let (long, short) = (width.max(height), width.min(height));
    if width.saturating_add(height) > 10_000 || long > short.saturating_mul(20) {
        return Err(Refusal::bad("PHOTO_INVALID_DIMENSIONS"));
    }
    Ok(())
}

fn keep(world: &mut World, kind: FileKind, source: Source) -> Result<Kept, Refusal> {
    match source {
        Source::Uploaded(file) => Ok(world.files.keep(kind.folder(), file)),
        Source::Known(id) => {
            let kept = world.files.by_id(&id).cloned();
            kept.ok_or_else(|| Refusal::bad("wrong file identifier/HTTP URL specified"))
        }
    }
}

pub(super) fn compose(
    world: &mut World,
    bot_id: i64,
    chat_id: i64,
    content: Content,
    answered: Option<Value>,
    markup: Option<Value>,
) -> Result<(Value, Option<Kept>), Refusal> {
    let date = world.date();
    let chat = world.chat(chat_id).ok_or_else(recipient::unknown)?;
    let mut sent_file = None;
    let (file, caption, rest) = match content {
        Content::File {
            kind,
            source,
            caption,
        } => (Some((kind, keep(world, kind, source)?)), caption, None),
        other => (None, None, Some(other)),
    };
    let bot = world.bot_mut(bot_id).ok_or_else(gone)?;
    let mut message = render::message(bot.take_message_id(), bot.as_user(), chat, date);
    if let Some(answered) = &answered {
        render::add_reply(&mut message, answered);
    }
    match rest {
        Some(Content::Text(text)) => render::add_text(&mut message, &text),
        Some(Content::Field(name, value)) => message[name] = value,
        _ => {}
    }
    if let Some((kind, kept)) = file {
        render::add_file(&mut message, kind, &kept);
        sent_file = Some(kept);
    }
    if let Some(caption) = &caption {
        render::add_caption(&mut message, caption);
    }
    if let Some(markup) = markup {
        message["reply_markup"] = markup;
    }
    Ok((message, sent_file))
}

pub(super) fn record(
    world: &mut World,
    bot_id: i64,
    chat_id: i64,
    method: &'static str,
    message: &Value,
    file: Option<Kept>,
) {
    let id = message["message_id"].as_i64().unwrap_or_default();
    let words = message.get("text").or_else(|| message.get("caption"));
    world.ledger.push(Sent {
        at: world.clock.now(),
        bot_id,
        chat_id,
        message_id: id,
        method,
        text: words.and_then(Value::as_str).map(str::to_owned),
        file: file.map(|kept| SentFile {
            name: kept.name,
            mime_type: kept.mime_type,
            bytes: kept.bytes,
        }),
        reply_to: message["reply_to_message"]["message_id"].as_i64(),
        album: message["media_group_id"].as_str().map(str::to_owned),
    });
    if let Some(bot) = world.bot_mut(bot_id) {
        let chat = bot.chats.entry(chat_id).or_default();
        chat.messages.insert(id, message.clone());
        chat.typing_at = None;
    }
}
