//! Rows as the API shows them, whole pages at once: the number of statements does not grow with the page.

use std::collections::HashMap;

use omni_model::{Content, Conversation, FileId, FileState, Message, TenantScope};
use omni_store::files::{self, FileRecord};
use omni_store::{ConversationRecord, MessageRecord, StoreError, conversation_views};
use serde_json::{Value, json};

use crate::{Core, Error, Result};

impl Core {
    /// Messages as the API shows them, in the order given. One statement if any of them shows a file, none
    /// otherwise.
    pub async fn render_messages(
        &self,
        scope: &TenantScope,
        records: &[MessageRecord],
    ) -> Result<Vec<Message>> {
        let ids: Vec<FileId> = records.iter().filter_map(MessageRecord::file_id).collect();
        let found = files::find_many(self.store().key_reader(), scope, &ids).await?;
        let files: HashMap<FileId, FileRecord> =
            found.into_iter().map(|file| (file.id, file)).collect();
        Ok(records
            .iter()
            .map(|record| self.render_message(record, &files))
            .collect())
    }

    /// One message as the API shows it.
    pub(crate) async fn render_one(
        &self,
        scope: &TenantScope,
        record: MessageRecord,
    ) -> Result<Message> {
        let rendered = self.render_messages(scope, &[record]).await?;
        Ok(rendered
            .into_iter()
            .next()
            .expect("one is rendered for each"))
    }

    fn render_message(
        &self,
        record: &MessageRecord,
        files: &HashMap<FileId, FileRecord>,
    ) -> Message {
        Message {
            id: record.id,
            seq: record.seq,
            tenant_id: record.tenant_id,
            conversation_id: record.conversation_id,
            direction: record.direction,
            sender_type: record.sender_type,
            sender_id: record.sender_id,
            channel_message_id: record.provider_id.clone(),
            content_type: record.content.content_type(),
            content: self.render_content(&record.content, files),
            status: record.status,
            error: record.error.clone(),
            private: record.private,
            reply_to: record.reply_to,
            metadata: record.metadata.clone(),
            created_at: record.created_at,
        }
    }

    fn render_content(&self, content: &Content, files: &HashMap<FileId, FileRecord>) -> Value {
        let mut shown = content.to_json();
        let file = content.file_id().and_then(|id| files.get(&id));
        let (Some(file), Value::Object(fields)) = (file, &mut shown) else {
            return shown;
        };
        fields.insert("file_name".to_owned(), json!(file.file_name));
        fields.insert("mime_type".to_owned(), json!(file.mime_type));
        fields.insert("size".to_owned(), json!(file.size));
        if file.state == FileState::Ready {
            fields.insert("url".to_owned(), json!(self.file_url(file.id)));
        } else {
            // Nothing to point at yet, or never: `state` says which.
            fields.insert("state".to_owned(), json!(file.state));
        }
        shown
    }

    /// Conversations as the API shows them, in the order given. One statement.
    pub async fn render_conversations(
        &self,
        scope: &TenantScope,
        records: &[ConversationRecord],
    ) -> Result<Vec<Conversation>> {
        let ids: Vec<_> = records.iter().map(|record| record.id).collect();
        let reader = self.store().key_reader();
        let mut beside = conversation_views::beside(reader, scope, &ids).await?;
        records
            .iter()
            .map(|record| {
                // A customer is there, or the row could not be.
                let beside = beside.remove(&record.id).ok_or(StoreError::Inconsistent {
                    table: "conversations",
                    column: "customer_id",
                })?;
                Ok(render(record, beside))
            })
            .collect()
    }

    /// One conversation as the API shows it.
    pub(crate) async fn render_conversation(
        &self,
        scope: &TenantScope,
        record: ConversationRecord,
    ) -> Result<Conversation> {
        let rendered = self.render_conversations(scope, &[record]).await?;
        rendered
            .into_iter()
            .next()
            .ok_or_else(|| Error::not_found("conversation"))
    }
}

fn render(record: &ConversationRecord, beside: conversation_views::Beside) -> Conversation {
    Conversation {
        id: record.id,
        tenant_id: record.tenant_id,
        customer: beside.customer,
        channel: record.channel_kind,
        channel_id: record.channel_id,
        status: record.status,
        priority: record.priority,
        tags: record.tags.clone(),
        assigned_to: record.assigned_to,
        team: beside.team,
        assigned_reason: record.assigned_reason.clone(),
        unread_count: record.unread_count,
        last_message: beside.last_message,
        created_at: record.created_at,
        updated_at: record.updated_at,
        resolved_at: record.resolved_at,
        snooze_until: record.snooze_until,
        woken_by: record.woken_by,
        metadata: record.metadata.clone(),
    }
}
