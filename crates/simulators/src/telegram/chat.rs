//! A private chat between a person and a bot.

use std::collections::BTreeMap;

use omni_model::Timestamp;
use serde_json::{Value, json};

/// The chat as both see it.
#[derive(Debug, Default)]
pub(super) struct Chat {
    /// Messages by id, as the Bot API shows them.
    pub(super) messages: BTreeMap<i64, Value>,
    /// Buttons in place of the person's keyboard.
    pub(super) keyboard: Option<Value>,
    /// Emojis of the bot and of the person, by message.
    pub(super) reactions: BTreeMap<i64, Reactions>,
    /// The person blocked the bot.
    pub(super) blocked: bool,
    /// When the bot last showed that somebody is writing.
    pub(super) typing_at: Option<Timestamp>,
}

/// How both reacted to a message.
#[derive(Clone, Debug, Default)]
pub(super) struct Reactions {
    pub(super) of_bot: Option<String>,
    pub(super) of_person: Option<String>,
}

/// Somebody who may write to bots.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) id: i64,
    pub(super) first_name: String,
    pub(super) last_name: Option<String>,
    pub(super) username: Option<String>,
    pub(super) language: String,
    /// The account is gone.
    pub(super) deactivated: bool,
}

impl Person {
    pub(super) fn new(id: i64, name: &str) -> Self {
        let mut words = name.splitn(2, ' ');
        Self {
            id,
            first_name: words.next().unwrap_or_default().to_owned(),
            last_name: words.next().map(str::to_owned),
            username: None,
            language: "ru".to_owned(),
            deactivated: false,
        }
    }

    pub(super) fn as_user(&self) -> Value {
        let mut user = json!({
            "id": self.id,
            "is_bot": false,
            "first_name": self.first_name,
            "language_code": self.language,
        });
        self.add_names(&mut user);
        user
    }

    pub(super) fn as_chat(&self) -> Value {
        let mut chat = json!({"id": self.id, "type": "private", "first_name": self.first_name});
        self.add_names(&mut chat);
        chat
    }

    fn add_names(&self, to: &mut Value) {
        if let Some(last_name) = &self.last_name {
            to["last_name"] = last_name.as_str().into();
        }
        if let Some(username) = &self.username {
            to["username"] = username.as_str().into();
        }
    }
}
