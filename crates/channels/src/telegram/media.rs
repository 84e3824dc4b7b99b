//! Files in messages.

use omni_model::{ContentType, RemoteFile, limits};
use serde_json::{Map, Value};

use super::fields::{number, object, short, text};

/// Longer handles are none of Telegram's.
const HANDLE: usize = 512;

/// The file that a message carries. Other fields may repeat it in an older form (an animation is also
/// a document, a live photo also a photo), so the order matters.
pub(super) fn find(
    message: &Value,
    metadata: &mut Map<String, Value>,
) -> Option<(ContentType, RemoteFile)> {
    photo(message)
        .or_else(|| sticker(message, metadata))
        .or_else(|| named(message, metadata))
}

fn photo(message: &Value) -> Option<(ContentType, RemoteFile)> {
    let sizes = message.get("photo")?.as_array()?;
    let area = |size: &&Value| {
        let side = |name| number(size, name).unwrap_or(0).clamp(0, 100_000);
        side("width") * side("height")
    };
    let largest = sizes
        .iter()
        .filter(|size| handle(size).is_some())
        .max_by_key(area)?;
    Some((ContentType::Image, remote(largest, Some("image/jpeg"))?))
}

fn sticker(
    message: &Value,
    metadata: &mut Map<String, Value>,
) -> Option<(ContentType, RemoteFile)> {
    let sticker = object(message, "sticker")?;
    let is = |name| sticker.get(name).and_then(Value::as_bool) == Some(true);
    let mime_type = if is("is_animated") {
        "application/x-tgsticker"
    } else if is("is_video") {
        "video/webm"
    } else {
        "image/webp"
    };
    let file = remote(sticker, Some(mime_type))?;
    if let Some(emoji) = short(sticker, "emoji", 16) {
        metadata.insert("emoji".to_owned(), emoji.into());
    }
    Some((ContentType::Sticker, file))
}

/// Files that stand under the name of their kind: field, how we show it, its type where none is told.
const NAMED: &[(&str, ContentType, Option<&str>)] = &[
    ("voice", ContentType::Audio, Some("audio/ogg")),
    ("audio", ContentType::Audio, Some("audio/mpeg")),
    ("video", ContentType::Video, Some("video/mp4")),
    ("video_note", ContentType::Video, Some("video/mp4")),
    ("animation", ContentType::Video, Some("video/mp4")),
    ("document", ContentType::File, None),
];

fn named(message: &Value, metadata: &mut Map<String, Value>) -> Option<(ContentType, RemoteFile)> {
    let (field, found, kind, mime_type) = NAMED.iter().find_map(|&(field, kind, mime_type)| {
        Some((field, object(message, field)?, kind, mime_type))
    })?;
    // What its content type does not tell.
    let special = ["voice", "video_note", "animation"]
        .into_iter()
        .find(|special| *special == field);
    let file = remote(found, mime_type)?;
    if let Some(special) = special {
        metadata.insert("kind".to_owned(), special.into());
    }
    if let Some(seconds) = number(found, "duration").filter(|seconds| *seconds > 0) {
        metadata.insert("duration".to_owned(), seconds.into());
    }
    // An animation may be a real GIF: then it is a picture.
    let kind = match file.mime_type.as_deref() {
        Some(mime) if kind == ContentType::Video => match ContentType::of_mime(mime) {
            ContentType::File | ContentType::Audio => kind,
            shown => shown,
        },
        _ => kind,
    };
    Some((kind, file))
}

fn remote(found: &Value, mime_type: Option<&str>) -> Option<RemoteFile> {
    Some(RemoteFile {
        handle: handle(found)?,
        file_name: short(found, "file_name", limits::FILE_NAME),
        mime_type: short(found, "mime_type", 127).or_else(|| mime_type.map(str::to_owned)),
        size: number(found, "file_size").and_then(|size| u64::try_from(size).ok()),
    })
}

/// A handle is of use only whole.
fn handle(found: &Value) -> Option<String> {
    text(found, "file_id").filter(|handle| handle.len() <= HANDLE)
}
