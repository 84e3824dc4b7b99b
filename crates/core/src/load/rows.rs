//! The rows of the load, one conversation after the other.

use std::ops::Range;
use std::time::Duration;

use fastrand::Rng;
use omni_model::{
    AssignReason, ChannelId, ChannelKind, Content, ConversationId, ConversationStatus, CustomerId,
    Direction, EventKind, IdentityId, MessageId, MessageStatus, NewEvent, Priority, SenderType,
    TeamId, TenantId, Timestamp, UserId,
};
use omni_store::identities::{IdentityRecord, NewCustomer};
use omni_store::{ConversationRecord, MessageRecord};
use serde_json::json;

use super::{Load, words};

/// How far back the first conversation lies.
const SPAN: Duration = Duration::from_secs(365 * 24 * 3600);
/// Time between two messages.
const PACE: Duration = Duration::from_secs(80);
/// Of this many conversations one comes from somebody who wrote before.
const RETURNS: usize = 3;

/// Where it all happens.
pub(super) struct Workplace {
    pub(super) tenant: TenantId,
    pub(super) operators: Vec<UserId>,
    pub(super) teams: Vec<TeamId>,
    pub(super) channels: Vec<ChannelId>,
}

/// What goes into one unit of work.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) customers: Vec<NewCustomer>,
    pub(super) identities: Vec<IdentityRecord>,
    pub(super) conversations: Vec<ConversationRecord>,
    pub(super) messages: Vec<MessageRecord>,
    pub(super) events: Vec<NewEvent>,
}

/// Somebody who writes.
#[derive(Clone, Copy)]
struct Writer {
    customer: CustomerId,
    identity: IdentityId,
    channel: ChannelId,
}

/// Makes rows.
pub(super) struct Rows {
    workplace: Workplace,
    load: Load,
    now: Timestamp,
    rng: Rng,
    /// Messages that are still to be made.
    left: usize,
    /// Those who may write again: their conversation is closed.
    known: Vec<Writer>,
}

impl Rows {
    pub(super) fn new(workplace: Workplace, load: Load, now: Timestamp) -> Self {
        Self {
            workplace,
            load,
            now,
            rng: Rng::with_seed(1),
            left: load.messages,
            known: Vec::new(),
        }
    }

    /// The conversations with these numbers.
    pub(super) fn batch(&mut self, numbers: Range<usize>) -> Batch {
        let mut batch = Batch::default();
        for number in numbers {
            self.conversation(number, &mut batch);
        }
        batch
    }

    fn conversation(&mut self, number: usize, batch: &mut Batch) {
        let count = self.length(self.load.conversations - number);
        self.left -= count;
        let step = SPAN / u32::try_from(self.load.conversations).unwrap_or(u32::MAX);
        let age = step * u32::try_from(self.load.conversations - number).unwrap_or(u32::MAX);
        // Long ones go on to this day, and never beyond it.
        let length = PACE * u32::try_from(count).unwrap_or(u32::MAX);
        let begun = self.now.minus(age.max(length));
        let (writer, is_new) = self.writer(number);
        let status = self.status(number);
        if is_new {
            self.introduce(writer, begun, batch);
        }
        if status == ConversationStatus::Closed && is_new {
            self.known.push(writer);
        }
        let mut conversation = self.opened(writer, status, begun);
        for seq in 1..=count {
            let message = self.message(&mut conversation, seq, begun);
            let mut event = NewEvent::about(
                EventKind::MessageNew,
                conversation.id,
                conversation.holder(),
            );
            event.message_id = Some(message.id);
            batch.events.push(event);
            batch.messages.push(message);
        }
        if status != ConversationStatus::Open {
            conversation.read_seq = conversation.last_seq;
            conversation.unread_count = 0;
        }
        batch.conversations.push(conversation);
    }

    /// How many messages the next of `rest` conversations has: few as a rule, now and then many.
    fn length(&mut self, rest: usize) -> usize {
        if rest == 1 {
            return self.left;
        }
        let spare = self.left - rest;
        let usual = 2 * spare / rest;
        let most = if self.rng.u16(..1000) == 0 {
            usual * 50
        } else {
            usual
        };
        1 + self.rng.usize(..=most.min(spare))
    }

    /// Who writes, and whether for the first time.
    fn writer(&mut self, number: usize) -> (Writer, bool) {
        if number.is_multiple_of(RETURNS) && !self.known.is_empty() {
            let at = self.rng.usize(..self.known.len());
            return (self.known.swap_remove(at), false);
        }
        let now = self.now;
        let writer = Writer {
            customer: CustomerId::at(now),
            identity: IdentityId::at(now),
            channel: self.one_of(|place| &place.channels),
        };
        (writer, true)
    }

    fn introduce(&mut self, writer: Writer, begun: Timestamp, batch: &mut Batch) {
        let name = words::person(&mut self.rng).to_owned();
        let phone = self.rng.u32(1_000_000..10_000_000);
        let proven = self.rng.u8(..4) == 0;
        batch.customers.push(NewCustomer {
            id: writer.customer,
            name: name.clone(),
            verified_phone: proven.then(|| format!("+7912{phone}")),
            verified_email: None,
            locale: None,
        });
        batch.identities.push(IdentityRecord {
            id: writer.identity,
            customer_id: writer.customer,
            channel_id: writer.channel,
            external_id: format!("load-{}-{}", begun.millis(), writer.identity),
            display_name: name,
            verified: false,
            blocked: false,
        });
    }

    /// Most lie behind; of the newest tenth most do not.
    fn status(&mut self, number: usize) -> ConversationStatus {
        let is_recent = number * 10 >= self.load.conversations * 9;
        match (is_recent, self.rng.u8(..10)) {
            (true, 0..6) => ConversationStatus::Open,
            (true, 6) => ConversationStatus::Pending,
            (_, 0..3 | 7..9) => ConversationStatus::Resolved,
            _ => ConversationStatus::Closed,
        }
    }

    fn opened(
        &mut self,
        writer: Writer,
        status: ConversationStatus,
        begun: Timestamp,
    ) -> ConversationRecord {
        let waits = status == ConversationStatus::Open && self.rng.u8(..4) == 0;
        let assigned_to = (!waits).then(|| self.one_of(|place| &place.operators));
        let is_for_team = self.rng.u8(..3) == 0;
        let over = matches!(
            status,
            ConversationStatus::Resolved | ConversationStatus::Closed
        );
        ConversationRecord {
            row_id: 0,
            id: ConversationId::at(begun),
            tenant_id: self.workplace.tenant,
            customer_id: writer.customer,
            identity_id: writer.identity,
            channel_id: writer.channel,
            channel_kind: ChannelKind::Widget,
            status,
            priority: match self.rng.u8(..20) {
                0 => Priority::Urgent,
                1..3 => Priority::High,
                _ => Priority::Normal,
            },
            tags: self.tags(),
            assigned_to,
            assigned_team: is_for_team.then(|| self.one_of(|place| &place.teams)),
            assigned_reason: assigned_to.map(|_| AssignReason::Taken),
            queued_at: begun,
            last_seq: 0,
            read_seq: 0,
            unread_count: 0,
            metadata: json!({}),
            created_at: begun,
            updated_at: begun,
            resolved_at: over.then_some(begun),
            snooze_until: None,
            woken_by: None,
            away_at: None,
        }
    }

    fn tags(&mut self) -> Vec<String> {
        let mut tags: Vec<String> = Vec::new();
        while tags.len() < 3 && self.rng.u8(..3) == 0 {
            let tag = words::tag(&mut self.rng);
            if !tags.iter().any(|known| known == tag) {
                tags.push(tag.to_owned());
            }
        }
        tags
    }

    /// The next message: the customer begins, and says a little more than half.
    fn message(
        &mut self,
        conversation: &mut ConversationRecord,
        seq: usize,
        begun: Timestamp,
    ) -> MessageRecord {
        let at = begun.plus(PACE * u32::try_from(seq).unwrap_or(u32::MAX));
        let inbound = seq == 1 || self.rng.u8(..9) < 5;
        let answers = conversation.assigned_to.filter(|_| !inbound);
        conversation.last_seq += 1;
        conversation.updated_at = at;
        conversation.resolved_at = conversation.resolved_at.map(|_| at);
        let (direction, sender_type, sender_id) = match answers {
            Some(operator) => (Direction::Outbound, SenderType::Operator, operator.0),
            None => (
                Direction::Inbound,
                SenderType::Customer,
                conversation.customer_id.0,
            ),
        };
        if answers.is_some() {
            conversation.read_seq = conversation.last_seq;
            conversation.unread_count = 0;
        } else {
            conversation.unread_count += 1;
        }
        let id = MessageId::at(at);
        MessageRecord {
            id,
            tenant_id: conversation.tenant_id,
            conversation_id: conversation.id,
            seq: conversation.last_seq,
            direction,
            sender_type,
            sender_id: Some(sender_id),
            channel_id: conversation.channel_id,
            provider_id: Some(format!("load:{id}")),
            content: Content::text(words::sentence(&mut self.rng)),
            status: match answers {
                Some(_) => MessageStatus::Read,
                None => MessageStatus::Delivered,
            },
            error: None,
            private: answers.is_some() && self.rng.u8(..30) == 0,
            reply_to: None,
            idempotency_key: None,
            request_hash: None,
            metadata: json!({}),
            created_at: at,
            updated_at: at,
        }
    }

    fn one_of<T: Copy>(&mut self, of: impl Fn(&Workplace) -> &Vec<T>) -> T {
        let at = self.rng.usize(..of(&self.workplace).len());
        of(&self.workplace)[at]
    }
}
