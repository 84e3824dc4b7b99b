//! The reader of the event log: makes one delivery an event and webhook.

use std::time::Duration;

use omni_model::{
    Epoch, Event, Job, Queue, TenantScope, Timestamp, WebhookDeliveryId, WebhookDeliveryState,
};
use omni_store::event_cursors::{self, EventCursor};
use omni_store::lanes::{self as store_lanes, Leave};
use omni_store::{
    Lease, UnitOfWork, WebhookDeliveryRecord, WebhookRecord, events, webhook_deliveries, webhooks,
};

use super::body::is_told;
use super::{KEPT, lanes};
use crate::{Core, Error, Result};

/// Events read at once.
const BATCH: u64 = 128;

/// Lets the reader follow this tenant; the newest event so far.
pub(super) async fn follow(unit: &UnitOfWork, scope: &TenantScope) -> Result<i64> {
    let (seq, epoch) = events::head(unit.db(), scope).await?;
    let reader = Queue::Webhooks;
    if event_cursors::get(unit.db(), scope, reader)
        .await?
        .is_none()
    {
        let cursor = EventCursor { seq, epoch };
        event_cursors::put(unit, scope, reader, cursor).await?;
    }
    Ok(seq)
}

/// What was read, and how far that is.
struct Reading {
    webhooks: Vec<WebhookRecord>,
    events: Vec<Event>,
    cursor: EventCursor,
    leave: Leave,
}

impl Core {
    /// Reads on in a tenant's log.
    pub async fn run_webhook_feed(&self, lease: Lease) -> Result<()> {
        let scope = lease.scope;
        let Some(reading) = self.read_on(&scope).await? else {
            return self.leave_lane(lease, Leave::Drained).await;
        };
        self.store()
            .write(&scope, move |unit| async move {
                let deliveries = deliveries(&reading, &scope, unit.now());
                webhook_deliveries::insert(&unit, &deliveries).await?;
                let pending = WebhookDeliveryState::Pending;
                for delivery in deliveries.iter().filter(|it| it.state == pending) {
                    let delivery_id = delivery.id;
                    unit.enqueue(
                        lanes::first(delivery.webhook_id, delivery.conversation_id),
                        Job::CallWebhook { delivery_id },
                    );
                }
                event_cursors::put(&unit, &scope, Queue::Webhooks, reading.cursor).await?;
                store_lanes::leave(&unit, &[(&lease, reading.leave)]).await?;
                Ok::<_, Error>(())
            })
            .await
    }

    async fn read_on(&self, scope: &TenantScope) -> Result<Option<Reading>> {
        let db = self.store().key_reader();
        let Some(cursor) = event_cursors::get(db, scope, Queue::Webhooks).await? else {
            return Ok(None);
        };
        let (head, epoch) = events::head(db, scope).await?;
        let now = self.clock().now();
        let mut webhooks = webhooks::list(db, scope).await?;
        webhooks.retain(|webhook| !is_forgotten(webhook, now));
        // A log that began a new life may end before what was read of the one before.
        let from = cursor.seq.min(head);
        let events = if webhooks.is_empty() {
            Vec::new()
        } else {
            events::after(db, scope, from, BATCH).await?
        };
        Ok(Some(read(webhooks, events, head, epoch)))
    }
}

fn read(webhooks: Vec<WebhookRecord>, events: Vec<Event>, head: i64, epoch: Epoch) -> Reading {
    // Where nothing is to be read, nothing is to be told.
    let seq = events.last().map_or(head, |last| last.seq);
    Reading {
        webhooks,
        events,
        cursor: EventCursor { seq, epoch },
        leave: if seq < head {
            Leave::More
        } else {
            Leave::Drained
        },
    }
}

/// Whether it was switched off so long ago that nobody will want to have what happens now sent to it anew.
fn is_forgotten(webhook: &WebhookRecord, now: Timestamp) -> bool {
    let off_for = webhook
        .stopped
        .map_or(Duration::ZERO, |(_, at)| now.since(at));
    off_for > KEPT
}

fn deliveries(
    reading: &Reading,
    scope: &TenantScope,
    now: Timestamp,
) -> Vec<WebhookDeliveryRecord> {
    let told = reading.events.iter().filter(|event| is_told(event.kind));
    let pairs = told.flat_map(|event| {
        let those = reading
            .webhooks
            .iter()
            .filter(move |webhook| webhook.wants(event.kind) && event.seq > webhook.after_seq);
        those.map(move |webhook| (event, webhook))
    });
    pairs
        .map(|(event, webhook)| WebhookDeliveryRecord {
            id: WebhookDeliveryId::at(now),
            tenant_id: scope.tenant_id(),
            webhook_id: webhook.id,
            event_seq: event.seq,
            kind: event.kind,
            conversation_id: event.conversation_id,
            message_id: event.message_id,
            assigned_to: event.assigned_to,
            event_at: event.created_at,
            // Kept for as long as others, to be sent anew.
            state: if webhook.stopped.is_none() {
                WebhookDeliveryState::Pending
            } else {
                WebhookDeliveryState::Skipped
            },
            tries: 0,
            attempts: Vec::new(),
            first_tried_at: None,
            retry_at: None,
            created_at: now,
        })
        .collect()
}
