//! Messages of kinds that we cannot show: a line that says what came.

use omni_model::{InboundContent, limits};
use serde_json::{Map, Value};

use super::fields::{number, object, short};

/// Lines of a list that are told.
const LINES: usize = 12;

/// A line in place of a message that nothing else can be made of, with its kind in the metadata.
pub(super) fn line(message: &Value, metadata: &mut Map<String, Value>) -> Option<InboundContent> {
    let (kind, text) = dice(message)
        .or_else(|| poll(message))
        .or_else(|| checklist(message))
        .or_else(|| titled(message, "game", "🎮"))
        .or_else(|| titled(message, "invoice", "🧾"))
        .or_else(|| titled(message, "story", "📖"))
        .or_else(|| titled(message, "paid_media", "⭐"))?;
    metadata.insert("kind".to_owned(), kind.into());
    Some(InboundContent::Text { text })
}

fn dice(message: &Value) -> Option<(&'static str, String)> {
    let dice = object(message, "dice")?;
    let emoji = short(dice, "emoji", 16).unwrap_or_else(|| "🎲".to_owned());
    let value = number(dice, "value").map(|value| format!(" {value}"));
    Some(("dice", emoji + &value.unwrap_or_default()))
}

fn poll(message: &Value) -> Option<(&'static str, String)> {
    let poll = object(message, "poll")?;
    Some((
        "poll",
        list("📊", short(poll, "question", limits::NAME), poll, "options"),
    ))
}

fn checklist(message: &Value) -> Option<(&'static str, String)> {
    let checklist = object(message, "checklist")?;
    let title = short(checklist, "title", limits::NAME);
    Some(("checklist", list("☑️", title, checklist, "tasks")))
}

fn titled(message: &Value, field: &'static str, sign: &str) -> Option<(&'static str, String)> {
    let found = object(message, field)?;
    let title = short(found, "title", limits::NAME);
    Some((field, list(sign, title, found, "")))
}

/// A sign, a title, and the texts of a list below it.
fn list(sign: &str, title: Option<String>, of: &Value, items: &str) -> String {
    let mut text = sign.to_owned();
    if let Some(title) = title {
        text.push(' ');
        text.push_str(&title);
    }
    let items = of.get(items).and_then(Value::as_array);
    for item in items.into_iter().flatten().take(LINES) {
        if let Some(line) = short(item, "text", limits::NAME) {
            text.push_str("\n• ");
            text.push_str(&line);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(message: &Value) -> Option<(String, String)> {
        let mut metadata = Map::new();
        let InboundContent::Text { text } = line(message, &mut metadata)? else {
            return None;
        };
        Some((metadata["kind"].as_str()?.to_owned(), text))
    }

    #[test]
    fn what_cannot_be_shown_is_told_in_a_line() {
        let words = |kind: &str, text: &str| Some((kind.to_owned(), text.to_owned()));
        let dice = json!({"dice": {"emoji": "🎯", "value": 6}});
        assert_eq!(told(&dice), words("dice", "🎯 6"));
        let options = json!([{"text": "Да"}, {"text": "Нет"}, {"odd": 1}]);
        let poll = json!({"poll": {"question": "Придёте?", "options": options}});
        assert_eq!(told(&poll), words("poll", "📊 Придёте?\n• Да\n• Нет"));
        assert_eq!(told(&json!({"story": {"id": 1}})), words("story", "📖"));
        assert_eq!(told(&json!({"dice": {}})), words("dice", "🎲"));
        assert_eq!(told(&json!({"pinned_message": {}})), None);
    }
}
