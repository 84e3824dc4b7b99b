//! Making, changing and deleting webhooks.

use omni_model::{EventKind, Principal, WebhookId, WebhookStop, codes, limits};
use omni_store::{WebhookRecord, webhooks};
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

use super::view::Webhook;
use super::{MANAGE, feed};
use crate::access::needs;
use crate::audit::{self, Line};
use crate::once::{Keeper, Made};
use crate::{Core, Error, Result};

/// A webhook to make.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// Where to call: http or https, without a user name.
    pub url: String,
    /// What to tell of; empty = everything.
    #[serde(default)]
    pub types: Vec<EventKind>,
    #[serde(default)]
    pub description: String,
    /// Whether it is called from the start; yes unless said.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub enabled: bool,
}

const fn yes() -> bool {
    true
}

/// What to change in a webhook; what is left out stays.
#[derive(Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookPatch {
    #[serde(default)]
    pub url: Option<String>,
    #[serde(default)]
    pub types: Option<Vec<EventKind>>,
    #[serde(default)]
    pub description: Option<String>,
    /// Switching it on forgets why it was off.
    #[serde(default)]
    pub enabled: Option<bool>,
}

impl Core {
    /// Refuses whom 403 is due before anybody looks at what he sent.
    pub fn check_create_webhook(&self, who: &Principal) -> Result<()> {
        needs(who, MANAGE)
    }

    /// Makes a webhook. Its secret is told here and when it is made anew, and nowhere else.
    pub async fn create_webhook(
        &self,
        who: &Principal,
        new: NewWebhook,
        key: Option<String>,
    ) -> Result<Made<Webhook>> {
        needs(who, MANAGE)?;
        let made = self
            .make_once(who, key, "webhooks.create", &new, |keeper| {
                self.make_webhook(who, new.clone(), keeper)
            })
            .await?;
        let record = self.stored_webhook(who, made.value).await?;
        Ok(Made {
            value: self.show_with_secret(&record)?,
            replayed: made.replayed,
        })
    }

    async fn make_webhook(
        &self,
        who: &Principal,
        new: NewWebhook,
        keeper: Keeper,
    ) -> Result<WebhookId> {
        let now = self.clock().now();
        let mut record = WebhookRecord {
            id: WebhookId::at(now),
            tenant_id: who.tenant_id,
            url: self.checked_url(&new.url)?,
            description: checked_description(&new.description)?,
            types: distinct(new.types),
            stopped: (!new.enabled).then_some((WebhookStop::Paused, now)),
            secret: String::new(),
            old_secret: None,
            after_seq: 0,
            failing_since: None,
            created_at: now,
            updated_at: now,
        };
        self.renew_webhook_secret(&mut record, now)?;
        let (scope, actor, id) = (who.scope(), who.actor(), record.id);
        self.store()
            .write(&scope, move |unit| async move {
                keeper.keep(&unit, &id).await?;
                if webhooks::lock_count(&unit, &scope).await? >= limits::WEBHOOKS {
                    let detail = format!("there may be {} of them", limits::WEBHOOKS);
                    return Err(Error::refused(codes::TOO_MANY_WEBHOOKS, detail));
                }
                // Of what happened before nobody wanted to be told.
                record.after_seq = feed::follow(&unit, &scope).await?;
                webhooks::insert(&unit, &record).await?;
                let line = Line::of("webhook.created", "webhook", id.0).with(told(&record));
                audit::record(&unit, &scope, Some(actor), line).await
            })
            .await?;
        Ok(id)
    }

    /// Changes a webhook.
    pub async fn patch_webhook(
        &self,
        who: &Principal,
        id: WebhookId,
        patch: WebhookPatch,
    ) -> Result<Webhook> {
        self.check_manage_webhook(who, id).await?;
        let url = patch.url.map(|url| self.checked_url(&url)).transpose()?;
        let description = patch.description.map(|text| checked_description(&text));
        let (description, types) = (description.transpose()?, patch.types.map(distinct));
        let change = move |record: &mut WebhookRecord, now| {
            if let Some(url) = url {
                record.url = url;
            }
            if let Some(types) = types {
                record.types = types;
            }
            if let Some(description) = description {
                record.description = description;
            }
            match (patch.enabled, record.stopped) {
                (Some(true), Some(_)) => {
                    record.stopped = None;
                    record.failing_since = None;
                }
                (Some(false), None) => record.stopped = Some((WebhookStop::Paused, now)),
                _ => {}
            }
            Ok(())
        };
        let stored = self
            .change_webhook(who, id, "webhook.changed", change)
            .await?;
        Ok(self.show_webhook(&stored))
    }

    /// Gives a webhook a new secret, which is told here. The one before signs along for a day.
    pub async fn rotate_webhook_secret(&self, who: &Principal, id: WebhookId) -> Result<Webhook> {
        self.check_manage_webhook(who, id).await?;
        let core = self.clone();
        let renew = move |record: &mut WebhookRecord, now| core.renew_webhook_secret(record, now);
        let stored = self
            .change_webhook(who, id, "webhook.secret_renewed", renew)
            .await?;
        self.show_with_secret(&stored)
    }

    async fn change_webhook<F>(
        &self,
        who: &Principal,
        id: WebhookId,
        action: &'static str,
        change: F,
    ) -> Result<WebhookRecord>
    where
        F: FnOnce(&mut WebhookRecord, omni_model::Timestamp) -> Result<()> + Send + 'static,
    {
        let (scope, actor) = (who.scope(), who.actor());
        self.store()
            .write(&scope, move |unit| async move {
                let found = webhooks::lock(&unit, &scope, id).await?;
                let before = found.ok_or_else(|| Error::not_found("webhook"))?;
                let mut after = before.clone();
                change(&mut after, unit.now())?;
                if after == before {
                    return Ok(after);
                }
                after.updated_at = unit.now();
                webhooks::update(&unit, &after).await?;
                let line = Line::of(action, "webhook", id.0)
                    .with(json!({"from": told(&before), "to": told(&after)}));
                audit::record(&unit, &scope, Some(actor), line).await?;
                Ok(after)
            })
            .await
    }

    /// Deletes a webhook and its secrets. What is on its way to it is not sent any more.
    pub async fn delete_webhook(&self, who: &Principal, id: WebhookId) -> Result<()> {
        self.check_manage_webhook(who, id).await?;
        let (scope, actor) = (who.scope(), who.actor());
        self.store()
            .write(&scope, move |unit| async move {
                let found = webhooks::lock(&unit, &scope, id).await?;
                let record = found.ok_or_else(|| Error::not_found("webhook"))?;
                webhooks::delete(&unit, &record).await?;
                let line = Line::of("webhook.deleted", "webhook", id.0).with(told(&record));
                audit::record(&unit, &scope, Some(actor), line).await
            })
            .await
    }

    fn show_with_secret(&self, record: &WebhookRecord) -> Result<Webhook> {
        let secret = Some(self.webhook_secret(record)?);
        Ok(Webhook {
            secret,
            ..self.show_webhook(record)
        })
    }

    fn checked_url(&self, text: &str) -> Result<String> {
        let wrong = |code, detail: &str| Err(Error::invalid_field("/url", code, detail));
        if text.chars().count() > limits::WEBHOOK_URL {
            return wrong("too_long", "2000 characters at most");
        }
        let Ok(url) = Url::parse(text.trim()) else {
            return wrong("invalid", "is not an address");
        };
        if !matches!(url.scheme(), "http" | "https") {
            return wrong("invalid", "begins with https:// or http://");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return wrong("invalid", "without a user name or password in it");
        }
        if !self.webhook_outbound().admits(&url) {
            return wrong("not_allowed", "this address may not be called");
        }
        Ok(url.into())
    }
}

/// What the audit log tells of a webhook: an address may carry a secret of its owner, its host does not.
fn told(record: &WebhookRecord) -> serde_json::Value {
    let host = Url::parse(&record.url)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned));
    json!({
        "host": host,
        "types": record.types,
        "description": record.description,
        "enabled": record.stopped.is_none(),
    })
}

fn distinct(mut types: Vec<EventKind>) -> Vec<EventKind> {
    types.sort_unstable();
    types.dedup();
    types
}

fn checked_description(text: &str) -> Result<String> {
    let text = text.trim();
    if text.chars().count() > limits::WEBHOOK_DESCRIPTION {
        let detail = "500 characters at most";
        return Err(Error::invalid_field("/description", "too_long", detail));
    }
    Ok(text.to_owned())
}
