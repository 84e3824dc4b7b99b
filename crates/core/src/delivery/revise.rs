//! Changes of what was sent, carried to the customer. Doing one twice does no harm, so whatever may not have
//! arrived is tried again.

use omni_channels::{Delivery, EditedWords, OutboundEdit, error_codes};
use omni_model::{Content, Keyboard, MessageId, MessageStatus, SendError};
use omni_store::{MessageRecord, messages};
use serde_json::Value;

use super::{MAX_TRIES, Turn, save};
use crate::conversations::reactions::{set_team, team_reaction};
use crate::conversations::{entomb, is_going, stays};
use crate::{Core, Error, Result};

/// In a message's metadata: why the customer still sees what it said before.
const EDIT_ERROR: &str = "edit_error";

impl Core {
    /// Has the channel show a message as it reads now.
    pub(super) async fn run_revision(&self, turn: Turn, id: MessageId) -> Result<()> {
        let found = messages::find(self.store().reader(), &turn.scope, id).await?;
        let Some((message, edit)) = found.and_then(|message| {
            let edit = edit_of(&message)?;
            Some((message, edit))
        }) else {
            return self.drop_job(turn).await;
        };
        let outcome = match self.way_to(&turn.scope, &message).await? {
            // It was being sent when it was changed.
            Ok(_) if message.metadata["pieces"].is_array() => Delivery::Refused(in_pieces()),
            Ok((channel, external_id)) => channel.edit(edit(external_id)).await,
            Err(error) => Delivery::Refused(error),
        };
        self.end_change(turn, id, outcome, |message, trouble| {
            let Value::Object(metadata) = &mut message.metadata else {
                return;
            };
            match trouble {
                None => {
                    metadata.remove(EDIT_ERROR);
                }
                Some(error) => {
                    metadata.insert(EDIT_ERROR.to_owned(), told(&error));
                }
            }
        })
        .await
    }

    /// Takes a message back.
    pub(super) async fn run_retraction(&self, turn: Turn, id: MessageId) -> Result<()> {
        let found = messages::find(self.store().reader(), &turn.scope, id).await?;
        let Some(message) = found.filter(is_going) else {
            return self.drop_job(turn).await;
        };
        let pieces = pieces_of(&message);
        let outcome = if pieces.is_empty() {
            // It never left.
            Delivery::Sent {
                provider_ids: Vec::new(),
            }
        } else {
            match self.way_to(&turn.scope, &message).await? {
                Ok((channel, external_id)) => channel.delete(&external_id, &pieces).await,
                Err(error) => Delivery::Refused(error),
            }
        };
        self.end_change(turn, id, outcome, |message, trouble| match trouble {
            None => entomb(message),
            Some(error) => stays(message, told(&error)),
        })
        .await
    }

    /// Has the channel show the team's reaction, whatever it is by now.
    pub(super) async fn run_reaction(&self, turn: Turn, id: MessageId) -> Result<()> {
        let found = messages::find(self.store().reader(), &turn.scope, id).await?;
        let Some((message, provider_id)) = found.and_then(|message| {
            let provider_id = message.provider_id.clone()?;
            Some((message, provider_id))
        }) else {
            return self.drop_job(turn).await;
        };
        let shown = team_reaction(&message).map(str::to_owned);
        let outcome = match self.way_to(&turn.scope, &message).await? {
            Ok((channel, external_id)) => {
                channel
                    .react(&external_id, &provider_id, shown.as_deref())
                    .await
            }
            Err(error) => Delivery::Refused(error),
        };
        self.end_change(turn, id, outcome, move |message, trouble| {
            // Another one by now has a turn of its own.
            if team_reaction(message) == shown.as_deref()
                && let Some(error) = trouble
            {
                set_team(message, None, Some(&error));
            }
        })
        .await
    }

    async fn end_change(
        &self,
        turn: Turn,
        id: MessageId,
        outcome: Delivery,
        change: impl FnOnce(&mut MessageRecord, Option<SendError>) + Send + 'static,
    ) -> Result<()> {
        let scope = turn.scope;
        self.store()
            .write(&scope, move |unit| async move {
                let trouble = match outcome {
                    Delivery::RetryLater { after, .. } if turn.lease.attempts < MAX_TRIES => {
                        return turn.put_off(&unit, after).await;
                    }
                    Delivery::Sent { .. } => None,
                    Delivery::RetryLater { error, .. }
                    | Delivery::Refused(error)
                    | Delivery::Unknown { error, .. } => Some(error),
                };
                if let Some(mut message) = messages::lock(&unit, &scope, id).await? {
                    let before = message.clone();
                    change(&mut message, trouble);
                    if message != before {
                        save(&unit, &[message]).await?;
                    }
                }
                turn.finish(&unit).await?;
                Ok::<_, Error>(())
            })
            .await
    }
}

fn in_pieces() -> SendError {
    SendError {
        code: error_codes::BAD_REQUEST.to_owned(),
        detail: "the message was sent in several pieces".to_owned(),
    }
}

fn told(error: &SendError) -> Value {
    serde_json::to_value(error).expect("an error is plain data")
}

/// How the message is to read, given the customer's address; `None` where there is nothing to change: it never
/// left, or goes away.
fn edit_of(message: &MessageRecord) -> Option<impl FnOnce(String) -> OutboundEdit + use<>> {
    let arrived = matches!(
        message.status,
        MessageStatus::Sent | MessageStatus::Delivered | MessageStatus::Read
    );
    if !arrived || is_going(message) {
        return None;
    }
    let provider_id = message.provider_id.clone()?;
    let words = match message.content.clone() {
        Content::Text { text } => EditedWords::Text {
            text,
            buttons: Vec::new(),
        },
        Content::Interactive {
            text,
            buttons,
            keyboard: Keyboard::Inline,
        } => EditedWords::Text { text, buttons },
        // Its buttons do not hang under it.
        Content::Interactive { text, .. } => EditedWords::Text {
            text,
            buttons: Vec::new(),
        },
        Content::File { caption, .. } => EditedWords::Caption(caption),
        Content::Location { .. } | Content::Contact { .. } => return None,
    };
    Some(move |external_id| OutboundEdit {
        external_id,
        provider_id,
        words,
    })
}

/// The provider's ids of all that arrived of a message.
fn pieces_of(message: &MessageRecord) -> Vec<String> {
    let pieces = message.metadata["pieces"].as_array();
    match pieces {
        Some(pieces) => (pieces.iter())
            .filter_map(|id| id.as_str().map(str::to_owned))
            .collect(),
        None => message.provider_id.clone().into_iter().collect(),
    }
}
