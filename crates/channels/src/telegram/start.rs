//! Links to a bot that say where somebody comes from: `t.me/bot?start=...` has him send `/start ...`.

use serde_json::Value;

use super::fields::text;

/// Characters of what a link may carry.
const LONGEST: usize = 64;

/// What the link carried that led to this message, if one did.
pub(super) fn parameter(message: &Value) -> Option<String> {
    let text = text(message, "text")?;
    let (command, carried) = text.split_once(' ')?;
    let is_start = command == "/start" || command.starts_with("/start@");
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    let fits = (1..=LONGEST).contains(&carried.len()) && carried.bytes().all(plain);
    (is_start && fits).then(|| carried.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_a_link_can_carry_is_taken() {
        let of = |text: &str| parameter(&json!({"text": text}));
        assert_eq!(of("/start ref-42_A").as_deref(), Some("ref-42_A"));
        assert_eq!(of("/start@shop_bot x").as_deref(), Some("x"));
        assert_eq!(of(&format!("/start {}", "a".repeat(64))).unwrap().len(), 64);
        let long = format!("/start {}", "a".repeat(65));
        for none in [
            "/start",
            "/start ",
            "/start a b",
            "/start я",
            "/started x",
            "start x",
            &long,
        ] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}
