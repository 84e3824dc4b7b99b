//! Which lane a delivery goes through. Their number a webhook bounds how many calls it has at once, whatever they
//! take: a few for first attempts, one for all that is tried again.

use omni_model::{ConversationId, WebhookId};

/// Lanes of a webhook for first attempts. A conversation always has the same one.
const FIRST: u8 = 4;

/// The lane of a conversation's first attempts.
pub(super) fn first(webhook: WebhookId, conversation: ConversationId) -> String {
    // The end of an id is random.
    let last = conversation.0.as_bytes()[15];
    format!("{webhook}:{}", last % FIRST)
}

/// The lane of what is tried again.
pub(super) fn again(webhook: WebhookId) -> String {
    format!("{webhook}:again")
}
