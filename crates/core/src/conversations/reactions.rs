//! Reactions to messages: the customer's, and the team's, which is one for all.

use omni_channels::telegram::REACTIONS;
use omni_model::{
    ChannelKind, EventKind, Job, Message, MessageId, MessageStatus, Principal, SendError,
    Timestamp, codes,
};
use omni_store::{ConversationRecord, MessageRecord, messages};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::access::{REPLY, message_event};
use super::amend::locked;
use super::tomb::{is_going, is_gone};
use crate::{Core, Error, Result};

/// In a message's metadata: `{customer?: [emoji], team?: emoji}`.
const REACTIONS_OF: &str = "reactions";
/// In a message's metadata: the provider's time of the customer's, in milliseconds.
const REACTED_AT: &str = "reacted_at";
/// In a message's metadata: why the customer does not see the team's.
const REACTION_ERROR: &str = "reaction_error";

/// A reaction to a message.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reaction {
    /// One of those that the channel takes; `null` takes the reaction back.
    pub emoji: Option<String>,
}

impl Core {
    /// Refuses whom 404 or 403 is due before anybody looks at what he sent.
    pub async fn check_react(&self, who: &Principal, id: MessageId) -> Result<()> {
        let viewer = self.viewer(who).await?;
        self.seen_message(&viewer, id).await?;
        viewer.needs(REPLY)
    }

    /// Reacts to a message for the team, in place of an earlier reaction: at once here, and in the messenger as soon
    /// as it can be reached.
    pub async fn react(
        &self,
        who: &Principal,
        id: MessageId,
        reaction: Reaction,
    ) -> Result<Message> {
        self.check_react(who, id).await?;
        let viewer = self.viewer(who).await?;
        let emoji = reaction.emoji;
        if emoji.as_deref().is_some_and(|it| !REACTIONS.contains(&it)) {
            let detail = "not one of the emojis that Telegram takes";
            return Err(Error::invalid_field("/emoji", "unknown", detail));
        }
        let scope = who.scope();
        let written = self
            .store()
            .write(&scope, move |unit| async move {
                let (conversation, mut message) = locked(&unit, &viewer, id).await?;
                may_react(&conversation, &message)?;
                if team_reaction(&message) == emoji.as_deref() {
                    return Ok(message);
                }
                set_team(&mut message, emoji.as_deref(), None);
                messages::update(&unit, std::slice::from_ref(&message)).await?;
                unit.emit(message_event(EventKind::MessageUpdated, &conversation, id));
                let job = Job::React { message_id: id };
                unit.enqueue(conversation.id.to_string(), job);
                Ok::<_, Error>(message)
            })
            .await?;
        self.render_one(&scope, written).await
    }
}

fn may_react(conversation: &ConversationRecord, message: &MessageRecord) -> Result<()> {
    let refused = |detail: &str| Err(Error::refused(codes::NOT_REACTABLE, detail));
    if conversation.channel_kind != ChannelKind::Telegram {
        return refused("this channel knows no reactions");
    }
    let arrived = matches!(
        message.status,
        MessageStatus::Sent | MessageStatus::Delivered | MessageStatus::Read
    );
    // The press of a button is no message in the messenger.
    let is_there = (message.provider_id.as_deref()).is_some_and(|id| !id.starts_with("cb:"));
    if message.private || !arrived || !is_there || is_gone(message) || is_going(message) {
        return refused("this message does not stand in the messenger");
    }
    Ok(())
}

/// The team's reaction.
pub(crate) fn team_reaction(message: &MessageRecord) -> Option<&str> {
    message.metadata[REACTIONS_OF]["team"].as_str()
}

/// Puts the team's reaction, and why the customer does not see it.
pub(crate) fn set_team(
    message: &mut MessageRecord,
    emoji: Option<&str>,
    trouble: Option<&SendError>,
) {
    put(message, "team", emoji.map(Value::from));
    if let Value::Object(metadata) = &mut message.metadata {
        match trouble {
            Some(error) => metadata.insert(REACTION_ERROR.to_owned(), json!(error)),
            None => metadata.remove(REACTION_ERROR),
        };
    }
}

/// Puts the customer's reactions, unless it is known how they were later. Answers whether that changed anything.
pub(crate) fn set_customers(message: &mut MessageRecord, emojis: &[String], at: Timestamp) -> bool {
    let known = message.metadata[REACTED_AT].as_i64();
    if is_gone(message) || known.is_some_and(|known| known > at.millis()) {
        return false;
    }
    let before = message.metadata[REACTIONS_OF]["customer"].clone();
    let now = (!emojis.is_empty()).then(|| json!(emojis));
    let changed = before != now.clone().unwrap_or(Value::Null);
    put(message, "customer", now);
    if let Value::Object(metadata) = &mut message.metadata {
        metadata.insert(REACTED_AT.to_owned(), at.millis().into());
    }
    changed
}

fn put(message: &mut MessageRecord, whose: &str, value: Option<Value>) {
    if !message.metadata.is_object() {
        message.metadata = Value::Object(Map::new());
    }
    let Value::Object(metadata) = &mut message.metadata else {
        return;
    };
    let all = metadata.entry(REACTIONS_OF).or_insert_with(|| json!({}));
    if let Value::Object(all) = all {
        match value {
            Some(value) => all.insert(whose.to_owned(), value),
            None => all.remove(whose),
        };
        if all.is_empty() {
            metadata.remove(REACTIONS_OF);
        }
    }
}
