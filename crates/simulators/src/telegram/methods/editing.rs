//! Methods that change what was sent.

use serde_json::Value;

use super::super::answer::{Outcome, Refusal, done};
use super::super::chat::Chat;
use super::super::entities::units;
use super::super::input::Input;
use super::super::render::FileKind;
use super::super::world::{Shared, World};
use super::super::{keyboard, render};
use super::{gone, recipient, sending};

/// Seconds after which a message stays.
const DELETABLE: i64 = 48 * 3600;

const UNCHANGED: &str = "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message";

pub(super) fn edit_text(shared: &Shared, bot_id: i64, input: &Input) -> Outcome {
    if input.text("parse_mode").is_some() {
        return Err(Refusal::bad("unsupported parse_mode"));
    }
    let text = sending::text(input)?;
    edit(shared, bot_id, input, |message| {
        if message.get("text").is_none() {
            return Err(Refusal::bad("there is no text in the message to edit"));
        }
        render::add_text(message, &text);
        Ok(())
    })
}

pub(super) fn edit_caption(shared: &Shared, bot_id: i64, input: &Input) -> Outcome {
    if input.text("parse_mode").is_some() {
        return Err(Refusal::bad("unsupported parse_mode"));
    }
    let caption = input.text("caption").unwrap_or_default().trim();
    if units(caption) > sending::CAPTION {
        return Err(Refusal::bad("message caption is too long"));
    }
    edit(shared, bot_id, input, |message| {
        let has_file = FileKind::CAPTIONED
            .iter()
            .any(|kind| message.get(kind.field()).is_some());
        if !has_file {
            return Err(Refusal::bad("there is no caption in the message to edit"));
        }
        render::add_caption(message, caption);
        Ok(())
    })
}

pub(super) fn edit_markup(shared: &Shared, bot_id: i64, input: &Input) -> Outcome {
    edit(shared, bot_id, input, |_| Ok(()))
}

fn edit(
    shared: &Shared,
    bot_id: i64,
    input: &Input,
    change: impl FnOnce(&mut Value) -> Result<(), Refusal>,
) -> Outcome {
    let markup = keyboard::read_inline(input)?;
    shared.change(|world| {
        let date = world.date();
        let chat = chat(world, bot_id, input)?;
        let message = input
            .number("message_id")
            .and_then(|id| chat.messages.get_mut(&id))
            .ok_or_else(|| Refusal::bad("message to edit not found"))?;
        if message["from"]["id"].as_i64() != Some(bot_id) {
            return Err(Refusal::bad("message can't be edited"));
        }
        let mut edited = message.clone();
        change(&mut edited)?;
        match (markup, edited.as_object_mut()) {
            (Some(markup), _) => edited["reply_markup"] = markup,
            (None, Some(fields)) => {
                fields.remove("reply_markup");
            }
            (None, None) => {}
        }
        if edited == *message {
            return Err(Refusal::bad(UNCHANGED));
        }
        edited["edit_date"] = date.into();
        *message = edited.clone();
        Ok(edited.into())
    })
}

pub(super) fn delete(shared: &Shared, bot_id: i64, input: &Input) -> Outcome {
    shared.change(|world| {
        let now = world.date();
        let chat = chat(world, bot_id, input)?;
        let id = input.number("message_id").unwrap_or_default();
        let message = chat
            .messages
            .get(&id)
            .ok_or_else(|| Refusal::bad("message to delete not found"))?;
        let written = message["date"].as_i64().unwrap_or_default();
        if now - written >= DELETABLE {
            return Err(Refusal::bad("message can't be deleted for everyone"));
        }
        chat.messages.remove(&id);
        done()
    })
}

fn chat<'a>(world: &'a mut World, bot_id: i64, input: &Input) -> Result<&'a mut Chat, Refusal> {
    let chat_id = recipient::known(world, bot_id, input)?;
    let bot = world.bot_mut(bot_id).ok_or_else(gone)?;
    bot.chats.get_mut(&chat_id).ok_or_else(recipient::unknown)
}
