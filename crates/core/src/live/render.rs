//! Events become frames: once, however many sockets listen, and in a constant number of statements.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use omni_model::{
    ChannelKind, Conversation, ConversationId, Event, EventKind, IdentityId, Message, MessageId,
    TenantScope,
};
use omni_store::{ConversationRecord, MessageRecord, ToldEvent, live_views, messages};

use super::frame::{Body, Brief, Frame};
use super::shown::{is_told_by_page, message_frame};
use super::sight::{Holders, Sight, Viewer};
use super::visitor::Address;
use crate::{Core, Result};

/// What those who listen make necessary to know.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wants {
    /// Somebody's sight depends on who has a conversation.
    pub(super) holders: bool,
    /// Visitors listen.
    pub(super) visitors: bool,
}

/// An event, ready for every reader.
pub(super) struct Rendered {
    pub(super) seq: i64,
    holders: Holders,
    conversation_id: ConversationId,
    /// `None` when what it tells of does not exist any more.
    frame: Option<Frame>,
    /// The conversation, where the event is about it or somebody may gain sight of it.
    conversation: Option<Conversation>,
    gained: OnceLock<Frame>,
    lost: OnceLock<Frame>,
    /// What the visitor at this address is told.
    pub(super) visitor: Option<(Address, Frame)>,
}

impl Rendered {
    /// The frames that `viewer` gets, at most two.
    pub(super) fn frames_for(&self, viewer: &Viewer) -> impl Iterator<Item = Frame> + use<> {
        let (first, second) = match viewer.sight(self.holders) {
            Sight::Nothing => (None, None),
            Sight::Event => (None, self.frame.clone()),
            Sight::Gained => (self.gained().cloned(), self.frame.clone()),
            Sight::Lost => (Some(self.lost().clone()), None),
        };
        first.into_iter().chain(second)
    }

    /// Accompanies the event that brought the conversation into sight and comes right before it, so it
    /// has no number of its own. An event that shows the conversation needs no company.
    fn gained(&self) -> Option<&Frame> {
        let conversation = self.conversation.as_ref()?;
        Some(
            self.gained
                .get_or_init(|| Frame::fleeting(&Body::ConversationUpdated { conversation })),
        )
    }

    fn lost(&self) -> &Frame {
        let conversation_id = self.conversation_id;
        self.lost.get_or_init(|| {
            Frame::of_event(self.seq, &Body::ConversationRemoved { conversation_id })
        })
    }
}

/// Everything a batch of events speaks of.
struct Material {
    messages: HashMap<MessageId, Message>,
    records: HashMap<ConversationId, ConversationRecord>,
    conversations: HashMap<ConversationId, Conversation>,
    addresses: HashMap<IdentityId, Address>,
}

/// Renders `events` as things are now.
pub(super) async fn render(
    core: &Core,
    scope: &TenantScope,
    told: Vec<ToldEvent>,
    wants: Wants,
) -> Result<Vec<Rendered>> {
    let (to_read, at_hand) = messages_of(&told);
    let conversations = conversations_of(&told);
    let events: Vec<Event> = told.into_iter().map(|told| told.event).collect();
    let (messages, (records, conversations, addresses)) = tokio::try_join!(
        load_messages(core, scope, &to_read, at_hand),
        load_conversations(core, scope, &events, conversations, wants),
    )?;
    let material = Material {
        messages,
        records,
        conversations,
        addresses,
    };
    Ok(events
        .iter()
        .map(|event| material.render(event, wants))
        .collect())
}

/// The messages to read, and those at hand. What is at hand is as old as its event: once another event of the
/// batch tells of the same message, it is read as it is now.
fn messages_of(told: &[ToldEvent]) -> (Vec<MessageId>, Vec<MessageRecord>) {
    let without = told.iter().filter(|told| told.message.is_none());
    let to_read = distinct(without.filter_map(|told| told.event.message_id));
    let at_hand = told
        .iter()
        .filter_map(|told| told.message.clone())
        .filter(|message| !to_read.contains(&message.id))
        .collect();
    (to_read, at_hand)
}

/// The conversations at hand. Of several events, the last one knows how its conversation is now.
fn conversations_of(told: &[ToldEvent]) -> HashMap<ConversationId, ConversationRecord> {
    let last: HashMap<ConversationId, &ToldEvent> = told
        .iter()
        .map(|told| (told.event.conversation_id, told))
        .collect();
    last.into_iter()
        .filter_map(|(id, told)| Some((id, ConversationRecord::clone(told.conversation.as_ref()?))))
        .collect()
}

async fn load_messages(
    core: &Core,
    scope: &TenantScope,
    to_read: &[MessageId],
    at_hand: Vec<MessageRecord>,
) -> Result<HashMap<MessageId, Message>> {
    let mut records = at_hand;
    if !to_read.is_empty() {
        let db = core.store().key_reader();
        records.extend(messages::find_many(db, scope, to_read).await?);
    }
    let rendered = core.render_messages(scope, &records).await?;
    Ok(rendered
        .into_iter()
        .map(|message| (message.id, message))
        .collect())
}

type Conversations = (
    HashMap<ConversationId, ConversationRecord>,
    HashMap<ConversationId, Conversation>,
    HashMap<IdentityId, Address>,
);

async fn load_conversations(
    core: &Core,
    scope: &TenantScope,
    events: &[Event],
    mut at_hand: HashMap<ConversationId, ConversationRecord>,
    wants: Wants,
) -> Result<Conversations> {
    // A message's frame does not show its conversation: that is read only where somebody's sight, or the
    // visitor's address, depends on it.
    let needed = distinct(
        events
            .iter()
            .filter(|event| shows_conversation(event) || wants.holders || wants.visitors)
            .map(|event| event.conversation_id),
    );
    let mut records: Vec<ConversationRecord> =
        needed.iter().filter_map(|id| at_hand.remove(id)).collect();
    let known: HashSet<ConversationId> = records.iter().map(|record| record.id).collect();
    let ids: Vec<ConversationId> = needed
        .into_iter()
        .filter(|id| !known.contains(id))
        .collect();
    let db = core.store().key_reader();
    records.extend(live_views::conversations(db, scope, &ids).await?);
    let shown: HashSet<ConversationId> = events
        .iter()
        .filter(|event| shows_conversation(event) || event.moved())
        .map(|event| event.conversation_id)
        .collect();
    let to_render: Vec<ConversationRecord> = records
        .iter()
        .filter(|record| shown.contains(&record.id))
        .cloned()
        .collect();
    let rendered = core.render_conversations(scope, &to_render).await?;
    let addresses = if wants.visitors {
        let identities = distinct(
            records
                .iter()
                .filter(|record| record.channel_kind == ChannelKind::Widget)
                .map(|record| record.identity_id),
        );
        live_views::addresses(db, scope, &identities).await?
    } else {
        HashMap::new()
    };
    Ok((
        records
            .into_iter()
            .map(|record| (record.id, record))
            .collect(),
        rendered
            .into_iter()
            .map(|conversation| (conversation.id, conversation))
            .collect(),
        addresses
            .into_iter()
            .map(|(identity, (channel, external_id))| {
                (
                    identity,
                    Address {
                        channel,
                        external_id,
                    },
                )
            })
            .collect(),
    ))
}

fn shows_conversation(event: &Event) -> bool {
    matches!(
        event.kind,
        EventKind::ConversationQueued
            | EventKind::ConversationAssigned
            | EventKind::ConversationUpdated
    )
}

fn distinct<T: Copy + Eq + std::hash::Hash>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = HashSet::new();
    items.filter(|item| seen.insert(*item)).collect()
}

impl Material {
    fn render(&self, event: &Event, wants: Wants) -> Rendered {
        let id = event.conversation_id;
        let record = self.records.get(&id);
        let conversation = self.conversations.get(&id);
        Rendered {
            seq: event.seq,
            holders: Holders {
                from: event.holder_before(),
                to: event.holder_after(),
                now: match record {
                    Some(record) => Some(record.holder()),
                    // Not read, since nobody's sight depends on it.
                    None if !wants.holders => Some(event.holder_after()),
                    None => None,
                },
            },
            conversation_id: id,
            frame: self
                .body(event)
                .map(|body| Frame::of_event(event.seq, &body)),
            conversation: conversation.filter(|_| !shows_whole(event)).cloned(),
            gained: OnceLock::new(),
            lost: OnceLock::new(),
            visitor: self.for_visitor(event),
        }
    }

    fn body(&self, event: &Event) -> Option<Body<'_>> {
        let conversation_id = event.conversation_id;
        let message = || self.messages.get(&event.message_id?);
        let conversation = || self.conversations.get(&conversation_id);
        match event.kind {
            EventKind::MessageNew => Some(Body::MessageNew {
                conversation_id: Some(conversation_id),
                message: message()?,
            }),
            EventKind::MessageUpdated => Some(Body::MessageUpdated {
                conversation_id: Some(conversation_id),
                message: message()?,
            }),
            EventKind::ConversationQueued => Some(Body::ConversationQueued {
                conversation: conversation()?,
            }),
            EventKind::ConversationAssigned => Some(Body::ConversationAssigned {
                conversation_id,
                operator_id: event.assigned_to,
                conversation: conversation()?,
            }),
            EventKind::ConversationUpdated => Some(Body::ConversationUpdated {
                conversation: conversation()?,
            }),
            EventKind::ConversationRemoved => Some(Body::ConversationRemoved { conversation_id }),
            // Written by nothing yet.
            EventKind::AiSuggestion | EventKind::Notification => None,
        }
    }

    /// What the visitor of the conversation is told, if he is told anything.
    fn for_visitor(&self, event: &Event) -> Option<(Address, Frame)> {
        let record = self.records.get(&event.conversation_id)?;
        let address = self.addresses.get(&record.identity_id)?;
        let frame = match event.kind {
            EventKind::MessageNew | EventKind::MessageUpdated => {
                let message = self.messages.get(&event.message_id?)?;
                let is_new = event.kind == EventKind::MessageNew;
                if !is_new && is_told_by_page(message) {
                    return None;
                }
                message_frame(Some(event.seq), message, is_new)?
            }
            EventKind::ConversationQueued | EventKind::ConversationUpdated => {
                let conversation = Brief {
                    id: record.id,
                    status: record.status,
                };
                Frame::for_visitor(
                    Some(event.seq),
                    &Body::ConversationBrief { conversation },
                    None,
                )
            }
            // Who works on it is not his business.
            EventKind::ConversationAssigned
            | EventKind::ConversationRemoved
            | EventKind::AiSuggestion
            | EventKind::Notification => return None,
        };
        Some((address.clone(), frame))
    }
}

/// Whether the event's own frame brings the conversation under the name of an update.
fn shows_whole(event: &Event) -> bool {
    matches!(
        event.kind,
        EventKind::ConversationQueued | EventKind::ConversationUpdated
    )
}

#[cfg(test)]
mod tests {
    use omni_model::{
        ChannelId, Content, Direction, MessageStatus, SenderType, SystemClock, TenantId, Timestamp,
    };
    use serde_json::json;

    use super::*;

    fn told(seq: i64, kind: EventKind, message: &MessageRecord, at_hand: bool) -> ToldEvent {
        ToldEvent {
            event: Event {
                seq,
                kind,
                conversation_id: message.conversation_id,
                message_id: Some(message.id),
                assigned_from: None,
                assigned_to: None,
                team_from: None,
                team_to: None,
                created_at: message.created_at,
            },
            message: at_hand.then(|| message.clone()),
            conversation: None,
        }
    }

    fn message() -> MessageRecord {
        let now = Timestamp::from_seconds(1_790_000_000);
        MessageRecord {
            id: MessageId::new(&SystemClock),
            tenant_id: TenantId::new(&SystemClock),
            conversation_id: ConversationId::new(&SystemClock),
            seq: 1,
            direction: Direction::Outbound,
            sender_type: SenderType::Operator,
            sender_id: None,
            channel_id: ChannelId::new(&SystemClock),
            provider_id: None,
            content: Content::Text {
                text: "hello".to_owned(),
            },
            status: MessageStatus::Queued,
            error: None,
            private: false,
            reply_to: None,
            idempotency_key: None,
            request_hash: None,
            metadata: json!({}),
            created_at: now,
            updated_at: now,
        }
    }

    #[test]
    fn a_message_that_changed_since_it_was_told_is_read_anew() {
        let (sent, quiet) = (message(), message());
        let batch = [
            told(1, EventKind::MessageNew, &sent, true),
            told(2, EventKind::MessageNew, &quiet, true),
            told(3, EventKind::MessageUpdated, &sent, false),
        ];
        let (to_read, at_hand) = messages_of(&batch);
        assert_eq!(to_read, [sent.id]);
        assert_eq!(at_hand, [quiet]);
    }
}
