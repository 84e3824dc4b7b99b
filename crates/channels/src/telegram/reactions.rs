//! Reactions to messages, both ways.

use omni_model::InboundItem;
use serde_json::{Value, json};

use super::channel::Telegram;
use super::fields::{number, object, short};
use super::parse::{moment, private_chat};
use super::revise::{address, done, once_more, unknown_message};
use crate::Delivery;

/// The emojis that Telegram takes as a reaction.
pub const REACTIONS: &[&str] = &[
    "❤",
    "👍",
    "👎",
    "🔥",
    "🥰",
    "👏",
    "😁",
    "🤔",
    "🤯",
    "😱",
    "🤬",
    "😢",
    "🎉",
    "🤩",
    "🤮",
    "💩",
    "🙏",
    "👌",
    "🕊",
    "🤡",
    "🥱",
    "🥴",
    "😍",
    "🐳",
    "❤‍🔥",
    "🌚",
    "🌭",
    "💯",
    "🤣",
    "⚡",
    "🍌",
    "🏆",
    "💔",
    "🤨",
    "😐",
    "🍓",
    "🍾",
    "💋",
    "🖕",
    "😈",
    "😴",
    "😭",
    "🤓",
    "👻",
    "👨‍💻",
    "👀",
    "🎃",
    "🙈",
    "😇",
    "😨",
    "🤝",
    "✍",
    "🤗",
    "🫡",
    "🎅",
    "🎄",
    "☃",
    "💅",
    "🤪",
    "🗿",
    "🆒",
    "💘",
    "🙉",
    "🦄",
    "😘",
    "💊",
    "🙊",
    "😎",
    "👾",
    "🤷‍♂",
    "🤷",
    "🤷‍♀",
    "😡",
];

/// Reactions of one person to one message at most.
const MOST: usize = 11;
/// Characters of an emoji.
const EMOJI: usize = 16;

/// What somebody's reactions to a message of his chat are now.
pub(super) fn item(update: &Value) -> Option<InboundItem> {
    let change = object(update, "message_reaction")?;
    let chat = private_chat(change)?;
    let message = number(change, "message_id")?;
    let now = change.get("new_reaction")?.as_array()?;
    let emojis = now
        .iter()
        .filter_map(|reaction| short(reaction, "emoji", EMOJI))
        .take(MOST)
        .collect();
    Some(InboundItem::Reaction {
        provider_id: format!("{chat}:{message}"),
        emojis,
        at: moment(number(change, "date")),
    })
}

impl Telegram {
    pub(super) async fn set_reaction(
        &self,
        external_id: &str,
        provider_id: &str,
        emoji: Option<&str>,
    ) -> Delivery {
        let Some((chat_id, message_id)) = address(external_id, provider_id) else {
            return Delivery::Refused(unknown_message());
        };
        let reaction: Vec<Value> = emoji
            .iter()
            .map(|emoji| json!({"type": "emoji", "emoji": emoji}))
            .collect();
        let body = json!({"chat_id": chat_id, "message_id": message_id, "reaction": reaction});
        match self.ask::<bool>("setMessageReaction", &body).await {
            Ok(_) => done(),
            Err(error) => once_more(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reactions_of_people_are_read() {
        let of = |chat: &str, reactions: Value| {
            item(&json!({"update_id": 1, "message_reaction": {
                "chat": {"id": 111, "type": chat}, "message_id": 7, "user": {"id": 111},
                "date": 5, "old_reaction": [], "new_reaction": reactions}}))
        };
        let read = |emojis: &[&str]| {
            Some(InboundItem::Reaction {
                provider_id: "111:7".to_owned(),
                emojis: emojis.iter().map(|&emoji| emoji.to_owned()).collect(),
                at: moment(Some(5)),
            })
        };
        let thumb = json!([{"type": "emoji", "emoji": "👍"}, {"type": "custom_emoji", "custom_emoji_id": "5"}]);
        assert_eq!(of("private", thumb.clone()), read(&["👍"]));
        assert_eq!(of("private", json!([])), read(&[]));
        assert_eq!(of("supergroup", thumb), None);
    }

    #[test]
    fn each_reaction_is_there_once() {
        let mut known = REACTIONS.to_vec();
        known.sort_unstable();
        known.dedup();
        assert_eq!((known.len(), REACTIONS.len()), (73, 73));
    }
}
