//! The way out of one delivery: read, send, note.

use omni_model::{
    Job, TenantScope, Timestamp, WebhookAttempt, WebhookDeliveryId, WebhookDeliveryState,
    WebhookOutcome, WebhookStop,
};
use omni_store::lanes::{self, Leave};
use omni_store::{
    Lease, UnitOfWork, WebhookDeliveryRecord, WebhookRecord, jobs, webhook_deliveries, webhooks,
};
use serde_json::json;

use super::call::{Called, Letter};
use super::schedule::pause;
use super::{ATTEMPTS_KEPT, GIVE_UP};
use crate::audit::{self, Line};
use crate::{Core, Error, Result};

/// Leases of one job after which the call is taken as failed: whoever held them died over it.
const INTERRUPTIONS: i64 = 5;

impl Core {
    /// Runs the first job of a leased lane of calls.
    pub async fn run_webhook_call(&self, lease: Lease) -> Result<()> {
        let waiting = jobs::of_lane(self.store().key_reader(), &lease, 2).await?;
        let Some(first) = waiting.first() else {
            return self.leave_lane(lease, Leave::Drained).await;
        };
        let turn = Turn {
            job: first.row_id,
            leave: if waiting.len() == 1 {
                Leave::Drained
            } else {
                Leave::More
            },
            lease,
        };
        let Job::CallWebhook { delivery_id } = first.job else {
            return self.end_turn(turn, None).await;
        };
        let result = self.attempt(&turn, delivery_id).await?;
        self.end_turn(turn, result).await
    }

    /// `None` when there is nothing to do.
    async fn attempt(&self, turn: &Turn, id: WebhookDeliveryId) -> Result<Option<Tried>> {
        let (scope, db) = (turn.lease.scope, self.store().key_reader());
        let found = webhook_deliveries::find(db, &scope, id).await?;
        let Some(delivery) = found.filter(|it| it.state == WebhookDeliveryState::Pending) else {
            return Ok(None);
        };
        let webhook = webhooks::find(db, &scope, delivery.webhook_id).await?;
        let Some(webhook) = webhook.filter(|webhook| webhook.stopped.is_none()) else {
            return Ok(Some(Tried::skipped(delivery)));
        };
        if turn.lease.attempts > INTERRUPTIONS {
            let called = interrupted(self.clock().now());
            return Ok(Some(Tried {
                delivery,
                called: Some((webhook, called)),
            }));
        }
        let Some(body) = self.webhook_body(&delivery).await? else {
            return Ok(Some(Tried::skipped(delivery)));
        };
        let keys = match self.signing_keys(&webhook, self.clock().now()) {
            Ok(keys) => keys,
            Err(error) => {
                // Nothing changes that before somebody makes a new one; then it can be sent anew.
                tracing::warn!(webhook_id = %webhook.id, %error, "a webhook has no secret to sign with");
                return Ok(Some(Tried::skipped(delivery)));
            }
        };
        let letter = Letter {
            id: message_id(delivery.id),
            url: webhook.url.clone(),
            body,
            keys,
        };
        let called = self.call_webhook(letter).await;
        Ok(Some(Tried {
            delivery,
            called: Some((webhook, called)),
        }))
    }

    /// Notes how it went, and leaves the lane.
    async fn end_turn(&self, turn: Turn, tried: Option<Tried>) -> Result<()> {
        let scope = turn.lease.scope;
        self.store()
            .write(&scope, move |unit| async move {
                if let Some(tried) = tried {
                    note(&unit, &scope, tried).await?;
                }
                jobs::done(&unit, turn.job).await?;
                lanes::leave(&unit, &[(&turn.lease, turn.leave)]).await?;
                Ok::<_, Error>(())
            })
            .await
    }
}

/// The `webhook-id` of a delivery.
pub(super) fn message_id(id: WebhookDeliveryId) -> String {
    format!("msg_{}", id.0.simple())
}

struct Turn {
    lease: Lease,
    job: i64,
    leave: Leave,
}

struct Tried {
    delivery: WebhookDeliveryRecord,
    /// The webhook as it was called, and how that went.
    called: Option<(WebhookRecord, Called)>,
}

impl Tried {
    fn skipped(delivery: WebhookDeliveryRecord) -> Self {
        Self {
            delivery,
            called: None,
        }
    }
}

fn interrupted(at: Timestamp) -> Called {
    Called {
        attempt: WebhookAttempt {
            at,
            outcome: WebhookOutcome::Interrupted,
            status: None,
            duration_ms: 0,
        },
        retry_after: None,
    }
}

/// The webhook's row before the delivery's, as everybody locks them.
async fn note(unit: &UnitOfWork, scope: &TenantScope, tried: Tried) -> Result<()> {
    let Tried {
        mut delivery,
        called,
    } = tried;
    let Some((webhook, called)) = called else {
        delivery.state = WebhookDeliveryState::Skipped;
        return Ok(webhook_deliveries::update(unit, &delivery).await?);
    };
    let arrived = called.attempt.outcome == WebhookOutcome::Ok;
    settle(&mut delivery, &called, unit.now());
    if !arrived {
        note_failure(unit, &webhook, &delivery, called.attempt.outcome).await?;
    } else if webhook.failing_since.is_some() {
        webhooks::recovered(unit, scope, webhook.id).await?;
    }
    Ok(webhook_deliveries::update(unit, &delivery).await?)
}

/// What an attempt makes of a delivery.
fn settle(delivery: &mut WebhookDeliveryRecord, called: &Called, now: Timestamp) {
    delivery.tries += 1;
    delivery.first_tried_at.get_or_insert(called.attempt.at);
    delivery.attempts.push(called.attempt.clone());
    let surplus = delivery.attempts.len().saturating_sub(ATTEMPTS_KEPT);
    delivery.attempts.drain(..surplus);
    delivery.retry_at = None;
    delivery.state = match called.attempt.outcome {
        WebhookOutcome::Ok => WebhookDeliveryState::Delivered,
        WebhookOutcome::Gone => WebhookDeliveryState::Failed,
        _ => match pause(delivery.id, delivery.tries, called.retry_after) {
            Some(pause) => {
                delivery.retry_at = Some(now.plus(pause));
                WebhookDeliveryState::Pending
            }
            None => WebhookDeliveryState::Failed,
        },
    };
}

/// Notes on the webhook that it failed, and switches it off where that was once too often.
async fn note_failure(
    unit: &UnitOfWork,
    called: &WebhookRecord,
    delivery: &WebhookDeliveryRecord,
    outcome: WebhookOutcome,
) -> Result<()> {
    let scope = &called.scope();
    let found = webhooks::lock(unit, scope, called.id).await?;
    // Meanwhile it may have gone, or lead to another address, which is not to blame.
    let same = |found: &WebhookRecord| found.stopped.is_none() && found.url == called.url;
    let Some(mut webhook) = found.filter(same) else {
        return Ok(());
    };
    let last = delivery.attempts.last().map_or(unit.now(), |last| last.at);
    let since = *webhook.failing_since.get_or_insert(last);
    // If others arrived meanwhile, it is only this event that it does not take.
    let exhausted = delivery.state == WebhookDeliveryState::Failed
        && delivery.first_tried_at.is_some_and(|first| since <= first);
    let stop = if outcome == WebhookOutcome::Gone {
        Some(WebhookStop::Gone)
    } else if exhausted || unit.now().since(since) >= GIVE_UP {
        Some(WebhookStop::Failing)
    } else {
        None
    };
    if let Some(stop) = stop {
        webhook.stopped = Some((stop, unit.now()));
        let line = Line::of("webhook.disabled", "webhook", webhook.id.0)
            .with(json!({"reason": stop, "last_outcome": outcome}));
        audit::record(unit, scope, None, line).await?;
        tracing::warn!(tenant_id = %scope.tenant_id(), webhook_id = %webhook.id, reason = %stop, "a webhook was switched off");
    }
    Ok(webhooks::update(unit, &webhook).await?)
}
