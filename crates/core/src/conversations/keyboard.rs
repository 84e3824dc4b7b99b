//! Buttons in place of a customer's keyboard: which lie open, what was pressed, when they go away.

use omni_model::{Button, ButtonRequest, Content, InboundContent, Keyboard, MessageId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// In a conversation's metadata: the buttons that the customer has before him.
const OPEN: &str = "keyboard";
/// In a message's metadata: it takes them away.
const CLOSES: &str = "closes_keyboard";
/// In a message's metadata: the button that was pressed.
const PRESSED: &str = "button_data";

#[derive(Serialize, Deserialize)]
struct Open {
    /// The message that brought them.
    message_id: MessageId,
    buttons: Vec<Button>,
    /// Whether one was pressed: the phone hides them then, but keeps them at hand.
    #[serde(default)]
    used: bool,
}

impl Open {
    fn of(conversation: &Value) -> Option<Self> {
        serde_json::from_value(conversation.get(OPEN)?.clone()).ok()
    }

    fn put(&self, conversation: &mut Value) {
        if let Value::Object(metadata) = conversation {
            metadata.insert(OPEN.to_owned(), json!(self));
        }
    }
}

/// Notes what a reply does to the customer's keyboard: in the conversation's metadata and in its own.
pub(super) fn note_reply(
    conversation: &mut Value,
    message_id: MessageId,
    content: &Content,
    own: &mut Value,
) {
    match content {
        Content::Interactive {
            buttons,
            keyboard: Keyboard::Reply,
            ..
        } => Open {
            message_id,
            buttons: buttons.clone(),
            used: false,
        }
        .put(conversation),
        // It has buttons of its own, and a message takes one kind.
        Content::Interactive { .. } => {}
        _ => {
            if Open::of(conversation).is_some_and(|open| open.used)
                && let (Value::Object(metadata), Value::Object(own)) = (conversation, own)
            {
                metadata.remove(OPEN);
                own.insert(CLOSES.to_owned(), true.into());
            }
        }
    }
}

/// Whether a message takes the buttons away.
pub(crate) fn closes(message: &Value) -> bool {
    message[CLOSES] == true
}

/// Takes a customer's message for the press of a button that lies open, if it is one: by its words, or by what the
/// button asks for. Answers the message that brought the button.
pub(crate) fn press(
    conversation: &mut Value,
    content: &mut InboundContent,
    metadata: &mut Map<String, Value>,
) -> Option<MessageId> {
    let mut open = Open::of(conversation)?;
    let asked = |request| {
        let mut buttons = open.buttons.iter();
        buttons.find(|button| button.request == Some(request))
    };
    let pressed = match content {
        InboundContent::Text { text } => {
            let mut plain = open.buttons.iter().filter(|it| it.request.is_none());
            plain.find(|button| button.title.trim() == text.trim())
        }
        // Somebody else's card is no answer.
        InboundContent::Contact { .. } if metadata.get("own") == Some(&Value::Bool(true)) => {
            asked(ButtonRequest::Contact)
        }
        InboundContent::Location { .. } => asked(ButtonRequest::Location),
        _ => None,
    }?;
    metadata.insert(PRESSED.to_owned(), pressed.id.clone().into());
    if let InboundContent::Text { text } = content {
        *content = InboundContent::Interactive {
            text: std::mem::take(text),
            buttons: Vec::new(),
        };
    }
    open.used = true;
    open.put(conversation);
    Some(open.message_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> Content {
        let mut phone = Button::new("phone", "Мой номер");
        phone.request = Some(ButtonRequest::Contact);
        Content::Interactive {
            text: "Ваш номер?".to_owned(),
            buttons: vec![phone, Button::new("no", "Не скажу")],
            keyboard: Keyboard::Reply,
        }
    }

    fn text(text: &str) -> InboundContent {
        InboundContent::Text {
            text: text.to_owned(),
        }
    }

    #[test]
    fn a_keyboard_is_open_until_the_answer_to_its_press() {
        let id = MessageId(uuid::Uuid::from_u128(1));
        let (mut conversation, mut own) = (json!({}), json!({}));
        note_reply(&mut conversation, id, &asked(), &mut own);
        assert!(!closes(&own));

        // What is written in between changes nothing, and leaves the buttons.
        let mut metadata = Map::new();
        assert_eq!(
            press(&mut conversation, &mut text("Зачем?"), &mut metadata),
            None
        );
        // The words of a button that sends something along are only words.
        assert_eq!(
            press(&mut conversation, &mut text("Мой номер"), &mut metadata),
            None
        );
        note_reply(&mut conversation, id, &Content::text("Для связи"), &mut own);
        assert!(!closes(&own));

        let mut answer = text("Не скажу");
        assert_eq!(
            press(&mut conversation, &mut answer, &mut metadata),
            Some(id)
        );
        assert!(matches!(answer, InboundContent::Interactive { .. }));
        assert_eq!(metadata[PRESSED], "no");
        note_reply(&mut conversation, id, &Content::text("Хорошо"), &mut own);
        assert!(closes(&own) && conversation.get(OPEN).is_none());
    }

    #[test]
    fn only_ones_own_number_answers_the_question_for_it() {
        let id = MessageId(uuid::Uuid::from_u128(1));
        let mut conversation = json!({});
        note_reply(&mut conversation, id, &asked(), &mut json!({}));
        let mut card = InboundContent::Contact {
            name: String::new(),
            phone: "+79990001122".to_owned(),
        };
        let mut metadata = Map::new();
        assert_eq!(press(&mut conversation, &mut card, &mut metadata), None);
        metadata.insert("own".to_owned(), true.into());
        assert_eq!(press(&mut conversation, &mut card, &mut metadata), Some(id));
        assert_eq!(metadata[PRESSED], "phone");
    }
}
