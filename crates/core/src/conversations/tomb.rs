//! Messages that were taken back: what stands in their place.

use omni_model::{ActorId, Content, MessageStatus};
use omni_store::MessageRecord;
use serde_json::{Value, json};

/// In the metadata: the message is gone.
const DELETED: &str = "deleted";
/// In the metadata: it is on its way out of the customer's sight.
const DELETING: &str = "deleting";
/// In the metadata: who took it back.
const DELETED_BY: &str = "deleted_by";
/// In the metadata: why it is still in the customer's sight.
const DELETE_ERROR: &str = "delete_error";

/// Whether nothing but its place is left.
pub(crate) fn is_gone(message: &MessageRecord) -> bool {
    message.metadata[DELETED] == true
}

/// Whether somebody took it back and the channel has not answered yet.
pub(crate) fn is_going(message: &MessageRecord) -> bool {
    message.metadata[DELETING] == true
}

/// Notes who takes it back.
pub(super) fn going(message: &mut MessageRecord, by: ActorId) {
    if let Value::Object(metadata) = &mut message.metadata {
        metadata.remove(DELETE_ERROR);
        metadata.insert(DELETING.to_owned(), true.into());
        metadata.insert(DELETED_BY.to_owned(), json!(by));
    }
}

/// Leaves nothing of a message but its place, in its album too. What was not sent yet never is.
pub(crate) fn entomb(message: &mut MessageRecord) {
    let mut left = json!({DELETED: true});
    for name in [DELETED_BY, "album_id"] {
        let kept = &message.metadata[name];
        if !kept.is_null() {
            left[name] = kept.clone();
        }
    }
    message.content = Content::text("");
    message.metadata = left;
    message.error = None;
    if message.status == MessageStatus::Queued {
        message.status = MessageStatus::Failed;
    }
}

/// The channel kept it: it stays, and says why.
pub(crate) fn stays(message: &mut MessageRecord, error: Value) {
    if let Value::Object(metadata) = &mut message.metadata {
        metadata.remove(DELETING);
        metadata.remove(DELETED_BY);
        metadata.insert(DELETE_ERROR.to_owned(), error);
    }
}
