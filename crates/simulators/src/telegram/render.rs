//! Messages, as the Bot API shows them.

use serde_json::{Value, json};

use super::files::Kept;
use super::{entities, image_size};

/// The kinds of files that messages carry, by the name of their field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
    Photo,
    Document,
    Voice,
    Audio,
    Video,
    VideoNote,
    Animation,
    Sticker,
}

impl FileKind {
    /// Those that may carry words.
    pub(super) const CAPTIONED: [Self; 6] = [
        Self::Photo,
        Self::Document,
        Self::Voice,
        Self::Audio,
        Self::Video,
        Self::Animation,
    ];

    pub(super) const fn field(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Document => "document",
            Self::Voice => "voice",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::VideoNote => "video_note",
            Self::Animation => "animation",
            Self::Sticker => "sticker",
        }
    }

    /// The folder in `file_path`.
    pub(super) const fn folder(self) -> &'static str {
        match self {
            Self::Photo => "photos",
            Self::Document => "documents",
            Self::Voice => "voice",
            Self::Audio => "music",
            Self::Video => "videos",
            Self::VideoNote => "video_notes",
            Self::Animation => "animations",
            Self::Sticker => "stickers",
        }
    }
}

/// A message without content.
pub(super) fn message(id: i64, from: Value, chat: Value, date: i64) -> Value {
    json!({"message_id": id, "from": from, "chat": chat, "date": date})
}

/// Adds a text with its entities.
pub(super) fn add_text(to: &mut Value, text: &str) {
    to["text"] = text.into();
    put_entities(to, "entities", text);
}

/// Adds a caption with its entities.
pub(super) fn add_caption(to: &mut Value, caption: &str) {
    if caption.is_empty() {
        if let Some(fields) = to.as_object_mut() {
            fields.remove("caption");
            fields.remove("caption_entities");
        }
        return;
    }
    to["caption"] = caption.into();
    put_entities(to, "caption_entities", caption);
}

fn put_entities(to: &mut Value, field: &str, text: &str) {
    match entities::find(text) {
        Some(found) => to[field] = found,
        None => {
            if let Some(fields) = to.as_object_mut() {
                fields.remove(field);
            }
        }
    }
}

/// Adds the message that is answered, without what that one answered.
pub(super) fn add_reply(to: &mut Value, answered: &Value) {
    let mut answered = answered.clone();
    if let Some(fields) = answered.as_object_mut() {
        fields.remove("reply_to_message");
    }
    to["reply_to_message"] = answered;
}

/// Adds a file under the field of its kind.
pub(super) fn add_file(to: &mut Value, kind: FileKind, file: &Kept) {
    let (width, height) = image_size::of(&file.bytes).unwrap_or((640, 480));
    let mut object = file.as_object();
    match kind {
        FileKind::Photo => {
            object["width"] = width.into();
            object["height"] = height.into();
            let mut small = object.clone();
            small["width"] = (width / 8).max(1).into();
            small["height"] = (height / 8).max(1).into();
            // Another file: whoever asks for it has not looked for the largest.
            small["file_id"] = format!("{}-small", file.id).into();
            small["file_unique_id"] = format!("{}s", file.unique_id).into();
            to["photo"] = json!([small, object]);
            return;
        }
        FileKind::Sticker => {
            object["type"] = "regular".into();
            object["width"] = width.into();
            object["height"] = height.into();
            object["is_animated"] = (file.mime_type == "application/x-tgsticker").into();
            object["is_video"] = (file.mime_type == "video/webm").into();
            object["emoji"] = "👍".into();
        }
        FileKind::Document => {
            object["file_name"] = file.name.as_str().into();
            object["mime_type"] = file.mime_type.as_str().into();
        }
        FileKind::Voice => {
            object["duration"] = 1.into();
            object["mime_type"] = "audio/ogg".into();
        }
        FileKind::VideoNote => {
            object["duration"] = 1.into();
            object["length"] = 240.into();
        }
        FileKind::Audio => {
            object["duration"] = 1.into();
            object["file_name"] = file.name.as_str().into();
            object["mime_type"] = file.mime_type.as_str().into();
        }
        FileKind::Video | FileKind::Animation => {
            object["duration"] = 1.into();
            object["width"] = width.into();
            object["height"] = height.into();
            object["file_name"] = file.name.as_str().into();
            object["mime_type"] = file.mime_type.as_str().into();
        }
    }
    if kind == FileKind::Animation {
        // Old clients know animations as documents.
        let mut document = file.as_object();
        document["file_name"] = file.name.as_str().into();
        document["mime_type"] = file.mime_type.as_str().into();
        to["document"] = document;
    }
    to[kind.field()] = object;
}
