//! Sending anew what did not arrive, and trying a webhook out.

use std::time::Duration;

use omni_model::{
    Job, Principal, Timestamp, WebhookDeliveryId, WebhookDeliveryState, WebhookId, WebhookOutcome,
    codes, limits,
};
use omni_store::{WebhookRecord, webhook_deliveries};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::call::Letter;
use super::deliver::message_id;
use super::view::WebhookDelivery;
use super::{body, lanes};
use crate::audit::{self, Line};
use crate::{Core, Error, Result};

/// When somebody who tests may try again.
const TESTS_BUSY: Duration = Duration::from_secs(5);

/// Which events to send anew.
#[derive(Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayRange {
    /// Events from then on.
    pub from: Timestamp,
    /// Events before then; until now unless said.
    #[serde(default)]
    pub to: Option<Timestamp>,
}

/// What is sent anew.
#[derive(Clone, Copy, Debug, Serialize, utoipa::ToSchema)]
pub struct Replayed {
    /// Deliveries that are sent anew.
    pub replayed: u64,
    /// Whether there are more in the range: ask again.
    pub more: bool,
}

/// How a test went.
#[derive(Clone, Copy, Debug, Serialize, utoipa::ToSchema)]
pub struct WebhookTest {
    /// Whether the address took it.
    pub ok: bool,
    pub outcome: WebhookOutcome,
    /// The status that was answered, if any was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    pub duration_ms: u64,
}

impl Core {
    /// Sends one delivery anew, under the same id.
    pub async fn replay_webhook_delivery(
        &self,
        who: &Principal,
        id: WebhookId,
        delivery: WebhookDeliveryId,
    ) -> Result<WebhookDelivery> {
        let webhook = self.stored_webhook(who, id).await?;
        let scope = who.scope();
        let found = webhook_deliveries::find(self.store().reader(), &scope, delivery).await?;
        if found.is_none_or(|found| found.webhook_id != id) {
            return Err(Error::not_found("delivery"));
        }
        self.check_manage_webhook(who, id).await?;
        must_be_on(&webhook)?;
        let sent = self
            .store()
            .write(&scope, move |unit| async move {
                let found = webhook_deliveries::lock(&unit, &scope, delivery).await?;
                let mut record = found.ok_or_else(|| Error::not_found("delivery"))?;
                let waits_in_lane =
                    record.state == WebhookDeliveryState::Pending && record.retry_at.is_none();
                if !waits_in_lane {
                    record.state = WebhookDeliveryState::Pending;
                    record.tries = 0;
                    record.first_tried_at = None;
                    record.retry_at = None;
                    webhook_deliveries::update(&unit, &record).await?;
                    let job = Job::CallWebhook {
                        delivery_id: record.id,
                    };
                    unit.enqueue(lanes::again(id), job);
                }
                Ok::<_, Error>(record)
            })
            .await?;
        Ok(sent.into())
    }

    /// Sends anew what happened in a range of time and did not arrive, in the order in which it happened.
    pub async fn replay_webhook(
        &self,
        who: &Principal,
        id: WebhookId,
        range: ReplayRange,
    ) -> Result<Replayed> {
        self.check_manage_webhook(who, id).await?;
        must_be_on(&self.stored_webhook(who, id).await?)?;
        let (from, to) = (range.from, range.to.unwrap_or_else(|| self.clock().now()));
        if from >= to {
            let detail = "the range ends before it begins";
            return Err(Error::invalid_field("/from", "invalid", detail));
        }
        let (scope, actor) = (who.scope(), who.actor());
        self.store()
            .write(&scope, move |unit| async move {
                let most = limits::WEBHOOK_REPLAY;
                let missed =
                    webhook_deliveries::lock_missed(&unit, &scope, id, from, to, most + 1).await?;
                let more = missed.len() as u64 > most;
                let again: Vec<_> = missed
                    .iter()
                    .take(usize::try_from(most).unwrap_or(usize::MAX))
                    .collect();
                let ids: Vec<WebhookDeliveryId> = again.iter().map(|it| it.id).collect();
                if !ids.is_empty() {
                    webhook_deliveries::begin_anew(&unit, &scope, &ids).await?;
                    let line = Line::of("webhook.replayed", "webhook", id.0)
                        .with(json!({"from": from, "to": to, "deliveries": ids.len()}));
                    audit::record(&unit, &scope, Some(actor), line).await?;
                }
                for record in again {
                    let job = Job::CallWebhook {
                        delivery_id: record.id,
                    };
                    unit.enqueue(lanes::first(id, record.conversation_id), job);
                }
                Ok::<_, Error>(Replayed {
                    replayed: ids.len() as u64,
                    more,
                })
            })
            .await
    }

    /// Calls a webhook at once with a test, whether or not it is switched on, and answers how that went.
    pub async fn test_webhook(&self, who: &Principal, id: WebhookId) -> Result<WebhookTest> {
        self.check_manage_webhook(who, id).await?;
        let webhook = self.stored_webhook(who, id).await?;
        let _place = self
            .webhook_tests()
            .try_acquire()
            .map_err(|_| Error::rate_limited(TESTS_BUSY))?;
        let now = self.clock().now();
        let letter = Letter {
            id: message_id(WebhookDeliveryId::at(now)),
            url: webhook.url.clone(),
            body: body::test(now),
            keys: self.signing_keys(&webhook, now)?,
        };
        let attempt = self.call_webhook(letter).await.attempt;
        Ok(WebhookTest {
            ok: attempt.outcome == WebhookOutcome::Ok,
            outcome: attempt.outcome,
            status: attempt.status,
            duration_ms: attempt.duration_ms,
        })
    }
}

fn must_be_on(webhook: &WebhookRecord) -> Result<()> {
    if webhook.stopped.is_some() {
        return Err(Error::refused(
            codes::WEBHOOK_OFF,
            "switch it on, then send anew",
        ));
    }
    Ok(())
}
