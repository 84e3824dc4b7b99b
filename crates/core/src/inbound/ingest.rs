//! A batch of inbound items of one tenant becomes messages in one unit of work and about ten statements,
//! however many items it holds.

use std::collections::{BTreeMap, HashMap, HashSet};

use omni_model::{
    ChannelId, ChannelKind, Clock, CustomerId, EventKind, InboundContent, InboundItem,
    InboundMessage, Job, MessageId, RoutingSettings, TeamId, TenantScope, Timestamp,
};
use omni_store::identities::{self, IdentityRecord, NewCustomer};
use omni_store::{ConversationRecord, MessageRecord, UnitOfWork, conversations, files, messages};
use serde_json::Value;

use super::away;
use super::draft::{Draft, NewMessage, new_identity};
use super::groups::{self, Group};
use super::known::{ProviderKey, known_messages};
use super::proofs::{self, PhoneProof};
use crate::conversations::{keyboard, message_updated, reactions};
use crate::hours::Book;
use crate::{Result, routing};

/// In a message's metadata: the provider's time of the edit it shows, in milliseconds.
const EDITED_AT: &str = "edited_at";

/// The channel an item came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChannelRef {
    pub id: ChannelId,
    pub kind: ChannelKind,
    /// The team that its new conversations are for.
    pub team: Option<TeamId>,
}

/// What a batch did, for metrics and for the caller of a single message.
#[derive(Debug, Default)]
pub struct Ingested {
    /// The stored messages, in the order of the items that brought them.
    pub messages: Vec<MessageRecord>,
    /// How many of them came through each kind of channel.
    pub counts: HashMap<ChannelKind, u64>,
}

/// One item and the channel it came through.
pub(super) struct Incoming {
    pub(super) channel: ChannelRef,
    pub(super) item: InboundItem,
    /// Key and hash of the request, where a client made it.
    pub(super) idempotency: Option<(String, String)>,
}

impl Incoming {
    /// Something that a provider handed over.
    pub(super) const fn of(channel: ChannelRef, item: InboundItem) -> Self {
        Self {
            channel,
            item,
            idempotency: None,
        }
    }
}

/// Whether a message may have been stored before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeats {
    /// It is looked up, and passed over if it was.
    PassOver,
    /// Hardly: one that was fails the unit of work as [`StoreError::Unique`], and is then looked up.
    ///
    /// [`StoreError::Unique`]: omni_store::StoreError::Unique
    Refuse,
}

/// Writes the items in their order. Items of one chat must come in one batch or one after the other: the
/// lane, or the visitor's session, sees to that.
pub(super) async fn ingest(
    unit: &UnitOfWork,
    scope: TenantScope,
    clock: &dyn Clock,
    (settings, hours): (RoutingSettings, &Book),
    repeats: Repeats,
    items: Vec<Incoming>,
) -> Result<Ingested> {
    let (mut people, locked) = identify(unit, scope, clock, &items).await?;
    let known = known_messages(unit, scope, &items, repeats).await?;
    let mut draft = Draft::new(scope, clock, unit.now(), settings, locked);
    let mut batch = Batch {
        people: people.all,
        known,
        updates: HashMap::new(),
        added: HashMap::new(),
        counts: HashMap::new(),
        wrote: BTreeMap::new(),
        proofs: Vec::new(),
        blocked: people.blocked,
    };
    for incoming in items {
        batch.apply(&mut draft, unit, incoming).await?;
    }
    away::answer(&mut draft, unit, hours, &batch.wrote);
    proofs::note(unit, &scope, &mut people.new_customers, &batch.proofs).await?;
    tell(unit, &draft);
    if draft.someone_waits {
        routing::assign_now(unit, scope, (settings, hours), &mut draft.conversations).await?;
    }
    let strangers: Vec<_> = (people.strangers.iter())
        .filter_map(|address| batch.people.get(address).cloned())
        .collect();
    let stored: Vec<_> = draft.started_for(&strangers).collect();
    identities::check_holders(unit, &scope, &stored).await?;
    identities::insert(unit, &scope, &people.new_customers, &strangers).await?;
    conversations::save(unit, &draft.conversations).await?;
    files::insert(unit, &scope, &draft.files).await?;
    messages::insert(unit, &draft.messages).await?;
    let changed: Vec<_> = batch.updates.into_values().collect();
    messages::update(unit, &changed).await?;
    for file in &draft.files {
        unit.enqueue(file.id.to_string(), Job::FetchFile { file_id: file.id });
    }
    Ok(Ingested {
        messages: draft.messages,
        counts: batch.counts,
    })
}

/// Tells what the draft says, each new message with its text.
fn tell(unit: &UnitOfWork, draft: &Draft<'_>) {
    let new: HashMap<MessageId, &MessageRecord> = draft
        .messages
        .iter()
        .map(|message| (message.id, message))
        .collect();
    for event in &draft.events {
        let message = event.message_id.and_then(|id| new.get(&id));
        match message {
            Some(message) => unit.emit_with(event.clone(), (*message).clone()),
            None => unit.emit(event.clone()),
        }
    }
}

/// A person's address within the tenant.
type Address = (ChannelId, String);

struct Batch {
    people: HashMap<Address, IdentityRecord>,
    /// Stored messages that the items speak of, or repeat.
    known: HashMap<ProviderKey, MessageRecord>,
    /// Those of them that change.
    updates: HashMap<MessageId, MessageRecord>,
    /// Messages added by this batch: index into the draft.
    added: HashMap<ProviderKey, usize>,
    counts: HashMap<ChannelKind, u64>,
    /// The conversations in which somebody who is heard wrote, and his language.
    wrote: BTreeMap<usize, Option<String>>,
    proofs: Vec<PhoneProof>,
    /// Those whom the team does not want to hear: what they write is kept, and nobody is told.
    blocked: HashSet<CustomerId>,
}

impl Batch {
    async fn apply(
        &mut self,
        draft: &mut Draft<'_>,
        unit: &UnitOfWork,
        incoming: Incoming,
    ) -> Result<()> {
        let channel = incoming.channel;
        match incoming.item {
            InboundItem::Message(message) => {
                self.add(draft, unit, channel, *message, incoming.idempotency);
            }
            InboundItem::Edited(message) => self.edit(draft, unit, channel, *message),
            InboundItem::Status {
                provider_id,
                status,
                error,
            } => {
                if let Some(stored) = self.known.get_mut(&(channel.id, provider_id))
                    && stored.status.admits(status)
                {
                    stored.status = status;
                    stored.error = error;
                    self.updates.insert(stored.id, stored.clone());
                    draft.events.push(message_updated(stored));
                }
            }
            InboundItem::Reaction {
                provider_id,
                emojis,
                at,
            } => {
                let key = (channel.id, provider_id);
                self.react(draft, unit, key, &emojis, at).await?;
            }
            InboundItem::Blocked {
                external_id,
                blocked,
            } => {
                identities::set_blocked(unit, &draft.scope, channel.id, &external_id, blocked)
                    .await?;
                // Somebody new is not stored yet.
                if let Some(person) = self.people.get_mut(&(channel.id, external_id)) {
                    person.blocked = blocked;
                }
            }
            InboundItem::Group {
                chat,
                locale,
                invited,
            } => {
                let group = Group {
                    chat,
                    locale,
                    invited,
                };
                groups::refuse(unit, &draft.scope, channel.id, group).await?;
            }
            InboundItem::Unsupported { .. } => {}
        }
        Ok(())
    }

    fn add(
        &mut self,
        draft: &mut Draft<'_>,
        unit: &UnitOfWork,
        channel: ChannelRef,
        mut message: InboundMessage,
        idempotency: Option<(String, String)>,
    ) {
        let key = (channel.id, message.provider_id.clone());
        if let Some(callback) = message.acknowledge {
            unit.enqueue(
                format!("callback:{callback}"),
                Job::Acknowledge {
                    channel_id: channel.id,
                    callback,
                },
            );
        }
        if self.known.contains_key(&key) || self.added.contains_key(&key) {
            return;
        }
        let Some(identity) = self.people.get(&(channel.id, message.external_id)) else {
            return;
        };
        let is_heard = !self.blocked.contains(&identity.customer_id);
        let at = draft.conversation_for(identity, channel, is_heard);
        if let Some(phone) = message.profile.verified_phone {
            self.proofs.push((identity.customer_id, phone));
            if is_heard {
                draft.tell(at, EventKind::ConversationUpdated, None);
            }
        }
        let talk = &mut draft.conversations[at].after;
        let conversation = talk.id;
        let pressed = keyboard::press(
            &mut talk.metadata,
            &mut message.content,
            &mut message.metadata,
        );
        let content = draft.content_of(message.content, channel.id, conversation);
        let reply_to = message
            .reply_to_provider_id
            .and_then(|id| self.id_of(draft, channel, id))
            .or(pressed);
        draft.note_start(at, &message.metadata);
        let new = NewMessage {
            provider_id: message.provider_id,
            content,
            reply_to,
            metadata: message.metadata,
            idempotency,
        };
        draft.push_message(at, new, is_heard);
        if is_heard {
            self.wrote.insert(at, message.profile.locale);
        }
        self.added.insert(key, draft.messages.len() - 1);
        *self.counts.entry(channel.kind).or_default() += 1;
    }

    /// An edit carries the whole message. One that overtook its original is stored in its place; the
    /// original, when it comes, is then a repeat. Of two edits the later one holds, whichever comes first.
    fn edit(
        &mut self,
        draft: &mut Draft<'_>,
        unit: &UnitOfWork,
        channel: ChannelRef,
        mut message: InboundMessage,
    ) {
        let key = (channel.id, message.provider_id.clone());
        let edited_at = message.sent_at.millis();
        let is_heard = self.hears(channel, &message.external_id);
        // Who moves about has not changed what he said.
        let reworded = !matches!(message.content, InboundContent::Location { .. });
        message.metadata.extend([
            ("edited".to_owned(), Value::Bool(reworded)),
            (EDITED_AT.to_owned(), edited_at.into()),
        ]);
        let stored = match self.added.get(&key) {
            Some(&at) => Some(draft.messages[at].clone()),
            None => self.known.get(&key).cloned(),
        };
        let Some(mut stored) = stored else {
            return self.add(draft, unit, channel, message, None);
        };
        let known = stored.metadata.get(EDITED_AT).and_then(Value::as_i64);
        if known.is_some_and(|known| known > edited_at) {
            return;
        }
        stored.content = draft.content_of(message.content, channel.id, stored.conversation_id);
        merge(&mut stored.metadata, message.metadata);
        if is_heard {
            draft.events.push(message_updated(&stored));
        }
        match self.added.get(&key) {
            Some(&at) => draft.messages[at] = stored,
            None => {
                self.known.insert(key, stored.clone());
                self.updates.insert(stored.id, stored);
            }
        }
    }

    /// Reactions to a message that is not (or not any more) ours are of no concern.
    async fn react(
        &mut self,
        draft: &mut Draft<'_>,
        unit: &UnitOfWork,
        key: ProviderKey,
        emojis: &[String],
        at: Timestamp,
    ) -> Result<()> {
        if let Some(&place) = self.added.get(&key) {
            reactions::set_customers(&mut draft.messages[place], emojis, at);
            return Ok(());
        }
        let Some(known) = self.known.get_mut(&key) else {
            return Ok(());
        };
        if !self.updates.contains_key(&known.id) {
            // The team's own reaction, and how the message goes out, are written meanwhile.
            match messages::lock(unit, &draft.scope, known.id).await? {
                Some(now) => *known = now,
                None => return Ok(()),
            }
        }
        if reactions::set_customers(known, emojis, at) {
            draft.events.push(message_updated(known));
            self.updates.insert(known.id, known.clone());
        }
        Ok(())
    }

    /// Whether the team wants to hear whoever writes from this address.
    fn hears(&self, channel: ChannelRef, external_id: &str) -> bool {
        let person = self.people.get(&(channel.id, external_id.to_owned()));
        person.is_none_or(|person| !self.blocked.contains(&person.customer_id))
    }

    fn id_of(
        &self,
        draft: &Draft<'_>,
        channel: ChannelRef,
        provider_id: String,
    ) -> Option<MessageId> {
        let key = (channel.id, provider_id);
        match self.added.get(&key) {
            Some(&at) => Some(draft.messages[at].id),
            None => self.known.get(&key).map(|message| message.id),
        }
    }
}

fn merge(into: &mut Value, from: serde_json::Map<String, Value>) {
    match into {
        Value::Object(object) => object.extend(from),
        other => *other = Value::Object(from),
    }
}

/// Everybody who writes in a batch.
#[derive(Default)]
struct People {
    all: HashMap<Address, IdentityRecord>,
    /// Those who are not stored yet, and the customers they bring.
    strangers: Vec<Address>,
    /// The customers among them whom the team does not want to hear.
    blocked: HashSet<CustomerId>,
    new_customers: Vec<NewCustomer>,
}

/// Everybody who writes in this batch, and their conversations, locked.
async fn identify(
    unit: &UnitOfWork,
    scope: TenantScope,
    clock: &dyn Clock,
    items: &[Incoming],
) -> Result<(People, Vec<ConversationRecord>)> {
    let mut writers: Vec<(ChannelRef, &InboundMessage)> = Vec::new();
    let mut seen: HashSet<(ChannelId, &str)> = HashSet::new();
    for incoming in items {
        if let InboundItem::Message(message) | InboundItem::Edited(message) = &incoming.item
            && seen.insert((incoming.channel.id, &message.external_id))
        {
            writers.push((incoming.channel, message));
        }
    }
    let addresses: Vec<_> = (writers.iter())
        .map(|(channel, message)| (channel.id, message.external_id.as_str()))
        .collect();
    let known = identities::with_conversations(unit, &scope, &addresses).await?;
    let mut locked = known.conversations;
    let mut people = People {
        blocked: known.blocked,
        ..People::default()
    };
    for identity in known.identities {
        let silent = people.blocked.contains(&identity.customer_id);
        let elsewhere = |talk: &ConversationRecord| talk.identity_id != identity.id;
        if silent && locked.iter().all(elsewhere) {
            // All of his are closed. He goes on in the newest, where he disturbs nobody.
            locked.extend(conversations::lock_newest(unit, &scope, identity.id).await?);
        }
        let address = (identity.channel_id, identity.external_id.clone());
        people.all.insert(address, identity);
    }
    for (channel, message) in writers {
        let address = (channel.id, message.external_id.clone());
        if people.all.contains_key(&address) {
            continue;
        }
        let proven = by_proof(unit, scope, message).await?.map(|(id, blocked)| {
            if blocked {
                people.blocked.insert(id);
            }
            id
        });
        let identity = new_identity(clock, channel, message, proven);
        if proven.is_none() {
            people.new_customers.push(new_customer(&identity, message));
        }
        people.strangers.push(address.clone());
        people.all.insert(address, identity);
    }
    Ok((people, locked))
}

/// The customer whom a proven phone or e-mail address leads to, and whether he is blocked. What was only told proves
/// nothing.
async fn by_proof(
    unit: &UnitOfWork,
    scope: TenantScope,
    message: &InboundMessage,
) -> Result<Option<(CustomerId, bool)>> {
    let profile = &message.profile;
    if profile.verified_phone.is_none() && profile.verified_email.is_none() {
        return Ok(None);
    }
    let (phone, email) = (
        profile.verified_phone.as_deref(),
        profile.verified_email.as_deref(),
    );
    Ok(identities::customer_by_proof(unit, &scope, phone, email).await?)
}

fn new_customer(identity: &IdentityRecord, message: &InboundMessage) -> NewCustomer {
    NewCustomer {
        id: identity.customer_id,
        name: message.profile.name.clone(),
        verified_phone: message.profile.verified_phone.clone(),
        verified_email: message.profile.verified_email.clone(),
        locale: message.profile.locale.clone(),
    }
}
