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

/// What `reply_markup` says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Markup {
    /// Buttons under the message.
    Inline(Value),
    /// Buttons in place of the customer's keyboard.
    Reply(Value),
    /// Those go away.
    Remove,
}

impl Markup {
    /// The part that stays with the message.
    pub(super) fn inline(self) -> Option<Value> {
        match self {
            Self::Inline(markup) => Some(markup),
            Self::Reply(_) | Self::Remove => None,
        }
    }
}

/// Reads `reply_markup`.
pub(super) fn read(input: &Input) -> Result<Option<Markup>, Refusal> {
    let broken = || Refusal::bad("can't parse reply keyboard markup JSON object");
    let Some(markup) = input.json("reply_markup").map_err(|_| broken())? else {
        return Ok(None);
    };
    if !markup.is_object() {
        return Err(Refusal::bad("object expected as reply markup"));
    }
    if markup.get("inline_keyboard").is_some() {
        let kept = rows(&markup, "inline_keyboard", check)?;
        let markup = || Markup::Inline(json!({"inline_keyboard": kept}));
        return Ok((!kept.is_empty()).then(markup));
    }
    if markup.get("keyboard").is_some() {
        let kept = rows(&markup, "keyboard", check_reply)?;
        let one_time = markup["one_time_keyboard"] == true;
        let markup = || Markup::Reply(json!({"keyboard": kept, "one_time_keyboard": one_time}));
        return Ok((!kept.is_empty()).then(markup));
    }
    Ok((markup["remove_keyboard"] == true).then_some(Markup::Remove))
}

/// Reads `reply_markup` where a message is changed, which takes only what hangs under it.
pub(super) fn read_inline(input: &Input) -> Result<Option<Value>, Refusal> {
    match read(input)? {
        Some(Markup::Inline(markup)) => Ok(Some(markup)),
        Some(_) => Err(Refusal::bad("inline keyboard expected")),
        None => Ok(None),
    }
}

fn rows(
    markup: &Value,
    field: &str,
    check: fn(&Value) -> Result<(), Refusal>,
) -> Result<Vec<Value>, Refusal> {
    let array = || Refusal::bad(&format!("field \"{field}\" must be an Array"));
    let row_array = || Refusal::bad(&format!("field \"{field}\" must be an Array of Arrays"));
    let mut kept = Vec::new();
    for row in markup[field].as_array().ok_or_else(array)? {
        let buttons = row.as_array().ok_or_else(row_array)?;
        buttons.iter().try_for_each(check)?;
        if !buttons.is_empty() {
            kept.push(row.clone());
        }
    }
    Ok(kept)
}

fn check_reply(button: &Value) -> Result<(), Refusal> {
    let text = button.as_str().or_else(|| button.get("text")?.as_str());
    match text {
        None => Err(Refusal::bad(
            "can't parse keyboard button: KeyboardButton must be an Object",
        )),
        Some(text) if text.trim().is_empty() => Err(Refusal::bad("BUTTON_TEXT_INVALID")),
        Some(_) => Ok(()),
    }
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
