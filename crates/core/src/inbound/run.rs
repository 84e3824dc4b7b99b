//! Running the inbound lanes, and the short way in for visitors of the widget, who wait for the answer.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use omni_channels::telegram;
use omni_model::{
    ChannelId, ChannelKind, ConversationId, Direction, InboundItem, InboundMessage, TenantScope,
};
use omni_store::lanes::{self, Leave};
use omni_store::raw_events::{self, RawEvent, RawState};
use omni_store::{Lease, MessageRecord, StoreError, messages};

use super::handover::Handed;
use super::ingest::{ChannelRef, Incoming, Repeats, ingest};
use crate::meter::Trouble;
use crate::{Core, Error, Result};

/// Events in one batch at most.
const BATCH: u64 = 256;
/// Lanes in one batch, where nobody and where very many wait for the writer: the larger cost the least, the
/// smaller hold nobody up. Measured, see `docs/performance.md`.
const MANY_LANES: usize = 128;
const FEW_LANES: usize = 8;
const LANES_TIMES_WAITING: usize = 1600;
/// So many webhooks that wait for their commit are more than come by turns; how long the workers leave the writer to
/// them before each batch, and how often they look whether that is still so.
const CROWD: usize = 32;
const PATIENCE: Duration = Duration::from_millis(200);
const LOOK: Duration = Duration::from_millis(4);
/// Why something of a group led to nothing here.
const GROUP: &str = "group_chat";
/// Starts of a lane without progress after which its first event is set aside.
const MAX_ATTEMPTS: i64 = 3;

/// A visitor's stored message.
#[derive(Debug)]
pub struct Accepted {
    pub message: MessageRecord,
    pub conversation_id: ConversationId,
    /// Whether it was stored by an earlier request under the same key.
    pub replayed: bool,
}

impl Core {
    /// Runs leased inbound lanes, all of one tenant: in one batch where nothing is suspicious, otherwise
    /// lane by lane and event by event, so that a poisoned event stops only itself.
    pub async fn run_inbound(&self, leases: Vec<Lease>) -> Result<()> {
        let (fresh, suspicious): (Vec<_>, Vec<_>) =
            leases.into_iter().partition(|lease| lease.attempts == 1);
        let mut fresh = fresh.as_slice();
        while !fresh.is_empty() {
            let (slice, rest) = fresh.split_at(self.lanes_a_batch().min(fresh.len()));
            fresh = rest;
            self.step_aside().await;
            match self.run_batch(slice, BATCH, Repeats::Refuse).await {
                Ok(()) => {}
                Err(error) if error.is_transient() => return Err(error),
                Err(_) => {
                    for lease in slice {
                        self.run_one_by_one(lease.clone()).await?;
                    }
                }
            }
        }
        for lease in suspicious {
            self.run_one_by_one(lease).await?;
        }
        Ok(())
    }

    /// Runs lanes that were handed over with their events, all of one tenant, like [`Core::run_inbound`].
    pub async fn run_handed(&self, handed: Vec<Handed>) -> Result<()> {
        if let Some(first) = handed.first()
            && self.tenant_standing(&first.lease.scope).await?.suspended
        {
            // Nobody claims them before the company is restored.
            let leases: Vec<Lease> = handed.into_iter().map(|lane| lane.lease).collect();
            return Ok(self.store().give_back(&leases).await?);
        }
        let mut leases = Vec::with_capacity(handed.len());
        let mut events = Vec::with_capacity(handed.len());
        for lane in handed {
            leases.push(lane.lease);
            events.extend(lane.events);
        }
        let leave = Leave::Drained;
        match self
            .run_events(&leases, &events, leave, Repeats::Refuse)
            .await
        {
            Ok(()) => Ok(()),
            Err(error) if error.is_transient() => Err(error),
            Err(_) => {
                for lease in leases {
                    self.run_one_by_one(lease).await?;
                }
                Ok(())
            }
        }
    }

    /// Where one connection writes: leaves it to webhooks while they come in a crowd, for a while. What is stored can be
    /// worked on later; what is not would be sent again.
    async fn step_aside(&self) {
        let exclusive = self.store().dialect().is_exclusive();
        let mut waited = Duration::ZERO;
        while exclusive && waited < PATIENCE && self.acceptor().waiting() > CROWD {
            tokio::time::sleep(LOOK).await;
            waited += LOOK;
        }
    }

    /// Lanes for one batch: the more webhooks wait to be stored, the fewer, so that they soon get their turn
    /// where one connection writes.
    fn lanes_a_batch(&self) -> usize {
        (LANES_TIMES_WAITING / self.acceptor().waiting().max(1)).clamp(FEW_LANES, MANY_LANES)
    }

    async fn run_one_by_one(&self, lease: Lease) -> Result<()> {
        if lease.attempts > MAX_ATTEMPTS {
            return self.bury_first(lease, "its worker died each time").await;
        }
        let one = std::slice::from_ref(&lease);
        match self.run_batch(one, 1, Repeats::PassOver).await {
            Ok(()) => Ok(()),
            Err(error) if error.is_transient() => Err(error),
            Err(error) if lease.attempts >= MAX_ATTEMPTS => {
                let reason = error.to_string();
                self.bury_first(lease, &reason).await
            }
            Err(error) => {
                tracing::warn!(attempt = lease.attempts, %error, "an inbound event failed");
                let delay = lanes::backoff(lease.attempts, &lease);
                self.leave_lane(lease, Leave::Retry(delay)).await
            }
        }
    }

    async fn bury_first(&self, lease: Lease, reason: &str) -> Result<()> {
        let first =
            raw_events::of_lanes(self.store().key_reader(), std::slice::from_ref(&lease), 1)
                .await?
                .into_iter()
                .next();
        let tenant = lease.scope.tenant_id();
        tracing::error!(tenant_id = %tenant, event = first.as_ref().map(|event| event.row_id), reason, "an inbound event was set aside");
        self.meter().trouble(tenant, Trouble::DeadLetter, 1);
        let (scope, reason) = (lease.scope, reason.to_owned());
        self.store()
            .write(&scope, move |unit| async move {
                if let Some(event) = first {
                    let dead = RawState::Dead;
                    raw_events::finish(&unit, &[event.row_id], dead, Some(&reason)).await?;
                }
                lanes::leave(&unit, &[(&lease, Leave::More)]).await?;
                Ok(())
            })
            .await
    }

    async fn run_batch(&self, leases: &[Lease], limit: u64, repeats: Repeats) -> Result<()> {
        let events = raw_events::of_lanes(self.store().intake(), leases, limit).await?;
        // Where the limit cut, nobody knows which lanes were seen whole.
        let leave = if (events.len() as u64) < limit {
            Leave::Drained
        } else {
            Leave::More
        };
        self.run_events(leases, &events, leave, repeats).await
    }

    async fn run_events(
        &self,
        leases: &[Lease],
        events: &[RawEvent],
        leave: Leave,
        repeats: Repeats,
    ) -> Result<()> {
        let Some(scope) = leases.first().map(|lease| lease.scope) else {
            return Ok(());
        };
        let channels = self.channels_of(&scope, events).await?;
        let read = read_events(events, &channels);
        for event in &read.dead {
            tracing::error!(tenant_id = %scope.tenant_id(), event, "an inbound event that cannot be read was set aside");
        }
        let dead = read.dead.len() as u64;
        let (settings, hours) = (
            self.routing_settings(&scope).await?,
            self.hours(&scope).await?,
        );
        let (core, leases) = (self.clone(), leases.to_vec());
        let counts = self
            .store()
            .write_intake(&scope, move |unit| async move {
                let ReadEvents {
                    items,
                    done,
                    unsupported,
                    refused,
                    dead,
                } = read;
                unit.hold_back();
                let rules = (settings, &*hours);
                let ingested = ingest(&unit, scope, core.clock(), rules, repeats, items).await?;
                raw_events::finish(&unit, &done, RawState::Done, None).await?;
                raw_events::finish(&unit, &unsupported, RawState::Unsupported, None).await?;
                raw_events::finish(&unit, &refused, RawState::Unsupported, Some(GROUP)).await?;
                raw_events::finish(&unit, &dead, RawState::Dead, Some("not readable")).await?;
                let left: Vec<_> = leases.iter().map(|lease| (lease, leave)).collect();
                lanes::leave(&unit, &left).await?;
                Ok::<_, Error>(ingested.counts)
            })
            .await?;
        self.meter()
            .trouble(scope.tenant_id(), Trouble::DeadLetter, dead);
        for (kind, n) in counts {
            self.meter()
                .messages(scope.tenant_id(), kind, Direction::Inbound, n);
        }
        Ok(())
    }

    /// The channels these events came through. One that is gone by now is left out, and its
    /// events are kept unread.
    async fn channels_of(
        &self,
        scope: &TenantScope,
        events: &[RawEvent],
    ) -> Result<HashMap<ChannelId, ChannelRef>> {
        let ids: HashSet<ChannelId> = events.iter().map(RawEvent::channel_id).collect();
        let mut channels = HashMap::new();
        for id in ids {
            if let Some(channel) = self.channel(scope, id).await?.reference() {
                channels.insert(id, channel);
            }
        }
        Ok(channels)
    }

    /// Stores a message of somebody who waits for the answer. A repeat under the same key answers the
    /// stored message; another request under the same key is refused.
    pub async fn accept_inbound(
        &self,
        scope: &TenantScope,
        channel: ChannelRef,
        message: InboundMessage,
        idempotency: Option<(String, String)>,
    ) -> Result<Accepted> {
        let first = self
            .try_accept(scope, channel, message.clone(), idempotency.clone())
            .await;
        match first {
            // Two requests at once made the same identity or message, which the second now finds; or somebody
            // was merged meanwhile.
            Err(Error::Store(StoreError::Unique(_) | StoreError::Stale)) => {
                self.try_accept(scope, channel, message, idempotency).await
            }
            outcome => outcome,
        }
    }

    async fn try_accept(
        &self,
        scope: &TenantScope,
        channel: ChannelRef,
        message: InboundMessage,
        idempotency: Option<(String, String)>,
    ) -> Result<Accepted> {
        let (settings, hours) = (
            self.routing_settings(scope).await?,
            self.hours(scope).await?,
        );
        let (core, scope) = (self.clone(), *scope);
        let accepted = self
            .store()
            .write(&scope, move |unit| async move {
                let provider_id = message.provider_id.clone();
                let before =
                    messages::by_provider_ids(unit.db(), &scope, channel.id, &[&provider_id])
                        .await?
                        .pop();
                if let Some(stored) = before {
                    return repeat(stored, idempotency);
                }
                let item = InboundItem::Message(Box::new(message));
                let incoming = Incoming {
                    channel,
                    item,
                    idempotency,
                };
                // Looked up above; another request under the same key meanwhile is found at the next try.
                let repeats = Repeats::Refuse;
                let items = vec![incoming];
                let rules = (settings, &*hours);
                let ingested = ingest(&unit, scope, core.clock(), rules, repeats, items).await?;
                let message = ingested
                    .messages
                    .into_iter()
                    .next()
                    .ok_or_else(|| Error::not_found("conversation"))?;
                Ok(Accepted {
                    conversation_id: message.conversation_id,
                    message,
                    replayed: false,
                })
            })
            .await?;
        if !accepted.replayed {
            self.meter()
                .messages(scope.tenant_id(), channel.kind, Direction::Inbound, 1);
        }
        Ok(accepted)
    }
}

fn repeat(stored: MessageRecord, idempotency: Option<(String, String)>) -> Result<Accepted> {
    let same = idempotency.is_none_or(|(_, hash)| stored.request_hash == Some(hash));
    if !same {
        return Err(Error::refused(
            omni_model::codes::IDEMPOTENCY_MISMATCH,
            "this key was used for another message",
        ));
    }
    Ok(Accepted {
        conversation_id: stored.conversation_id,
        message: stored,
        replayed: true,
    })
}

/// Raw events as items, and what becomes of their rows.
#[derive(Default)]
struct ReadEvents {
    items: Vec<Incoming>,
    done: Vec<i64>,
    unsupported: Vec<i64>,
    /// Of groups, which are left.
    refused: Vec<i64>,
    dead: Vec<i64>,
}

fn read_events(events: &[RawEvent], channels: &HashMap<ChannelId, ChannelRef>) -> ReadEvents {
    let mut read = ReadEvents::default();
    for event in events {
        let channel = channels.get(&event.channel_id());
        let item = match channel.map(|channel| channel.kind) {
            Some(ChannelKind::Telegram) => telegram::parse(event.payload.as_bytes()).ok(),
            _ => None,
        };
        match (item, channel) {
            (Some(InboundItem::Unsupported { .. }), _) => read.unsupported.push(event.row_id),
            (Some(item @ InboundItem::Group { .. }), Some(&channel)) => {
                read.refused.push(event.row_id);
                read.items.push(Incoming::of(channel, item));
            }
            (Some(item), Some(&channel)) => {
                read.done.push(event.row_id);
                read.items.push(Incoming::of(channel, item));
            }
            _ => read.dead.push(event.row_id),
        }
    }
    read
}
