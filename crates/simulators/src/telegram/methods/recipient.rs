//! Whether a bot may write to a chat.

use serde_json::Value;

use super::super::answer::Refusal;
use super::super::input::Input;
use super::super::world::World;
use super::gone;

pub(super) fn unknown() -> Refusal {
    Refusal::bad("chat not found")
}

/// The chat that a call names, if there is such a person.
pub(super) fn known(world: &World, bot_id: i64, input: &Input) -> Result<i64, Refusal> {
    world.bot(bot_id).ok_or_else(gone)?;
    let id = number(input)?;
    world.people.get(&id).ok_or_else(unknown)?;
    Ok(id)
}

/// The number of the chat that a call names, whether there is such a one or not.
pub(super) fn number(input: &Input) -> Result<i64, Refusal> {
    let text = input
        .text("chat_id")
        .ok_or_else(|| Refusal::bad("chat_id is empty"))?;
    text.trim().parse().map_err(|_| unknown())
}

/// A bot is not in the group.
pub(super) fn outside() -> Refusal {
    Refusal::forbidden("bot is not a member of the supergroup chat")
}

/// The chat that a call names, if the bot may write to it.
pub(super) fn reachable(world: &World, bot_id: i64, input: &Input) -> Result<i64, Refusal> {
    let id = number(input)?;
    if let Some(room) = world.rooms.get(&id) {
        return match room.bots.contains(&bot_id) {
            true => Ok(id),
            false => Err(outside()),
        };
    }
    let id = known(world, bot_id, input)?;
    if world
        .people
        .get(&id)
        .is_some_and(|person| person.deactivated)
    {
        return Err(Refusal::forbidden("user is deactivated"));
    }
    let chat = world.bot(bot_id).and_then(|bot| bot.chats.get(&id));
    match chat {
        None => Err(Refusal::forbidden(
            "bot can't initiate conversation with a user",
        )),
        Some(chat) if chat.blocked => Err(Refusal::forbidden("bot was blocked by the user")),
        Some(_) => Ok(id),
    }
}

/// The message that a call answers, if it names one.
pub(super) fn answered(
    world: &World,
    bot_id: i64,
    chat_id: i64,
    input: &Input,
) -> Result<Option<Value>, Refusal> {
    let broken = || Refusal::bad("can't parse reply parameters JSON object");
    let parameters = input.json("reply_parameters").map_err(|_| broken())?;
    let (id, optional) = match &parameters {
        Some(parameters) => {
            let fields = parameters.as_object().ok_or_else(broken)?;
            let id = fields.get("message_id").and_then(Value::as_i64);
            let optional = fields.get("allow_sending_without_reply");
            (id, optional.and_then(Value::as_bool).unwrap_or(false))
        }
        // The way of older clients.
        None => (
            input.number("reply_to_message_id"),
            input.flag("allow_sending_without_reply"),
        ),
    };
    let Some(id) = id else {
        return Ok(None);
    };
    let chat = world.bot(bot_id).and_then(|bot| bot.chats.get(&chat_id));
    match chat.and_then(|chat| chat.messages.get(&id)) {
        Some(message) => Ok(Some(message.clone())),
        None if optional => Ok(None),
        None => Err(Refusal::bad("message to be replied not found")),
    }
}
