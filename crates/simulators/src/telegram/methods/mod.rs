//! The methods, by name.

mod account;
mod album;
mod editing;
mod groups;
mod reacting;
mod recipient;
mod sending;
mod updates;
mod webhooks;

use super::answer::{Outcome, Refusal, done};
use super::input::Input;
use super::world::Shared;

/// Calls a method by its name in lower case.
pub(super) async fn call(shared: &Shared, bot_id: i64, method: &str, input: &Input) -> Outcome {
    match method {
        "getme" => account::get_me(shared, bot_id),
        "getchat" => account::get_chat(shared, bot_id, input),
        "getfile" => account::get_file(shared, input),
        "sendchataction" => account::send_chat_action(shared, bot_id, input),
        "answercallbackquery" => account::answer_callback_query(shared, bot_id, input),
        "setmessagereaction" => reacting::set(shared, bot_id, input),
        "leavechat" => groups::leave(shared, bot_id, input),
        "setmycommands" | "deletemycommands" | "close" | "logout" => done(),
        "getupdates" => updates::get_updates(shared, bot_id, input).await,
        "setwebhook" => webhooks::set(shared, bot_id, input),
        "deletewebhook" => webhooks::delete(shared, bot_id, input),
        "getwebhookinfo" => webhooks::info(shared, bot_id),
        "editmessagetext" => editing::edit_text(shared, bot_id, input),
        "sendmediagroup" => album::send(shared, bot_id, input),
        "editmessagecaption" => editing::edit_caption(shared, bot_id, input),
        "editmessagereplymarkup" => editing::edit_markup(shared, bot_id, input),
        "deletemessage" => editing::delete(shared, bot_id, input),
        other => match sending::Method::named(other) {
            Some(method) => sending::send(shared, bot_id, method, input),
            None => Err(Refusal::new(404, "Not Found: method not found")),
        },
    }
}

/// A bot that lost its token while the call ran.
fn gone() -> Refusal {
    Refusal::new(401, "Unauthorized")
}
