//! Buttons.

use omni_model::{Button, ButtonRequest, SendError};
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
        .map(|button| match &button.url {
            Some(url) => json!([{"text": button.title, "url": url}]),
            None => json!([{"text": button.title, "callback_data": button.id}]),
        })
        .collect();
    Ok(Some(json!({"inline_keyboard": rows})))
}

/// Buttons in place of the customer's keyboard, one a row, until he presses one.
pub(super) fn reply_keyboard(buttons: &[Button]) -> Result<Value, SendError> {
    let titled = |button: &Button| !button.title.trim().is_empty();
    if !(1..=BUTTONS).contains(&buttons.len()) || !buttons.iter().all(titled) {
        let words = "a keyboard has 1 to 100 buttons, each with a title";
        return Err(refused(BAD_REQUEST, words));
    }
    let rows: Vec<_> = buttons
        .iter()
        .map(|button| match button.request {
            None => json!([{"text": button.title}]),
            Some(ButtonRequest::Contact) => {
                json!([{"text": button.title, "request_contact": true}])
            }
            Some(ButtonRequest::Location) => {
                json!([{"text": button.title, "request_location": true}])
            }
        })
        .collect();
    Ok(json!({"keyboard": rows, "resize_keyboard": true, "one_time_keyboard": true}))
}

/// Takes those buttons away.
pub(super) fn no_keyboard() -> Value {
    json!({"remove_keyboard": true})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buttons_are_checked_before_anything_is_sent() {
        let button = |id: &str, title: &str| Button::new(id, title);
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
