//! Changing and taking back what one wrote.

use std::time::Duration;

use omni_channels::telegram;
use omni_model::{
    ChannelKind, Content, Direction, EventKind, Job, Message, MessageId, MessageStatus, Principal,
    Timestamp, codes,
};
use omni_store::{ConversationRecord, MessageRecord, UnitOfWork, messages};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::access::{ASSIGN, REPLY, Viewer, message_event};
use super::content::checked_words;
use super::tomb::{entomb, going, is_going, is_gone};
use crate::audit::{Line, record};
use crate::{Core, Error, Result};

/// How long Telegram lets a bot take a message back.
const TELEGRAM_KEEPS: Duration = Duration::from_secs(48 * 3600);

/// What a message is to say from now on.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageEdit {
    pub content: EditedContent,
}

/// The words that can change: `{text}` of a text or of a message with buttons, `{caption}` of a file.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditedContent {
    #[serde(default)]
    pub text: Option<String>,
    /// Empty leaves the file without one.
    #[serde(default)]
    pub caption: Option<String>,
}

impl Core {
    /// One message.
    pub async fn message(&self, who: &Principal, id: MessageId) -> Result<Message> {
        let viewer = self.viewer(who).await?;
        let record = self.seen_message(&viewer, id).await?;
        self.render_one(&who.scope(), record).await
    }

    /// Refuses whom 404 or 403 is due before anybody looks at what he sent.
    pub async fn check_edit(&self, who: &Principal, id: MessageId) -> Result<()> {
        let viewer = self.viewer(who).await?;
        let record = self.seen_message(&viewer, id).await?;
        viewer.needs(REPLY)?;
        is_author(who, &record)
    }

    /// Changes what a message of one's own says: at once here, and in the messenger as soon as it can be reached.
    pub async fn edit_message(
        &self,
        who: &Principal,
        id: MessageId,
        edit: MessageEdit,
    ) -> Result<Message> {
        self.check_edit(who, id).await?;
        let viewer = self.viewer(who).await?;
        let scope = who.scope();
        let written = self
            .store()
            .write(&scope, move |unit| async move {
                let (conversation, mut message) = locked(&unit, &viewer, id).await?;
                let content = changed(&message.content, edit.content)?;
                if content == message.content && !is_gone(&message) {
                    return Ok(message);
                }
                may_change(&conversation, &message, &content)?;
                message.content = content;
                let unsent = matches!(
                    message.status,
                    MessageStatus::Queued | MessageStatus::Failed | MessageStatus::Unknown
                );
                if !unsent {
                    note(&mut message, "edited", Value::Bool(true));
                    note(&mut message, "edited_at", unit.now().millis().into());
                }
                if !unsent && is_delivered(&conversation, &message) {
                    let job = Job::Revise { message_id: id };
                    unit.enqueue(conversation.id.to_string(), job);
                }
                tell(&unit, &viewer, &conversation, &message, "message.edit").await?;
                Ok::<_, Error>(message)
            })
            .await?;
        self.render_one(&scope, written).await
    }

    /// Takes a message back: one's own, or anybody's for those who lead conversations. What may stand on the
    /// customer's screen goes from there first.
    pub async fn delete_message(&self, who: &Principal, id: MessageId) -> Result<Message> {
        let viewer = self.viewer(who).await?;
        let record = self.seen_message(&viewer, id).await?;
        viewer.needs(REPLY)?;
        if record.direction == Direction::Inbound || !who.may(ASSIGN) {
            is_author(who, &record)?;
        }
        let scope = who.scope();
        let written = self
            .store()
            .write(&scope, move |unit| async move {
                let (conversation, mut message) = locked(&unit, &viewer, id).await?;
                if is_gone(&message) || is_going(&message) {
                    return Ok(message);
                }
                let by = viewer.who.actor().id();
                if must_be_called_back(&conversation, &message, unit.now())? {
                    going(&mut message, by);
                    let job = Job::Retract { message_id: id };
                    unit.enqueue(conversation.id.to_string(), job);
                } else {
                    going(&mut message, by);
                    entomb(&mut message);
                }
                tell(&unit, &viewer, &conversation, &message, "message.delete").await?;
                Ok::<_, Error>(message)
            })
            .await?;
        self.render_one(&scope, written).await
    }

    /// A message in a conversation that `viewer` sees; 404 otherwise.
    pub(super) async fn seen_message(
        &self,
        viewer: &Viewer,
        id: MessageId,
    ) -> Result<MessageRecord> {
        let absent = || Error::not_found("message");
        let found = messages::find(self.store().reader(), &viewer.who.scope(), id).await?;
        let message = found.ok_or_else(absent)?;
        self.seen(viewer, message.conversation_id)
            .await
            .map_err(|_| absent())?;
        Ok(message)
    }
}

pub(super) async fn locked(
    unit: &UnitOfWork,
    viewer: &Viewer,
    id: MessageId,
) -> Result<(ConversationRecord, MessageRecord)> {
    let (scope, absent) = (viewer.who.scope(), || Error::not_found("message"));
    let found = messages::find(unit.db(), &scope, id).await?;
    let conversation = found.ok_or_else(absent)?.conversation_id;
    let conversation = viewer.lock(unit, conversation).await?;
    // Delivery changes it without the conversation.
    let message = messages::lock(unit, &scope, id).await?.ok_or_else(absent)?;
    Ok((conversation, message))
}

async fn tell(
    unit: &UnitOfWork,
    viewer: &Viewer,
    conversation: &ConversationRecord,
    message: &MessageRecord,
    action: &'static str,
) -> Result<()> {
    messages::update(unit, std::slice::from_ref(message)).await?;
    unit.emit(message_event(
        EventKind::MessageUpdated,
        conversation,
        message.id,
    ));
    let line =
        Line::of(action, "message", message.id.0).with(json!({"conversation_id": conversation.id}));
    let who = &viewer.who;
    record(unit, &who.scope(), Some(who.actor()), line).await
}

fn is_author(who: &Principal, message: &MessageRecord) -> Result<()> {
    if message.sender_id == Some(who.actor().id().0) {
        Ok(())
    } else {
        Err(Error::refused(
            codes::FORBIDDEN,
            "somebody else wrote this message",
        ))
    }
}

/// The content with other words.
fn changed(content: &Content, edit: EditedContent) -> Result<Content> {
    let shape = |pointer: &str| {
        let detail = "this kind of message has no such words";
        Err(Error::invalid_field(pointer, "invalid", detail))
    };
    let content = match (content.clone(), edit.text, edit.caption) {
        (Content::Text { .. }, Some(text), None) => Content::Text { text },
        (
            Content::Interactive {
                buttons, keyboard, ..
            },
            Some(text),
            None,
        ) => Content::Interactive {
            text,
            buttons,
            keyboard,
        },
        (Content::File { kind, file_id, .. }, None, Some(caption)) => Content::File {
            kind,
            file_id,
            caption: Some(caption).filter(|caption| !caption.trim().is_empty()),
        },
        (_, Some(_), _) => return shape("/content/text"),
        _ => return shape("/content"),
    };
    checked_words(content)
}

fn may_change(
    conversation: &ConversationRecord,
    message: &MessageRecord,
    content: &Content,
) -> Result<()> {
    let refused = |detail: &str| Err(Error::refused(codes::NOT_EDITABLE, detail));
    if is_gone(message) || is_going(message) {
        return refused("the message is deleted");
    }
    let waits = matches!(
        message.status,
        MessageStatus::Queued | MessageStatus::Failed
    );
    if waits || !is_delivered(conversation, message) {
        return Ok(());
    }
    if conversation.channel_kind != ChannelKind::Telegram {
        return refused("this channel cannot change what was sent");
    }
    if message.metadata["pieces"].is_array() {
        return refused("the message was sent in several pieces");
    }
    let units = content.words().unwrap_or_default().encode_utf16().count();
    let most = match content {
        Content::File { .. } => telegram::CAPTION_UNITS,
        _ => telegram::TEXT_UNITS,
    };
    if units > most {
        let detail = "this is longer than one message of Telegram holds";
        return Err(Error::invalid_field("/content", "too_long", detail));
    }
    Ok(())
}

/// Whether somebody hands the message over; notes and the widget's are there once they are stored.
fn is_delivered(conversation: &ConversationRecord, message: &MessageRecord) -> bool {
    !message.private && conversation.channel_kind != ChannelKind::Widget
}

/// Whether the channel must take the message back first.
fn must_be_called_back(
    conversation: &ConversationRecord,
    message: &MessageRecord,
    now: Timestamp,
) -> Result<bool> {
    let refused = |detail: &str| Err(Error::refused(codes::NOT_EDITABLE, detail));
    if !is_delivered(conversation, message) {
        return Ok(false);
    }
    match message.status {
        MessageStatus::Queued | MessageStatus::Failed => return Ok(false),
        MessageStatus::Unknown if message.provider_id.is_none() => {
            return refused("nobody knows whether it arrived, so it cannot be found there");
        }
        _ => {}
    }
    if conversation.channel_kind != ChannelKind::Telegram {
        return refused("this channel cannot take back what was sent");
    }
    if now.since(message.created_at) >= TELEGRAM_KEEPS {
        return refused("Telegram takes messages back for 48 hours only");
    }
    Ok(true)
}

fn note(message: &mut MessageRecord, name: &str, value: Value) {
    match &mut message.metadata {
        Value::Object(metadata) => {
            metadata.insert(name.to_owned(), value);
        }
        other => *other = Value::Object(Map::from_iter([(name.to_owned(), value)])),
    }
}
