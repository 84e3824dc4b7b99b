//! Methods about the bot itself, chats and files.

use serde_json::json;

use super::super::answer::{Outcome, Refusal, done};
use super::super::files;
use super::super::input::Input;
use super::super::world::Shared;
use super::{gone, recipient};

const ACTIONS: &[&str] = &[
    "cancel",
    "typing",
    "record_video",
    "upload_video",
    "record_audio",
    "upload_audio",
    "record_voice",
    "upload_voice",
    "upload_photo",
    "upload_document",
    "choose_sticker",
    "pick_up_location",
    "find_location",
    "record_video_note",
    "upload_video_note",
];

pub(super) fn get_me(shared: &Shared, bot_id: i64) -> Outcome {
    shared.look(|world| {
        let mut me = world.bot(bot_id).ok_or_else(gone)?.as_user();
        for (name, can) in [
            ("can_join_groups", true),
            ("can_read_all_group_messages", false),
            ("supports_inline_queries", false),
            ("can_connect_to_business", false),
            ("has_main_web_app", false),
        ] {
            me[name] = can.into();
        }
        Ok(me.into())
    })
}

pub(super) fn get_chat(shared: &Shared, bot_id: i64, input: &Input) -> Outcome {
    shared.look(|world| {
        let chat_id = recipient::known(world, bot_id, input)?;
        let person = world.people.get(&chat_id).ok_or_else(recipient::unknown)?;
        let mut chat = person.as_chat();
        chat["accent_color_id"] = 0.into();
        chat["max_reaction_count"] = 11.into();
        chat["accepted_gift_types"] = json!({
            "unlimited_gifts": false,
            "limited_gifts": false,
            "unique_gifts": false,
            "premium_subscription": false,
            "gifts_from_channels": false,
        });
        Ok(chat.into())
    })
}

pub(super) fn get_file(shared: &Shared, input: &Input) -> Outcome {
    let id = input
        .text("file_id")
        .ok_or_else(|| Refusal::bad("file_id not specified"))?;
    shared.look(|world| {
        let kept = world.files.by_id(id);
        let kept = kept.ok_or_else(|| Refusal::bad("invalid file_id"))?;
        if kept.size > files::DOWNLOAD {
            return Err(Refusal::bad("file is too big"));
        }
        let mut file = kept.as_object();
        file["file_path"] = kept.path.as_str().into();
        Ok(file.into())
    })
}

pub(super) fn send_chat_action(shared: &Shared, bot_id: i64, input: &Input) -> Outcome {
    let action = input
        .text("action")
        .filter(|action| ACTIONS.contains(action))
        .ok_or_else(|| Refusal::bad("wrong parameter action in request"))?;
    shared.change(|world| {
        let chat_id = recipient::reachable(world, bot_id, input)?;
        world.actions.push((chat_id, action.to_owned()));
        let now = world.clock.now();
        let bot = world.bot_mut(bot_id).ok_or_else(gone)?;
        let chat = bot.chats.entry(chat_id).or_default();
        chat.typing_at = (action == "typing").then_some(now);
        done()
    })
}

pub(super) fn answer_callback_query(shared: &Shared, bot_id: i64, input: &Input) -> Outcome {
    let id = input.text("callback_query_id").unwrap_or_default();
    if input
        .text("text")
        .is_some_and(|text| text.chars().count() > 200)
    {
        return Err(Refusal::bad("MESSAGE_TOO_LONG"));
    }
    shared.change(|world| {
        let bot = world.bot_mut(bot_id).ok_or_else(gone)?;
        if !bot.callbacks.remove(id) {
            let words = "query is too old and response timeout expired or query ID is invalid";
            return Err(Refusal::bad(words));
        }
        world.answered.push(id.to_owned());
        done()
    })
}
