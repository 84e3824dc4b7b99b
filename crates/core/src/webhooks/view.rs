//! Webhooks and their deliveries as the API shows them.

use omni_model::{
    ConversationId, EventKind, MessageId, Page, Principal, Timestamp, Total, WebhookAttempt,
    WebhookDeliveryId, WebhookDeliveryState, WebhookId, WebhookStop,
};
use omni_store::webhook_deliveries::{self, Wanted};
use omni_store::{WebhookDeliveryRecord, WebhookRecord, webhooks};
use serde::{Deserialize, Serialize};

use super::deliver::message_id;
use super::{MANAGE, READ};
use crate::access::needs;
use crate::page::{Cursor, PageRequest};
use crate::secrets::hint;
use crate::{Core, Error, Result};

/// A webhook as the API shows it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Webhook {
    pub id: WebhookId,
    pub url: String,
    pub description: String,
    /// What it is told of; empty = everything.
    pub types: Vec<EventKind>,
    pub enabled: bool,
    /// Why it gets nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled_reason: Option<WebhookStop>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<Timestamp>,
    /// Nothing arrived since then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
    /// What signs; shown once, when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// The last four characters of the secret.
    pub secret_hint: String,
    /// Until when the secret before signs along.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_secret_until: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// An event on its way to a webhook, as the API shows it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct WebhookDelivery {
    pub id: WebhookDeliveryId,
    /// The `webhook-id` it is sent under.
    pub message_id: String,
    #[serde(rename = "type")]
    pub kind: EventKind,
    pub conversation_id: ConversationId,
    /// The message it tells of.
    #[serde(rename = "about_message_id", skip_serializing_if = "Option::is_none")]
    pub about: Option<MessageId>,
    /// The event's place in the company's log.
    pub event_seq: i64,
    /// When it happened.
    pub timestamp: Timestamp,
    pub state: WebhookDeliveryState,
    /// The last attempts, oldest first.
    pub attempts: Vec<WebhookAttempt>,
    /// When it is tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Timestamp>,
}

impl From<WebhookDeliveryRecord> for WebhookDelivery {
    fn from(record: WebhookDeliveryRecord) -> Self {
        Self {
            id: record.id,
            message_id: message_id(record.id),
            kind: record.kind,
            conversation_id: record.conversation_id,
            about: record.message_id,
            event_seq: record.event_seq,
            timestamp: record.event_at,
            state: record.state,
            attempts: record.attempts,
            retry_at: record.retry_at,
        }
    }
}

/// Which deliveries somebody wants to see.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeliveriesRequest {
    /// Only those in this state.
    pub state: Option<WebhookDeliveryState>,
    /// Rows at most; 50 unless said, never more than 200.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u64>,
    /// Rows to skip; not together with `cursor`.
    #[param(maximum = 10_000)]
    pub offset: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl Core {
    /// The company's webhooks, oldest first.
    pub async fn list_webhooks(&self, who: &Principal) -> Result<Page<Webhook>> {
        needs(who, READ)?;
        let records = webhooks::list(self.store().reader(), &who.scope()).await?;
        let items: Vec<Webhook> = records
            .iter()
            .map(|record| self.show_webhook(record))
            .collect();
        let total = Total::Exact(items.len() as u64);
        Ok(Page::new(items, total, None))
    }

    /// A webhook.
    pub async fn get_webhook(&self, who: &Principal, id: WebhookId) -> Result<Webhook> {
        let record = self.stored_webhook(who, id).await?;
        needs(who, READ)?;
        Ok(self.show_webhook(&record))
    }

    /// A webhook's deliveries, the newest event first.
    pub async fn list_webhook_deliveries(
        &self,
        who: &Principal,
        id: WebhookId,
        request: DeliveriesRequest,
    ) -> Result<Page<WebhookDelivery>> {
        self.check_read_webhook(who, id).await?;
        let page = PageRequest {
            limit: request.limit,
            offset: request.offset,
            cursor: request.cursor,
        };
        let wanted = Wanted {
            webhook_id: id,
            state: request.state,
            after: page.place()?.map(|cursor| WebhookDeliveryId(cursor.id)),
            offset: page.offset(),
            limit: page.limit() + 1,
        };
        let db = self.store().reader();
        let (mut records, total) = webhook_deliveries::page(db, &who.scope(), wanted).await?;
        let next = page.next(&mut records, |record| Cursor {
            at: record.event_at,
            id: record.id.0,
        });
        let items = records.into_iter().map(Into::into).collect();
        Ok(Page::new(items, total, next))
    }

    /// Refuses whom 404 or 403 is due before anybody looks at what he asked.
    pub async fn check_read_webhook(&self, who: &Principal, id: WebhookId) -> Result<()> {
        self.stored_webhook(who, id).await?;
        needs(who, READ)
    }

    /// The same for who wants to change something.
    pub async fn check_manage_webhook(&self, who: &Principal, id: WebhookId) -> Result<()> {
        self.stored_webhook(who, id).await?;
        needs(who, MANAGE)
    }

    pub(super) async fn stored_webhook(
        &self,
        who: &Principal,
        id: WebhookId,
    ) -> Result<WebhookRecord> {
        webhooks::find(self.store().reader(), &who.scope(), id)
            .await?
            .ok_or_else(|| Error::not_found("webhook"))
    }

    pub(super) fn show_webhook(&self, record: &WebhookRecord) -> Webhook {
        let now = self.clock().now();
        let old = record.old_secret.as_ref().map(|(_, until)| *until);
        Webhook {
            id: record.id,
            url: record.url.clone(),
            description: record.description.clone(),
            types: record.types.clone(),
            enabled: record.stopped.is_none(),
            disabled_reason: record.stopped.map(|(why, _)| why),
            disabled_at: record.stopped.map(|(_, at)| at),
            failing_since: record.failing_since,
            secret: None,
            // One that cannot be opened has none to tell of: it is to be made anew.
            secret_hint: self
                .webhook_secret(record)
                .map(|secret| hint(&secret))
                .unwrap_or_default(),
            old_secret_until: old.filter(|until| now < *until),
            created_at: record.created_at,
            updated_at: record.updated_at,
        }
    }
}
