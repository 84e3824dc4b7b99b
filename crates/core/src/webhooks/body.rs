//! What a webhook is told, as things are now. Rows of events hold no text, so what was erased meanwhile is not told.

use bytes::Bytes;
use omni_model::{
    Conversation, ConversationId, EventKind, Message, MessageId, TenantScope, Timestamp, UserId,
};
use omni_store::{WebhookDeliveryRecord, live_views, messages};
use serde::Serialize;

use crate::{Core, Result};

#[derive(Serialize)]
struct Body<T> {
    #[serde(rename = "type")]
    kind: &'static str,
    /// When it happened.
    timestamp: Timestamp,
    data: T,
}

/// The same words and objects as in the frames of the sockets.
#[derive(Serialize)]
struct Data {
    conversation_id: ConversationId,
    /// The message's place in its conversation, or that of the conversation's last message.
    seq: i64,
    /// The event's place in the company's log: it grows, so that whoever gets something late can tell.
    event_seq: i64,
    #[serde(flatten)]
    about: About,
}

#[derive(Serialize)]
#[serde(untagged)]
enum About {
    Message {
        message: Message,
    },
    Assigned {
        operator_id: Option<UserId>,
        conversation: Conversation,
    },
    Conversation {
        conversation: Conversation,
    },
}

/// Whether there is something to tell of events of this kind.
pub(super) const fn is_told(kind: EventKind) -> bool {
    match kind {
        EventKind::MessageNew
        | EventKind::MessageUpdated
        | EventKind::ConversationQueued
        | EventKind::ConversationAssigned
        | EventKind::ConversationUpdated => true,
        // What one operator loses sight of the company does not; the others are written by nothing yet.
        EventKind::ConversationRemoved | EventKind::AiSuggestion | EventKind::Notification => false,
    }
}

/// The body of a test.
pub(super) fn test(now: Timestamp) -> Bytes {
    let data = serde_json::json!({"message": "This is a test of your webhook."});
    bytes_of(&Body {
        kind: "webhook.test",
        timestamp: now,
        data,
    })
}

fn bytes_of<T: Serialize>(body: &Body<T>) -> Bytes {
    Bytes::from(serde_json::to_vec(body).expect("bodies are plain data with text keys"))
}

impl Core {
    /// The body of a delivery; `None` when what it tells of does not exist any more.
    pub(super) async fn webhook_body(
        &self,
        delivery: &WebhookDeliveryRecord,
    ) -> Result<Option<Bytes>> {
        let scope = TenantScope::of(delivery.tenant_id);
        let found = match delivery.message_id {
            _ if !is_told(delivery.kind) => None,
            Some(id) => self.about_message(&scope, id).await?,
            None => self.about_conversation(&scope, delivery).await?,
        };
        Ok(found.map(|(seq, about)| {
            bytes_of(&Body {
                kind: delivery.kind.as_str(),
                timestamp: delivery.event_at,
                data: Data {
                    conversation_id: delivery.conversation_id,
                    seq,
                    event_seq: delivery.event_seq,
                    about,
                },
            })
        }))
    }

    async fn about_message(
        &self,
        scope: &TenantScope,
        id: MessageId,
    ) -> Result<Option<(i64, About)>> {
        let Some(record) = messages::find(self.store().key_reader(), scope, id).await? else {
            return Ok(None);
        };
        let message = self.render_one(scope, record).await?;
        Ok(Some((message.seq, About::Message { message })))
    }

    async fn about_conversation(
        &self,
        scope: &TenantScope,
        delivery: &WebhookDeliveryRecord,
    ) -> Result<Option<(i64, About)>> {
        let (db, id) = (self.store().key_reader(), delivery.conversation_id);
        let mut found = live_views::conversations(db, scope, &[id]).await?;
        let Some(record) = found.pop() else {
            return Ok(None);
        };
        let seq = record.last_seq;
        let conversation = self.render_conversation(scope, record).await?;
        let about = if delivery.kind == EventKind::ConversationAssigned {
            About::Assigned {
                operator_id: delivery.assigned_to,
                conversation,
            }
        } else {
            About::Conversation { conversation }
        };
        Ok(Some((seq, about)))
    }
}
