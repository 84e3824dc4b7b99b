//! Buttons under messages, checked as Telegram checks them.

use serde_json::{Value, json};

use super::answer::Refusal;
use super::input::Input;

/// Fields of which an inline button must have one.
const ACTIONS: &[&str] = &[
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
];

/// Reads `reply_markup`. Only inline keyboards stay with a message; the others change the customer's
/// keyboard, which nobody sees here.
pub(super) fn read(input: &Input) -> Result<Option<Value>, Refusal> {
    let broken = || Refusal::bad("can't parse reply keyboard markup JSON object");
    let Some(markup) = input.json("reply_markup").map_err(|_| broken())? else {
        return Ok(None);
    };
    if !markup.is_object() {
        return Err(Refusal::bad("object expected as reply markup"));
    }
    let Some(rows) = markup.get("inline_keyboard") else {
        return Ok(None);
    };
    let array = || Refusal::bad("field \"inline_keyboard\" must be an Array");
    let row_array = || Refusal::bad("field \"inline_keyboard\" must be an Array of Arrays");
    let mut kept = Vec::new();
    for row in rows.as_array().ok_or_else(array)? {
        let buttons = row.as_array().ok_or_else(row_array)?;
        buttons.iter().try_for_each(check)?;
        if !buttons.is_empty() {
            kept.push(row.clone());
        }
    }
    Ok((!kept.is_empty()).then(|| json!({"inline_keyboard": kept})))
}

fn check(button: &Value) -> Result<(), Refusal> {
    let cannot = |why: &str| Refusal::bad(&format!("can't parse inline keyboard button: {why}"));
    if !button.is_object() {
        return Err(cannot("InlineKeyboardButton must be an Object"));
    }
    let text = button.get("text").and_then(Value::as_str);
    match text {
        None => return Err(cannot("Can't find field \"text\"")),
        Some(text) if text.trim().is_empty() => {
            return Err(Refusal::bad("BUTTON_TEXT_INVALID"));
        }
        Some(_) => {}
    }
    if !ACTIONS.iter().any(|action| button.get(action).is_some()) {
        return Err(cannot("Text buttons are unallowed in the inline keyboard"));
    }
    match button.get("callback_data").map(Value::as_str) {
        Some(Some(data)) if !(1..=64).contains(&data.len()) => {
            Err(Refusal::bad("BUTTON_DATA_INVALID"))
        }
        Some(None) => Err(cannot("Field \"callback_data\" must be of type String")),
        _ => Ok(()),
    }
}
