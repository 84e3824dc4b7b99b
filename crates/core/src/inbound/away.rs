//! Whoever writes while nobody is there is told so, once in each closed period.

use std::collections::BTreeMap;

use omni_model::{
    ChannelKind, Content, Direction, EventKind, Job, MessageId, MessageStatus, SenderType,
};
use omni_store::{MessageRecord, UnitOfWork};
use serde_json::json;

use super::draft::Draft;
use crate::hours::Book;

/// Adds the answer to each conversation in which somebody `wrote`; by place, with his language. It is stored with what
/// he wrote and with the note that he was told, so that neither a crash nor a repeat tells him twice.
pub(super) fn answer(
    draft: &mut Draft<'_>,
    unit: &UnitOfWork,
    hours: &Book,
    wrote: &BTreeMap<usize, Option<String>>,
) {
    for (&at, locale) in wrote {
        let conversation = &mut draft.conversations[at].after;
        let (team, told) = (conversation.assigned_team, conversation.away_at);
        let text = hours.away_message(team, told, locale.as_deref(), draft.now);
        let Some(text) = text.map(str::to_owned) else {
            continue;
        };
        conversation.away_at = Some(draft.now);
        conversation.last_seq += 1;
        // What the visitor's own socket shows needs nobody to deliver it.
        let status = match conversation.channel_kind {
            ChannelKind::Widget => MessageStatus::Sent,
            _ => MessageStatus::Queued,
        };
        let id = MessageId::new(draft.clock);
        let record = MessageRecord {
            id,
            tenant_id: conversation.tenant_id,
            conversation_id: conversation.id,
            seq: conversation.last_seq,
            direction: Direction::Outbound,
            sender_type: SenderType::Bot,
            sender_id: None,
            channel_id: conversation.channel_id,
            provider_id: None,
            content: Content::Text { text },
            status,
            error: None,
            private: false,
            reply_to: None,
            idempotency_key: None,
            request_hash: None,
            metadata: json!({"away": true}),
            created_at: draft.now,
            updated_at: draft.now,
        };
        if status == MessageStatus::Queued {
            let job = Job::Deliver { message_id: id };
            unit.enqueue(record.conversation_id.to_string(), job);
        }
        draft.tell(at, EventKind::MessageNew, Some(id));
        draft.messages.push(record);
    }
}
