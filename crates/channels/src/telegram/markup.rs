//! Buttons.

use omni_model::{Button, SendError};
use serde_json::{Value, json};

use super::compose::refused;
use crate::error_codes::BAD_REQUEST;

/// Bytes of what a button sends back.
const DATA: usize = 64;
/// Buttons of one message.
const BUTTONS: usize = 100;

/// A keyboard with a button a row, or nothing where there are no buttons.
pub(super) fn inline_keyboard(buttons: &[Button]) -> Result<Option<Value>, SendError> {
    if buttons.is_empty() {
        return Ok(None);
    }
    if buttons.len() > BUTTONS {
        return Err(refused(BAD_REQUEST, "Telegram takes up to 100 buttons"));
    }
    let fits =
        |button: &Button| (1..=DATA).contains(&button.id.len()) && !button.title.trim().is_empty();
    if !buttons.iter().all(fits) {
        let words = "a button needs a title and an id of 1 to 64 bytes";
        return Err(refused(BAD_REQUEST, words));
    }
    let rows: Vec<_> = buttons
        .iter()
        .map(|button| json!([{"text": button.title, "callback_data": button.id}]))
        .collect();
    Ok(Some(json!({"inline_keyboard": rows})))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buttons_are_checked_before_anything_is_sent() {
        let button = |id: &str, title: &str| Button {
            id: id.to_owned(),
            title: title.to_owned(),
        };
        assert_eq!(inline_keyboard(&[]), Ok(None));
        let one = inline_keyboard(&[button("y:1", "Да")]).unwrap().unwrap();
        assert_eq!(
            one,
            json!({"inline_keyboard": [[{"text": "Да", "callback_data": "y:1"}]]})
        );
        let long = "я".repeat(33);
        for bad in [button("", "Да"), button(&long, "Да"), button("y", " ")] {
            assert!(inline_keyboard(&[bad]).is_err());
        }
    }
}
