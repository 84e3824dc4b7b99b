//! What a message carries.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{FileId, limits, word_enum};

word_enum! {
    /// The kind of a message's content.
    ContentType {
        Text = "text",
        Image = "image",
        File = "file",
        Audio = "audio",
        Video = "video",
        Location = "location",
        Contact = "contact",
        Sticker = "sticker",
        Interactive = "interactive",
    }
}

impl ContentType {
    /// Whether the content is a stored file.
    pub const fn is_file(self) -> bool {
        matches!(
            self,
            Self::Image | Self::File | Self::Audio | Self::Video | Self::Sticker
        )
    }

    /// The content type that shows a file of this media type best.
    pub fn of_mime(mime_type: &str) -> Self {
        match mime_type.split('/').next() {
            // A vector image can carry script: it is handed out as a file, never shown.
            Some("image") if !mime_type.contains("svg") => Self::Image,
            Some("audio") => Self::Audio,
            Some("video") => Self::Video,
            _ => Self::File,
        }
    }
}

/// A button of an interactive message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Button {
    /// Comes back when it is pressed.
    pub id: String,
    pub title: String,
    /// Opens this address; such a press does not come back. Only under a message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Sends this along when it is pressed. Only in place of a keyboard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<ButtonRequest>,
}

impl Button {
    /// A button that sends its id back.
    pub fn new(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            title: title.into(),
            url: None,
            request: None,
        }
    }
}

word_enum! {
    /// What a button asks the customer for.
    ButtonRequest {
        /// His own phone number, for which the channel vouches.
        Contact = "contact",
        /// Where he is.
        Location = "location",
    }
}

word_enum! {
    /// Where the buttons of an interactive message are.
    Keyboard {
        /// Under the message.
        Inline = "inline",
        /// In place of the customer's keyboard, until he pressed one.
        Reply = "reply",
    }
}

/// A message's content, as stored: files by id, never by address.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Text {
        text: String,
    },
    /// An image, file, audio, video or sticker.
    File {
        kind: ContentType,
        file_id: FileId,
        caption: Option<String>,
    },
    Location {
        latitude: f64,
        longitude: f64,
    },
    Contact {
        name: String,
        phone: String,
    },
    Interactive {
        text: String,
        buttons: Vec<Button>,
        keyboard: Keyboard,
    },
}

/// Why a body is not a content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    #[error("the fields do not fit the content type")]
    Shape,
    #[error("the text is empty")]
    Empty,
    #[error("the text is longer than {0} characters")]
    TooLong(usize),
    #[error("the value is out of range")]
    Range,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TextBody {
    text: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileBody {
    file_id: FileId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    caption: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LocationBody {
    latitude: f64,
    longitude: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ContactBody {
    name: String,
    phone: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct InteractiveBody {
    text: String,
    #[serde(default)]
    buttons: Vec<Button>,
    /// Inline unless told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<Keyboard>,
}

impl Content {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }

    /// Its kind.
    pub const fn content_type(&self) -> ContentType {
        match self {
            Self::Text { .. } => ContentType::Text,
            Self::File { kind, .. } => *kind,
            Self::Location { .. } => ContentType::Location,
            Self::Contact { .. } => ContentType::Contact,
            Self::Interactive { .. } => ContentType::Interactive,
        }
    }

    /// The file it shows, if it shows one.
    pub const fn file_id(&self) -> Option<FileId> {
        match self {
            Self::File { file_id, .. } => Some(*file_id),
            _ => None,
        }
    }

    /// The words in it: text or caption.
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Text { text } | Self::Interactive { text, .. } => Some(text),
            Self::File { caption, .. } => caption.as_deref(),
            Self::Location { .. } | Self::Contact { .. } => None,
        }
    }

    /// The stored JSON object.
    pub fn to_json(&self) -> Value {
        let body = match self {
            Self::Text { text } => serde_json::to_value(TextBody { text: text.clone() }),
            Self::File {
                file_id, caption, ..
            } => serde_json::to_value(FileBody {
                file_id: *file_id,
                caption: caption.clone(),
            }),
            Self::Location {
                latitude,
                longitude,
            } => serde_json::to_value(LocationBody {
                latitude: *latitude,
                longitude: *longitude,
            }),
            Self::Contact { name, phone } => serde_json::to_value(ContactBody {
                name: name.clone(),
                phone: phone.clone(),
            }),
            Self::Interactive {
                text,
                buttons,
                keyboard,
            } => serde_json::to_value(InteractiveBody {
                text: text.clone(),
                buttons: buttons.clone(),
                kind: Some(*keyboard).filter(|kind| *kind != Keyboard::Inline),
            }),
        };
        body.expect("string-keyed structs always become JSON")
    }

    /// Reads what was stored, or what a client sent, for this kind. Unknown fields are refused.
    pub fn from_json(kind: ContentType, body: Value) -> Result<Self, ContentError> {
        let shape = |_| ContentError::Shape;
        Ok(match kind {
            ContentType::Text => {
                let TextBody { text } = serde_json::from_value(body).map_err(shape)?;
                Self::Text { text }
            }
            ContentType::Location => {
                let LocationBody {
                    latitude,
                    longitude,
                } = serde_json::from_value(body).map_err(shape)?;
                Self::Location {
                    latitude,
                    longitude,
                }
            }
            ContentType::Contact => {
                let ContactBody { name, phone } = serde_json::from_value(body).map_err(shape)?;
                Self::Contact { name, phone }
            }
            ContentType::Interactive => {
                let InteractiveBody {
                    text,
                    buttons,
                    kind,
                } = serde_json::from_value(body).map_err(shape)?;
                Self::Interactive {
                    text,
                    buttons,
                    keyboard: kind.unwrap_or(Keyboard::Inline),
                }
            }
            kind => {
                let FileBody { file_id, caption } = serde_json::from_value(body).map_err(shape)?;
                Self::File {
                    kind,
                    file_id,
                    caption,
                }
            }
        })
    }

    /// Whether somebody may send this: not empty, not too long, in range.
    pub fn check_sendable(&self) -> Result<(), ContentError> {
        match self {
            Self::Text { text } | Self::Interactive { text, .. } if text.trim().is_empty() => {
                Err(ContentError::Empty)
            }
            Self::Text { text } | Self::Interactive { text, .. } => {
                longest(text, limits::MESSAGE_TEXT)
            }
            Self::File { caption, .. } => {
                longest(caption.as_deref().unwrap_or_default(), limits::CAPTION)
            }
            Self::Location {
                latitude,
                longitude,
            } => {
                let known = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
                known.then_some(()).ok_or(ContentError::Range)
            }
            Self::Contact { name, phone } => {
                longest(name, limits::NAME).and(longest(phone, limits::NAME))
            }
        }
    }
}

fn longest(text: &str, most: usize) -> Result<(), ContentError> {
    if text.chars().count() > most {
        return Err(ContentError::TooLong(most));
    }
    Ok(())
}
