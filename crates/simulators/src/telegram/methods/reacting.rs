//! `setMessageReaction`.

use serde_json::Value;

use super::super::answer::{Outcome, Refusal, done};
use super::super::input::Input;
use super::super::reactions::EMOJIS;
use super::super::world::Shared;
use super::{gone, recipient};

pub(super) fn set(shared: &Shared, bot_id: i64, input: &Input) -> Outcome {
    let emoji = emoji(input)?;
    shared.change(|world| {
        let chat_id = recipient::reachable(world, bot_id, input)?;
        let bot = world.bot_mut(bot_id).ok_or_else(gone)?;
        let chat = bot.chats.entry(chat_id).or_default();
        let message = input.number("message_id").unwrap_or_default();
        if !chat.messages.contains_key(&message) {
            return Err(Refusal::bad("message to react not found"));
        }
        chat.reactions.entry(message).or_default().of_bot = emoji;
        done()
    })
}

fn emoji(input: &Input) -> Result<Option<String>, Refusal> {
    let broken = || Refusal::bad("can't parse reaction types JSON object");
    let reactions = input.json("reaction").map_err(|_| broken())?;
    let reactions = match &reactions {
        None => return Ok(None),
        Some(Value::Array(reactions)) => reactions,
        Some(_) => return Err(broken()),
    };
    let [reaction] = reactions.as_slice() else {
        // Bots that pay for nothing have one.
        return match reactions.is_empty() {
            true => Ok(None),
            false => Err(Refusal::bad("REACTIONS_TOO_MANY")),
        };
    };
    let invalid = || Refusal::bad("REACTION_INVALID");
    if reaction["type"] != "emoji" {
        return Err(invalid());
    }
    let emoji = reaction["emoji"].as_str().ok_or_else(broken)?;
    let known = EMOJIS.split(' ').any(|known| known == emoji);
    known.then(|| Some(emoji.to_owned())).ok_or_else(invalid)
}
