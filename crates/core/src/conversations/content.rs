//! What people send, checked: by its form first, then against what is stored.

use std::collections::HashSet;

use omni_model::{Button, ChannelKind, Content, ContentError, ContentType, FileState, Keyboard};
use omni_store::files::{FileRecord, Uploader};
use serde_json::Value;
use url::Url;

use crate::{Error, Result};

/// Buttons of one message.
const BUTTONS: usize = 20;
/// Bytes of a button's id: what every channel can carry back.
const BUTTON_ID: usize = 64;
/// Bytes of the address that a button opens.
const BUTTON_URL: usize = 2_000;
/// Characters of a button's title.
const BUTTON_TITLE: usize = 64;

/// Reads a content that somebody wants to send.
pub(crate) fn read(kind: ContentType, body: Value) -> Result<Content> {
    let content = Content::from_json(kind, body).map_err(refused)?;
    content.check_sendable().map_err(refused)?;
    if let Content::Interactive {
        buttons, keyboard, ..
    } = &content
    {
        check_buttons(buttons)?;
        check_keyboard(*keyboard, buttons)?;
    }
    if let Content::Contact { name, phone } = &content
        && (name.trim().is_empty() || omni_model::normalise_phone(phone).is_none())
    {
        return Err(refused(ContentError::Shape));
    }
    Ok(without_nul(content))
}

/// Checks a content whose words were changed.
pub(super) fn checked_words(content: Content) -> Result<Content> {
    content.check_sendable().map_err(refused)?;
    Ok(without_nul(content))
}

fn refused(error: ContentError) -> Error {
    let (pointer, code) = match error {
        ContentError::Shape => ("/content", "invalid"),
        ContentError::Empty => ("/content/text", "empty"),
        ContentError::TooLong(_) => ("/content", "too_long"),
        ContentError::Range => ("/content", "out_of_range"),
    };
    Error::invalid_field(pointer, code, error.to_string())
}

fn check_buttons(buttons: &[Button]) -> Result<()> {
    let fits = |button: &Button| {
        (1..=BUTTON_ID).contains(&button.id.len())
            && (1..=BUTTON_TITLE).contains(&button.title.trim().chars().count())
    };
    if buttons.len() > BUTTONS || !buttons.iter().all(fits) {
        let detail = format!(
            "at most {BUTTONS} buttons, ids of 1 to {BUTTON_ID} bytes, titles of 1 to {BUTTON_TITLE} characters"
        );
        return Err(Error::invalid_field("/content/buttons", "invalid", detail));
    }
    Ok(())
}

/// Each kind of keyboard has buttons of its own; those of a customer's keyboard are told apart by their titles.
fn check_keyboard(keyboard: Keyboard, buttons: &[Button]) -> Result<()> {
    let refused = |detail: &str| Err(Error::invalid_field("/content/buttons", "invalid", detail));
    match keyboard {
        Keyboard::Inline => {
            if buttons.iter().any(|button| button.request.is_some()) {
                return refused("only buttons in place of a keyboard ask for something");
            }
            let addresses = buttons.iter().filter_map(|button| button.url.as_deref());
            if !addresses.into_iter().all(is_address) {
                return refused(
                    "an address begins with https:// or http://, and has at most 2000 characters",
                );
            }
        }
        Keyboard::Reply => {
            if buttons.is_empty() || buttons.iter().any(|button| button.url.is_some()) {
                return refused("a keyboard has buttons, and none of them opens an address");
            }
            let titles: HashSet<&str> = buttons.iter().map(|button| button.title.trim()).collect();
            if titles.len() < buttons.len() {
                return refused("each button of a keyboard needs a title of its own");
            }
        }
    }
    Ok(())
}

fn is_address(text: &str) -> bool {
    let known = |url: Url| matches!(url.scheme(), "https" | "http") && url.has_host();
    text.len() <= BUTTON_URL && Url::parse(text).is_ok_and(known)
}

/// Refuses what only some channels can show.
pub(super) fn check_channel(content: &Content, kind: ChannelKind) -> Result<()> {
    let is_keyboard = matches!(
        content,
        Content::Interactive {
            keyboard: Keyboard::Reply,
            ..
        }
    );
    if is_keyboard && kind != ChannelKind::Telegram {
        let detail = "this channel has no buttons in place of a keyboard";
        return Err(Error::invalid_field("/content/kind", "unsupported", detail));
    }
    Ok(())
}

/// A NUL shows as nothing, and channels refuse it.
fn without_nul(content: Content) -> Content {
    let clean = |text: String| text.replace('\0', "");
    match content {
        Content::Text { text } => Content::Text { text: clean(text) },
        Content::Interactive {
            text,
            buttons,
            keyboard,
        } => Content::Interactive {
            text: clean(text),
            buttons,
            keyboard,
        },
        Content::File {
            kind,
            file_id,
            caption,
        } => Content::File {
            kind,
            file_id,
            caption: caption.map(clean),
        },
        other => other,
    }
}

/// Checks that the file of a content, as it was `found`, was uploaded by whoever sends it, and lets the file
/// say what it is. A file of anybody else is not there, whoever he is, unless it is `offered` to him.
pub(crate) fn settle_file(
    by: &Uploader,
    content: Content,
    found: Option<FileRecord>,
    offered: bool,
) -> Result<Content> {
    let Content::File {
        kind,
        file_id,
        caption,
    } = content
    else {
        return Ok(content);
    };
    let file = found
        .filter(|file| file.uploaded_by == *by || offered)
        .filter(|file| file.state == FileState::Ready)
        .ok_or_else(|| Error::not_found("file"))?;
    Ok(Content::File {
        kind: kind_of(kind, &file.mime_type),
        file_id,
        caption,
    })
}

/// A picture may be sent as a file; but a file is no picture because somebody says so.
fn kind_of(wanted: ContentType, mime_type: &str) -> ContentType {
    match (wanted, ContentType::of_mime(mime_type)) {
        (ContentType::File, _) => ContentType::File,
        (ContentType::Sticker, ContentType::Image) => ContentType::Sticker,
        (_, is) => is,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn contents_are_checked() {
        assert!(read(ContentType::Text, json!({"text": "hello"})).is_ok());
        let buttons = json!({"text": "?", "buttons": [{"id": "y", "title": "Yes"}]});
        assert!(read(ContentType::Interactive, buttons).is_ok());
        let link = json!({"text": "?", "buttons": [{"id": "a", "title": "x", "url": "https://a.example/b"}]});
        assert!(read(ContentType::Interactive, link).is_ok());
        let phone = json!({"text": "?", "kind": "reply",
            "buttons": [{"id": "a", "title": "x", "request": "contact"}]});
        assert!(read(ContentType::Interactive, phone).is_ok());
        for (kind, body) in [
            (ContentType::Text, json!({"text": "  "})),
            (ContentType::Text, json!({"text": "x", "html": "<b>"})),
            (ContentType::Text, json!({"text": "x".repeat(32_001)})),
            (ContentType::Text, json!("hello")),
            (ContentType::Image, json!({"file_id": "../etc/passwd"})),
            (ContentType::Image, json!({"text": "x"})),
            (
                ContentType::Location,
                json!({"latitude": 91, "longitude": 0}),
            ),
            (
                ContentType::Contact,
                json!({"name": "A", "phone": "call me"}),
            ),
            (
                ContentType::Interactive,
                json!({"text": "?", "buttons": [{"id": "", "title": "x"}]}),
            ),
            (
                ContentType::Interactive,
                json!({"text": "?", "buttons": [{"id": "a", "title": "x", "request": "contact"}]}),
            ),
            (
                ContentType::Interactive,
                json!({"text": "?", "buttons": [{"id": "a", "title": "x", "url": "javascript:alert(1)"}]}),
            ),
            (
                ContentType::Interactive,
                json!({"text": "?", "kind": "reply", "buttons": []}),
            ),
            (
                ContentType::Interactive,
                json!({"text": "?", "kind": "reply",
                    "buttons": [{"id": "a", "title": "x"}, {"id": "b", "title": "x "}]}),
            ),
            (
                ContentType::Interactive,
                json!({"text": "?", "kind": "popup", "buttons": [{"id": "a", "title": "x"}]}),
            ),
        ] {
            assert!(read(kind, body.clone()).is_err(), "{kind} {body}");
        }
    }

    #[test]
    fn a_file_is_what_its_bytes_are() {
        assert_eq!(kind_of(ContentType::Image, "image/png"), ContentType::Image);
        assert_eq!(kind_of(ContentType::File, "image/png"), ContentType::File);
        assert_eq!(kind_of(ContentType::Image, "text/html"), ContentType::File);
        assert_eq!(
            kind_of(ContentType::Sticker, "image/webp"),
            ContentType::Sticker
        );
        assert_eq!(kind_of(ContentType::Audio, "video/mp4"), ContentType::Video);
    }
}
