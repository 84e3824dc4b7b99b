//! Groups. A bot of ours answers people, each in a chat of his own: a group is told so, and left.

use omni_model::InboundItem;
use serde_json::{Value, json};

use super::channel::Telegram;
use super::fields::{number, object, short};
use super::revise::{done, once_more};
use crate::{Delivery, error_codes};

/// Characters of a language's name.
const LOCALE: usize = 35;

/// A message in a group, or being let into one. Anything else is of no concern there.
pub(super) fn item(update: &Value) -> Option<InboundItem> {
    if let Some(message) = object(update, "message") {
        return group(message, false);
    }
    let change = object(update, "my_chat_member")?;
    let now = object(change, "new_chat_member")?;
    let inside = match now.get("status")?.as_str()? {
        "member" | "administrator" => true,
        "restricted" => now.get("is_member")?.as_bool()?,
        _ => false,
    };
    inside.then(|| group(change, true))?
}

fn group(of: &Value, invited: bool) -> Option<InboundItem> {
    let chat = object(of, "chat")?;
    let kind = chat.get("type")?.as_str()?;
    if !matches!(kind, "group" | "supergroup") {
        return None;
    }
    let from = object(of, "from");
    Some(InboundItem::Group {
        chat: number(chat, "id")?.to_string(),
        locale: from.and_then(|from| short(from, "language_code", LOCALE)),
        invited,
    })
}

impl Telegram {
    /// Tells a group that the bot answers elsewhere, and where.
    pub(super) async fn say_farewell(&self, chat: &str, locale: Option<&str>) -> Delivery {
        let Ok(chat_id) = chat.parse::<i64>() else {
            return done();
        };
        let told = async {
            let bot = self.get_me().await?;
            let link = bot.username.map(|name| format!("https://t.me/{name}"));
            let body = json!({
                "chat_id": chat_id,
                "text": farewell(locale, link.as_deref().unwrap_or_default()),
            });
            self.ask::<Value>("sendMessage", &body).await
        };
        match told.await {
            Ok(_) => done(),
            Err(error) => error.into_delivery(Vec::new()),
        }
    }

    pub(super) async fn leave(&self, chat: &str) -> Delivery {
        let Ok(chat_id) = chat.parse::<i64>() else {
            return done();
        };
        match self
            .ask::<bool>("leaveChat", &json!({"chat_id": chat_id}))
            .await
        {
            Ok(_) => done(),
            // It was shown the door already.
            Err(error) if error.code() == error_codes::BLOCKED => done(),
            Err(error) if error.code() == error_codes::RECIPIENT_GONE => done(),
            Err(error) => once_more(error),
        }
    }
}

fn farewell(locale: Option<&str>, link: &str) -> String {
    let language = locale.and_then(|locale| locale.split('-').next());
    let words = match language {
        Some("ru") => {
            "Я отвечаю только в личных сообщениях, поэтому выхожу из группы. Напишите мне:"
        }
        Some("ar") => "أجيب في الرسائل الخاصة فقط، لذلك أغادر المجموعة. راسلني هنا:",
        _ => "I answer in private messages only, so I am leaving this group. Write to me:",
    };
    format!("{words} {link}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_told_from_people_and_channels() {
        let of = |kind: &str, field: &str| {
            let content = json!({"chat": {"id": -5, "type": kind}, "from": {"id": 1, "language_code": "ru"},
                "new_chat_member": {"status": "member"}, "text": "x"});
            item(&json!({"update_id": 1, field: content}))
        };
        let refused = |invited| {
            Some(InboundItem::Group {
                chat: "-5".to_owned(),
                locale: Some("ru".to_owned()),
                invited,
            })
        };
        assert_eq!(of("group", "message"), refused(false));
        assert_eq!(of("supergroup", "my_chat_member"), refused(true));
        for (kind, field) in [
            ("private", "message"),
            ("channel", "my_chat_member"),
            ("channel", "channel_post"),
            ("supergroup", "edited_message"),
        ] {
            assert_eq!(of(kind, field), None, "{kind} {field}");
        }
        let left = json!({"update_id": 1, "my_chat_member": {"chat": {"id": -5, "type": "group"},
            "new_chat_member": {"status": "left"}}});
        assert_eq!(item(&left), None);
    }

    #[test]
    fn a_farewell_is_in_the_language_of_whoever_is_told() {
        assert!(farewell(Some("ru"), "https://t.me/b").ends_with(": https://t.me/b"));
        assert!(farewell(Some("ar-EG"), "").contains("المجموعة"));
        assert!(farewell(None, "").starts_with("I answer"));
    }
}
