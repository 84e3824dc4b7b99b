//! Writing into a conversation: to the customer, or a note that only the team sees.

use omni_model::{
    Actor, AssignReason, ChannelKind, Content, ContentType, ConversationId, ConversationStatus,
    Direction, EventKind, Job, Message, MessageId, MessageStatus, Principal, SenderType,
    TenantScope, UserId, codes,
};
use omni_store::conversations::{self, Change};
use omni_store::files::{self, FileRecord, Uploader};
use omni_store::{
    ConversationRecord, MessageRecord, StoreError, UniqueKey, UnitOfWork, canned_responses,
    customers, messages,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::access::{ASSIGN_SELF, REPLY, Viewer, event, message_event};
use super::content;
use super::drafts::forget_draft;
use super::keyboard;
use crate::hours::Book;
use crate::{Core, Error, Result};

/// A message to write.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMessage {
    pub content_type: ContentType,
    /// `{text}`, `{file_id, caption?}`, `{latitude, longitude}`, `{name, phone}` or
    /// `{text, buttons[{id, title, url?, request?: contact | location}], kind?: inline | reply}`.
    #[schema(value_type = Object)]
    pub content: Value,
    /// A note that only the team sees.
    #[serde(default)]
    pub private: bool,
    /// The message of this conversation that it answers.
    #[serde(default)]
    pub reply_to: Option<MessageId>,
    /// The newest `seq` its writer knew of. If somebody else of the team has answered after it, nothing is written:
    /// 409 `answered_meanwhile`. Does not concern notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_last_seq: Option<i64>,
}

/// A written message.
#[derive(Clone, Debug)]
pub struct Replied {
    pub message: Message,
    /// Whether an earlier request under the same key wrote it.
    pub replayed: bool,
}

/// An idempotency key and the hash of the request that came under it.
#[derive(Clone)]
pub(super) struct Once {
    key: String,
    request_hash: String,
}

impl Once {
    /// A key, and the request as plain data.
    pub(super) fn of(key: String, request: &impl Serialize) -> Self {
        Self {
            key,
            request_hash: request_hash(request),
        }
    }
}

impl Core {
    /// Writes a message. Replying to the customer takes an unassigned conversation, and reopens a resolved
    /// one; a closed one must be reopened first. Notes do neither.
    ///
    /// A repeat under the same key answers the message that is there.
    pub async fn reply(
        &self,
        who: &Principal,
        id: ConversationId,
        new: NewMessage,
        key: Option<String>,
    ) -> Result<Replied> {
        let viewer = self.viewer(who).await?;
        self.seen(&viewer, id).await?;
        viewer.needs(REPLY)?;
        let once = key.map(|key| Once::of(key, &(id, &new)));
        let content = content::read(new.content_type, new.content)?;
        let draft = Draft {
            id,
            content,
            private: new.private,
            reply_to: new.reply_to,
            if_last_seq: new.if_last_seq.filter(|_| !new.private),
            once,
        };
        let outcome = match self.write_reply(viewer.clone(), draft.clone()).await {
            // Two requests at once under one key, in two conversations: the second now finds the first.
            Err(Error::Store(error)) if error.violates(UniqueKey::MESSAGE_KEY) => {
                self.write_reply(viewer, draft).await
            }
            outcome => outcome,
        };
        let (record, replayed) = outcome.map_err(one_open)?;
        if !replayed && record.status == MessageStatus::Sent && !record.private {
            // Only a widget's message is there without anybody delivering it.
            self.meter()
                .messages(who.tenant_id, ChannelKind::Widget, Direction::Outbound, 1);
        }
        Ok(Replied {
            message: self.render_one(&who.scope(), record).await?,
            replayed,
        })
    }

    async fn write_reply(&self, viewer: Viewer, draft: Draft) -> Result<(MessageRecord, bool)> {
        let scope = viewer.who.scope();
        let (core, hours) = (self.clone(), self.hours(&scope).await?);
        self.store()
            .write(&scope, move |unit| async move {
                let conversation = viewer.lock(&unit, draft.id).await?;
                if let Some(record) = earlier(&unit, &viewer, &draft).await? {
                    return Ok((record, true));
                }
                check_unanswered(&unit, &viewer.who, &draft, &conversation).await?;
                content::check_channel(&draft.content, conversation.channel_kind)?;
                let content = settle(&unit, &viewer.who, draft.content.clone()).await?;
                check_reply_to(&unit, &viewer, &draft).await?;
                let mut change = Change::of(conversation);
                if !draft.private {
                    resume(&unit, &mut change).await?;
                    take(&unit, &viewer, &mut change);
                    note_answer(&unit, &hours, &mut change);
                    change.after.woken_by = None;
                    forget_draft(&unit, &viewer.who, draft.id, &content).await?;
                }
                change.after.last_seq += 1;
                change.after.updated_at = unit.now();
                let id = MessageId::new(core.clock());
                let mut record = draft.record(id, content, &viewer, &change.after, unit.now());
                if !draft.private {
                    let talk = &mut change.after.metadata;
                    keyboard::note_reply(talk, id, &record.content, &mut record.metadata);
                }
                conversations::save(&unit, std::slice::from_ref(&change)).await?;
                messages::insert(&unit, std::slice::from_ref(&record)).await?;
                let event = message_event(EventKind::MessageNew, &change.after, id);
                unit.emit_with(event, record.clone());
                if record.status == MessageStatus::Queued {
                    unit.enqueue(draft.id.to_string(), Job::Deliver { message_id: id });
                }
                Ok((record, false))
            })
            .await
    }
}

#[derive(Clone)]
pub(super) struct Draft {
    pub(super) id: ConversationId,
    pub(super) content: Content,
    pub(super) private: bool,
    pub(super) reply_to: Option<MessageId>,
    pub(super) if_last_seq: Option<i64>,
    pub(super) once: Option<Once>,
}

impl Draft {
    pub(super) fn record(
        &self,
        id: MessageId,
        content: Content,
        viewer: &Viewer,
        conversation: &ConversationRecord,
        now: omni_model::Timestamp,
    ) -> MessageRecord {
        // What stays inside, and what the visitor's own socket shows, needs nobody to deliver it.
        let actor = viewer.who.actor();
        let is_here = self.private || conversation.channel_kind == ChannelKind::Widget;
        MessageRecord {
            id,
            tenant_id: conversation.tenant_id,
            conversation_id: conversation.id,
            seq: conversation.last_seq,
            direction: Direction::Outbound,
            sender_type: match actor {
                Actor::Person(_) => SenderType::Operator,
                Actor::Key(_) => SenderType::Bot,
            },
            sender_id: Some(actor.id().0),
            channel_id: conversation.channel_id,
            provider_id: None,
            content,
            status: if is_here {
                MessageStatus::Sent
            } else {
                MessageStatus::Queued
            },
            error: None,
            private: self.private,
            reply_to: self.reply_to,
            idempotency_key: self.once.as_ref().map(|once| once.key.clone()),
            request_hash: self.once.as_ref().map(|once| once.request_hash.clone()),
            metadata: Value::Object(Map::new()),
            created_at: now,
            updated_at: now,
        }
    }
}

/// The content with its file as it is: one that he uploaded, or that a canned response hands him.
pub(super) async fn settle(
    unit: &UnitOfWork,
    who: &Principal,
    content: Content,
) -> Result<Content> {
    let found = match content.file_id() {
        Some(id) => files::find(unit.db(), &who.scope(), id).await?,
        None => None,
    };
    let offered = offered(unit, who, found.as_ref()).await?;
    content::settle_file(&Uploader::from(who.actor()), content, found, offered)
}

/// Whether a canned response hands him this file, which somebody else uploaded.
async fn offered(unit: &UnitOfWork, who: &Principal, file: Option<&FileRecord>) -> Result<bool> {
    let Some(file) = file.filter(|file| file.uploaded_by != Uploader::from(who.actor())) else {
        return Ok(false);
    };
    let scope = who.scope();
    Ok(canned_responses::offers_file(unit.db(), &scope, who.sees_as(), file.id).await?)
}

/// What an earlier request under the same key wrote.
pub(super) async fn earlier(
    unit: &UnitOfWork,
    viewer: &Viewer,
    draft: &Draft,
) -> Result<Option<MessageRecord>> {
    let Some(once) = &draft.once else {
        return Ok(None);
    };
    let (scope, sender) = (viewer.who.scope(), viewer.who.actor().id().0);
    match messages::by_idempotency_key(unit.db(), &scope, sender, &once.key).await? {
        Some(record) if record.request_hash.as_deref() != Some(&once.request_hash) => {
            Err(Error::refused(
                codes::IDEMPOTENCY_MISMATCH,
                "this key was used for another message",
            ))
        }
        found => Ok(found),
    }
}

/// Refuses a reply whose writer does not know that somebody else has answered.
pub(super) async fn check_unanswered(
    unit: &UnitOfWork,
    who: &Principal,
    draft: &Draft,
    conversation: &ConversationRecord,
) -> Result<()> {
    let Some(known) = draft
        .if_last_seq
        .filter(|known| *known < conversation.last_seq)
    else {
        return Ok(());
    };
    let (scope, me) = (who.scope(), who.actor().id());
    if messages::answered_by_others(unit.db(), &scope, draft.id, known, me).await? {
        let detail = "somebody else has answered: look, and send anyway without if_last_seq";
        return Err(Error::refused(codes::ANSWERED_MEANWHILE, detail));
    }
    Ok(())
}

pub(super) async fn check_reply_to(
    unit: &UnitOfWork,
    viewer: &Viewer,
    draft: &Draft,
) -> Result<()> {
    let Some(id) = draft.reply_to else {
        return Ok(());
    };
    let quoted = messages::find(unit.db(), &viewer.who.scope(), id)
        .await?
        .filter(|message| message.conversation_id == draft.id)
        .ok_or_else(|| Error::not_found("message"))?;
    if quoted.private && !draft.private {
        let detail = "the customer does not see that note";
        return Err(Error::invalid_field("/reply_to", "private", detail));
    }
    Ok(())
}

/// Makes the conversation one that can be written in.
pub(super) async fn resume(unit: &UnitOfWork, change: &mut Change) -> Result<()> {
    check_heard(unit, &change.after).await?;
    match change.after.status {
        ConversationStatus::Open | ConversationStatus::Pending => Ok(()),
        ConversationStatus::Closed => Err(Error::refused(
            codes::CONFLICT,
            "the conversation is closed: reopen it first",
        )),
        ConversationStatus::Resolved => {
            change.after.status = ConversationStatus::Open;
            change.after.resolved_at = None;
            change.after.queued_at = unit.now();
            unit.emit(event(EventKind::ConversationUpdated, &change.after));
            Ok(())
        }
    }
}

/// Refuses to write to somebody whose answer nobody would see.
pub(super) async fn check_heard(
    unit: &UnitOfWork,
    conversation: &ConversationRecord,
) -> Result<()> {
    let scope = TenantScope::of(conversation.tenant_id);
    if customers::is_blocked(unit.db(), &scope, conversation.customer_id).await? {
        let detail = "nobody would see his answer: unblock him first";
        return Err(Error::refused(codes::CUSTOMER_BLOCKED, detail));
    }
    Ok(())
}

/// Who replies first has it. A program has nothing: what it answered still waits for somebody.
pub(super) fn take(unit: &UnitOfWork, viewer: &Viewer, change: &mut Change) {
    let who = &viewer.who;
    let takes = who.role.takes_conversations() && who.may(ASSIGN_SELF);
    if change.after.assigned_to.is_none()
        && takes
        && let Some(operator) = who.person()
    {
        assign(unit, &mut change.after, operator, AssignReason::Replied);
    }
}

/// Whoever is answered although nobody should be there is not told that nobody is.
pub(super) fn note_answer(unit: &UnitOfWork, hours: &Book, change: &mut Change) {
    if hours.is_closed(change.after.assigned_team, unit.now()) {
        change.after.away_at = Some(unit.now());
    }
}

/// Gives a conversation to somebody and tells of it.
pub(super) fn assign(
    unit: &UnitOfWork,
    conversation: &mut ConversationRecord,
    operator: UserId,
    reason: AssignReason,
) {
    let before = conversation.holder();
    conversation.assigned_to = Some(operator);
    conversation.assigned_reason = Some(reason);
    unit.emit(event(EventKind::ConversationAssigned, conversation).coming_from(before));
}

/// A second open conversation of the same customer in the same channel is refused by the store itself.
pub(super) fn one_open(error: Error) -> Error {
    match error {
        Error::Store(error @ StoreError::Unique(_))
            if error.violates(UniqueKey::CONVERSATION_OPEN) =>
        {
            let detail = "the customer already writes in a newer conversation";
            Error::refused(codes::ALREADY_OPEN, detail)
        }
        other => other,
    }
}

/// Tells a repeat from another request: fields in the order of the type, whatever the order they came in.
fn request_hash(request: &impl Serialize) -> String {
    let body = serde_json::to_vec(request).expect("a message is plain data");
    hex::encode(Sha256::digest(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_request_has_the_same_hash() {
        let id = ConversationId(uuid::Uuid::from_u128(1));
        let of = |json: &str| {
            let new: NewMessage = serde_json::from_str(json).unwrap();
            request_hash(&(id, new))
        };
        let one = of(r#"{"content_type":"text","content":{"text":"a"},"private":false}"#);
        assert_eq!(
            one,
            of(r#"{ "content": {"text": "a"}, "content_type": "text" }"#)
        );
        assert_ne!(one, of(r#"{"content_type":"text","content":{"text":"b"}}"#));
        assert_ne!(
            one,
            of(r#"{"content_type":"text","content":{"text":"a"},"private":true}"#)
        );
        let other = ConversationId(uuid::Uuid::from_u128(2));
        let json = r#"{"content_type":"text","content":{"text":"a"}}"#;
        let new: NewMessage = serde_json::from_str(json).unwrap();
        assert_ne!(one, request_hash(&(other, new)));
    }
}
