//! From a message of ours to the calls that bring it to a customer.

use omni_model::{ContentType, Keyboard, SendError, limits};
use omni_outbound::{FilePart, Form};
use serde_json::{Value, json};

use super::split::{split, units};
use super::{CAPTION_UNITS, PHOTO_BYTES, TEXT_UNITS, UPLOAD_BYTES, album, markup};
use crate::{OutboundContent, OutboundFile, OutboundMessage, error_codes};

/// One call that sends something the customer sees.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    Plain {
        method: &'static str,
        fields: Value,
    },
    File(FilePiece),
    /// Files that the customer sees as one album.
    Album(Vec<FilePiece>),
}

/// A file and how it is shown.
#[derive(Clone, Debug)]
pub(super) struct FilePiece {
    pub(super) way: FileWay,
    pub(super) file: FilePart,
    pub(super) caption: Option<String>,
}

impl Piece {
    /// Whether it could also go as a mere document, or as several.
    pub(super) fn has_plainer_way(&self) -> bool {
        let plainer = |piece: &FilePiece| piece.way != FileWay::DOCUMENT;
        match self {
            Self::Plain { .. } => false,
            Self::File(piece) => plainer(piece),
            Self::Album(pieces) => pieces.iter().any(plainer),
        }
    }
}

/// The method and the field that a kind of file is sent with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileWay {
    pub(super) method: &'static str,
    pub(super) field: &'static str,
}

impl FileWay {
    /// The way that takes every file.
    pub(super) const DOCUMENT: Self = Self {
        method: "sendDocument",
        field: "document",
    };

    /// The way that shows a file best.
    fn of(kind: ContentType, mime_type: &str, size: u64) -> Self {
        let way = |method, field| Self { method, field };
        let mime = mime_type.split(';').next().unwrap_or_default().trim();
        match (kind, mime) {
            (ContentType::Image, "image/jpeg" | "image/png" | "image/webp")
                if size <= PHOTO_BYTES =>
            {
                way("sendPhoto", "photo")
            }
            (ContentType::Audio, "audio/ogg" | "audio/opus") => way("sendVoice", "voice"),
            (ContentType::Audio, "audio/mpeg" | "audio/mp3" | "audio/mp4" | "audio/x-m4a") => {
                way("sendAudio", "audio")
            }
            (ContentType::Video, "video/mp4") => way("sendVideo", "video"),
            _ => Self::DOCUMENT,
        }
    }
}

/// Where a message goes, and what it answers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    pub(super) chat_id: i64,
    pub(super) reply_to: Option<i64>,
    /// Whether buttons in place of the customer's keyboard go away with it.
    pub(super) closes_keyboard: bool,
}

impl Target {
    pub(super) fn of(message: &OutboundMessage) -> Result<Self, SendError> {
        let chat_id = message
            .external_id
            .parse()
            .map_err(|_| refused(error_codes::RECIPIENT_GONE, "this is no Telegram chat"))?;
        let reply_to = message
            .reply_to_provider_id
            .as_deref()
            .and_then(|id| id.split_once(':'))
            .filter(|(chat, _)| *chat == message.external_id)
            .and_then(|(_, id)| id.parse().ok());
        Ok(Self {
            chat_id,
            reply_to,
            closes_keyboard: message.closes_keyboard,
        })
    }

    pub(super) const fn without_reply(self) -> Self {
        Self {
            reply_to: None,
            ..self
        }
    }

    fn reply_parameters(self) -> Option<Value> {
        let id = self.reply_to?;
        Some(json!({"message_id": id, "allow_sending_without_reply": true}))
    }

    /// Adds the target to a call's fields.
    pub(super) fn fill(self, fields: &Value) -> Value {
        let mut body = fields.clone();
        body["chat_id"] = self.chat_id.into();
        if let Some(reply) = self.reply_parameters() {
            body["reply_parameters"] = reply;
        }
        if self.closes_keyboard && body.get("reply_markup").is_none() {
            body["reply_markup"] = markup::no_keyboard();
        }
        body
    }

    /// The target as a form to add a file to.
    pub(super) fn form(self) -> Form {
        let form = self.album_form();
        match self.closes_keyboard {
            true => form.text("reply_markup", markup::no_keyboard().to_string()),
            false => form,
        }
    }

    /// The target as a form to add an album to, which takes no keyboard and closes none.
    pub(super) fn album_form(self) -> Form {
        let form = Form::default().text("chat_id", self.chat_id.to_string());
        match self.reply_parameters() {
            Some(reply) => form.text("reply_parameters", reply.to_string()),
            None => form,
        }
    }
}

/// The pieces of a message, in order; never none.
pub(super) fn compose(content: OutboundContent) -> Result<Vec<Piece>, SendError> {
    match content {
        OutboundContent::Text { text } => texts(&text, None),
        OutboundContent::Interactive {
            text,
            buttons,
            keyboard: Keyboard::Inline,
        } => texts(&text, markup::inline_keyboard(&buttons)?),
        OutboundContent::Interactive {
            text,
            buttons,
            keyboard: Keyboard::Reply,
        } => texts(&text, Some(markup::reply_keyboard(&buttons)?)),
        OutboundContent::File(sent) => {
            let (piece, overflow) = file(sent)?;
            let mut pieces = vec![Piece::File(piece)];
            pieces.extend(overflow);
            Ok(pieces)
        }
        OutboundContent::Album(files) => album::pieces(files),
        OutboundContent::Location {
            latitude,
            longitude,
        } => Ok(vec![Piece::Plain {
            method: "sendLocation",
            fields: json!({"latitude": latitude, "longitude": longitude}),
        }]),
        OutboundContent::Contact { name, phone } => Ok(vec![Piece::Plain {
            method: "sendContact",
            fields: json!({"phone_number": phone, "first_name": if name.is_empty() { &phone } else { &name }}),
        }]),
    }
}

/// A text in as many messages as it needs; buttons hang on the last.
fn texts(text: &str, keyboard: Option<Value>) -> Result<Vec<Piece>, SendError> {
    let mut pieces: Vec<_> = split(text, TEXT_UNITS)
        .into_iter()
        .map(|text| json!({"text": text}))
        .collect();
    let last = pieces
        .last_mut()
        .ok_or_else(|| refused(error_codes::BAD_REQUEST, "the text is empty"))?;
    if let Some(keyboard) = keyboard {
        last["reply_markup"] = keyboard;
    }
    let plain = |fields| Piece::Plain {
        method: "sendMessage",
        fields,
    };
    Ok(pieces.into_iter().map(plain).collect())
}

/// A file with its caption; a caption that is too long follows as text.
pub(super) fn file(sent: OutboundFile) -> Result<(FilePiece, Vec<Piece>), SendError> {
    let size = sent.bytes.len() as u64;
    if size > UPLOAD_BYTES {
        let words = "Telegram takes files of up to 50 MB";
        return Err(refused(error_codes::FILE_TOO_LARGE, words));
    }
    if size == 0 {
        return Err(refused(error_codes::BAD_REQUEST, "the file is empty"));
    }
    let caption = sent.caption.filter(|caption| !caption.trim().is_empty());
    let (caption, overflow) = match caption {
        Some(long) if units(&long) > CAPTION_UNITS => (None, texts(&long, None)?),
        short => (short, Vec::new()),
    };
    let piece = FilePiece {
        way: FileWay::of(sent.kind, &sent.mime_type, size),
        file: FilePart {
            bytes: sent.bytes,
            file_name: sent.file_name.chars().take(limits::FILE_NAME).collect(),
            mime_type: sent.mime_type,
        },
        caption,
    };
    Ok((piece, overflow))
}

pub(super) fn refused(code: &str, detail: &str) -> SendError {
    SendError {
        code: code.to_owned(),
        detail: detail.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_go_the_way_that_shows_them_best() {
        let method = |kind, mime, size| FileWay::of(kind, mime, size).method;
        assert_eq!(method(ContentType::Image, "image/png", 10), "sendPhoto");
        assert_eq!(
            method(ContentType::Image, "image/png", PHOTO_BYTES + 1),
            "sendDocument"
        );
        assert_eq!(
            method(ContentType::Image, "image/svg+xml", 10),
            "sendDocument"
        );
        assert_eq!(
            method(ContentType::Audio, "audio/ogg; codecs=opus", 10),
            "sendVoice"
        );
        assert_eq!(method(ContentType::Audio, "audio/mpeg", 10), "sendAudio");
        assert_eq!(method(ContentType::Audio, "audio/flac", 10), "sendDocument");
        assert_eq!(method(ContentType::Video, "video/mp4", 10), "sendVideo");
        assert_eq!(method(ContentType::File, "image/png", 10), "sendDocument");
    }

    #[test]
    fn only_messages_of_the_same_chat_are_answered() {
        let reply = |to: &str| {
            let message = OutboundMessage {
                external_id: "111".to_owned(),
                content: OutboundContent::Text {
                    text: String::new(),
                },
                reply_to_provider_id: Some(to.to_owned()),
                closes_keyboard: false,
            };
            Target::of(&message).unwrap().reply_to
        };
        assert_eq!(reply("111:7"), Some(7));
        assert_eq!(reply("222:7"), None);
        assert_eq!(reply("cb:4382"), None);
        assert_eq!(reply("7"), None);
    }
}
