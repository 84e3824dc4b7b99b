//! Entities that Telegram finds in plain text: commands and addresses.

use serde_json::{Value, json};

/// The entities of a text, with offsets in UTF-16 code units; `None` where there are none.
pub(super) fn find(text: &str) -> Option<Value> {
    let mut entities = Vec::new();
    let mut offset = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        if let Some((kind, length)) = kind_of(bare) {
            entities.push(json!({"type": kind, "offset": offset, "length": length}));
        }
        offset += units(word);
    }
    (!entities.is_empty()).then_some(Value::Array(entities))
}

fn kind_of(word: &str) -> Option<(&'static str, usize)> {
    if word.starts_with("https://") || word.starts_with("http://") {
        return Some(("url", units(word)));
    }
    let name = word.strip_prefix('/')?;
    let command = name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '@'));
    let length = command.unwrap_or(name.len());
    (1..=64)
        .contains(&length)
        .then_some(("bot_command", length + 1))
}

/// The length of a text as Telegram counts.
pub(super) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_utf16_units() {
        assert_eq!(find("привет"), None);
        assert_eq!(
            find("/start ref42"),
            Some(json!([{"type": "bot_command", "offset": 0, "length": 6}]))
        );
        assert_eq!(
            find("👍 https://a.example/x /help"),
            Some(json!([
                {"type": "url", "offset": 3, "length": 19},
                {"type": "bot_command", "offset": 23, "length": 5},
            ]))
        );
    }
}
