//! Messages as their customer may see them.

use omni_model::{Direction, Message, MessageStatus};
use serde_json::Value;

use super::frame::{Body, Frame, Shown};

/// A message as its customer may see it, or `None` for what only the team sees. Who exactly wrote and why
/// sending failed stay with the team.
pub fn shown_to_visitor(message: &Message) -> Option<Message> {
    if message.private {
        return None;
    }
    let mut shown = message.clone();
    shown.error = None;
    if shown.direction == Direction::Outbound {
        shown.sender_id = None;
        let told = CHANGES.iter().filter(|name| was(message, name));
        let told = told.map(|name| ((*name).to_owned(), Value::Bool(true)));
        shown.metadata = Value::Object(told.collect());
    }
    Some(shown)
}

/// What became of a message of ours that its reader is told, in its metadata.
const CHANGES: [&str; 2] = ["edited", "deleted"];

fn was(message: &Message, change: &str) -> bool {
    message.metadata[change] == true
}

/// Whether an update of a message says that it reached the visitor, and nothing else: it was his own page that
/// told us, and nothing but that changes a message of ours that is as far, unless its author changed it.
pub(super) fn is_told_by_page(message: &Message) -> bool {
    message.direction == Direction::Outbound
        && message.status == MessageStatus::Delivered
        && !CHANGES.iter().any(|change| was(message, change))
}

/// The frame that tells a visitor of a message.
pub(super) fn message_frame(seq: Option<i64>, message: &Message, is_new: bool) -> Option<Frame> {
    let shown = shown_to_visitor(message)?;
    let outbound = message.direction == Direction::Outbound;
    let about = Shown {
        conversation: message.conversation_id,
        seq: message.seq,
        is_new,
        undelivered: outbound && message.status.admits(MessageStatus::Delivered),
        unread: outbound && message.status.admits(MessageStatus::Read),
    };
    let (conversation_id, message) = (None, &shown);
    let body = if is_new {
        Body::MessageNew {
            conversation_id,
            message,
        }
    } else {
        Body::MessageUpdated {
            conversation_id,
            message,
        }
    };
    Some(Frame::for_visitor(seq, &body, Some(about)))
}
