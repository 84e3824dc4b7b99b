//! Changing and taking back what was sent. Doing either twice does no harm.

use omni_model::SendError;
use serde_json::{Value, json};

use super::channel::Telegram;
use super::compose::refused;
use super::failures::CallError;
use super::split::units;
use super::{CAPTION_UNITS, TEXT_UNITS, markup};
use crate::{Delivery, EditedWords, OutboundEdit, error_codes};

impl Telegram {
    pub(super) async fn revise(&self, edit: OutboundEdit) -> Delivery {
        let (method, mut body) = match call(edit.words) {
            Ok(call) => call,
            Err(error) => return Delivery::Refused(error),
        };
        let Some((chat_id, message_id)) = address(&edit.external_id, &edit.provider_id) else {
            return Delivery::Refused(unknown_message());
        };
        body["chat_id"] = chat_id.into();
        body["message_id"] = message_id.into();
        match self.transport().call(method, &body, self.bounds()).await {
            Ok(_) => done(),
            Err(error) if error.says("message is not modified") => done(),
            Err(error) => once_more(error),
        }
    }

    pub(super) async fn retract(&self, external_id: &str, provider_ids: &[String]) -> Delivery {
        for id in provider_ids {
            let Some((chat_id, message_id)) = address(external_id, id) else {
                return Delivery::Refused(unknown_message());
            };
            let body = json!({"chat_id": chat_id, "message_id": message_id});
            match self.ask::<bool>("deleteMessage", &body).await {
                Ok(_) => {}
                Err(error) if error.says("message to delete not found") => {}
                Err(error) => return once_more(error),
            }
        }
        done()
    }
}

pub(super) const fn done() -> Delivery {
    Delivery::Sent {
        provider_ids: Vec::new(),
    }
}

/// An unknown outcome is a reason to try again.
pub(super) fn once_more(error: CallError) -> Delivery {
    match error.into_delivery(Vec::new()) {
        Delivery::Unknown { error, .. } => Delivery::RetryLater { after: None, error },
        known => known,
    }
}

pub(super) fn unknown_message() -> SendError {
    refused(error_codes::BAD_REQUEST, "Telegram knows no such message")
}

pub(super) fn address(external_id: &str, provider_id: &str) -> Option<(i64, i64)> {
    let (chat, message) = provider_id.split_once(':')?;
    (chat == external_id).then_some((chat.parse().ok()?, message.parse().ok()?))
}

fn call(words: EditedWords) -> Result<(&'static str, Value), SendError> {
    match words {
        EditedWords::Text { text, .. } if units(text.trim()) > TEXT_UNITS => Err(too_long()),
        EditedWords::Text { text, buttons } => {
            let mut body = json!({"text": text});
            // A keyboard that is not told again goes away.
            if let Some(keyboard) = markup::inline_keyboard(&buttons)? {
                body["reply_markup"] = keyboard;
            }
            Ok(("editMessageText", body))
        }
        EditedWords::Caption(caption) => {
            let caption = caption.unwrap_or_default();
            if units(&caption) > CAPTION_UNITS {
                return Err(too_long());
            }
            Ok(("editMessageCaption", json!({"caption": caption})))
        }
    }
}

fn too_long() -> SendError {
    let words = "this is longer than one message of Telegram holds";
    refused(error_codes::BAD_REQUEST, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_messages_of_the_chat_are_touched() {
        assert_eq!(address("111", "111:7"), Some((111, 7)));
        assert_eq!(address("111", "222:7"), None);
        assert_eq!(address("111", "cb:7"), None);
        assert_eq!(address("111", "7"), None);
    }
}
