//! Changing and deleting a channel.

use omni_model::{ChannelId, ChannelKind, ChannelStatus, Principal, Queue};
use omni_store::{ChannelRecord, channels};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::create::{account_taken, checked_name};
use super::needs::{self, Needs};
use super::open::OpenChannel;
use super::settings::{
    TelegramMode, TelegramSecrets, TelegramToken, TelegramWish, WidgetSettings, typed,
};
use super::view::{Channel, need_manage};
use crate::audit::{self, Line};
use crate::{Core, Error, Result};

/// What to change in a channel; what is left out stays.
#[derive(Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelPatch {
    #[serde(default)]
    pub name: Option<String>,
    /// All of them, not only those that change; but `required_skills` and `team_id` stay when left out, and `null`
    /// resets them.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub settings: Option<Map<String, Value>>,
    /// telegram: `{bot_token}`.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub secrets: Option<Map<String, Value>>,
}

impl Core {
    /// Changes a channel, and connects it anew where that is needed.
    pub async fn patch_channel(
        &self,
        who: &Principal,
        id: ChannelId,
        patch: ChannelPatch,
    ) -> Result<Channel> {
        let before = self.stored_channel(who, id).await?;
        need_manage(who)?;
        let mut after = before.clone();
        if let Some(name) = &patch.name {
            after.name = checked_name(name)?;
        }
        if let Some(settings) = patch.settings {
            let mut settings = settings;
            let needs = Needs::take(&mut settings, Needs::of(&before.settings))?;
            self.check_needs(&who.scope(), &needs).await?;
            after.settings = self.checked_settings(before.kind, settings)?;
            needs.put(&mut after.settings);
        }
        if let Some(secrets) = patch.secrets.filter(|secrets| !secrets.is_empty()) {
            self.replace_token(&mut after, secrets).await?;
        }
        if after == before {
            return Ok(self.show_channel(who, before));
        }
        let relinked = after.secrets != before.secrets
            || needs::without(&after.settings) != needs::without(&before.settings);
        if relinked && after.kind == ChannelKind::Telegram {
            after.status = ChannelStatus::Connecting;
            after.status_detail = None;
        }
        let stored = self.store_patch(who, before, after).await?;
        let stored = if relinked {
            self.note_watch(&stored, None, None).await?;
            self.connect(stored).await?
        } else {
            stored
        };
        Ok(self.show_channel(who, stored))
    }

    fn checked_settings(&self, kind: ChannelKind, settings: Map<String, Value>) -> Result<Value> {
        if kind == ChannelKind::Telegram {
            let wish: TelegramWish = typed("/settings", settings, "mode")?;
            return Ok(json!(wish.settle(&self.options().public_url)));
        }
        let settings: WidgetSettings = typed(
            "/settings",
            settings,
            "allowed_origins, color, greeting and name",
        )?;
        settings.check()?;
        Ok(json!(settings))
    }

    async fn replace_token(
        &self,
        record: &mut ChannelRecord,
        secrets: Map<String, Value>,
    ) -> Result<()> {
        if record.kind != ChannelKind::Telegram {
            return Err(Error::invalid_field(
                "/secrets",
                "unknown",
                "a widget takes none",
            ));
        }
        let TelegramToken { bot_token } = typed("/secrets", secrets, "bot_token")?;
        let bot_token = bot_token.trim().to_owned();
        self.try_token(&bot_token).await?;
        // Another bot counts its chats' messages from one again, and what was stored under those numbers would be
        // taken for what comes now.
        if record.account.as_deref() != bot_token.split(':').next() {
            return Err(Error::invalid_field(
                "/secrets/bot_token",
                "another_bot",
                "this is the token of another bot: make a channel of its own for it",
            ));
        }
        let webhook_secret = crate::secrets::random_word::<32>()?;
        record.secrets = self.sealed(
            record,
            &TelegramSecrets {
                bot_token,
                webhook_secret,
            },
        )?;
        Ok(())
    }

    async fn store_patch(
        &self,
        who: &Principal,
        before: ChannelRecord,
        mut after: ChannelRecord,
    ) -> Result<ChannelRecord> {
        let (scope, actor) = (who.scope(), who.actor());
        let stored = self
            .store()
            .write(&scope, move |unit| async move {
                if channels::lock(&unit, &scope, after.id).await?.is_none() {
                    return Err(Error::not_found("channel"));
                }
                after.updated_at = unit.now();
                channels::update(&unit, &after).await?;
                // Those who wait may find others now.
                unit.wake(Queue::Route, "");
                let line = Line::of("channel.changed", "channel", after.id.0).with(json!({
                    "from": {"name": before.name, "settings": before.settings},
                    "to": {"name": after.name, "settings": after.settings},
                    "secrets_replaced": before.secrets != after.secrets,
                }));
                audit::record(&unit, &scope, Some(actor), line).await?;
                Ok(after)
            })
            .await
            .map_err(account_taken)?;
        self.channel_changed(&stored);
        Ok(stored)
    }

    /// Deletes a channel. Its conversations stay; its secrets do not.
    pub async fn delete_channel(&self, who: &Principal, id: ChannelId) -> Result<()> {
        let record = self.stored_channel(who, id).await?;
        need_manage(who)?;
        let open = self.open_channel(record).ok();
        let (scope, actor) = (who.scope(), who.actor());
        let deleted = self
            .store()
            .write(&scope, move |unit| async move {
                let found = channels::lock(&unit, &scope, id).await?;
                let mut record = found.ok_or_else(|| Error::not_found("channel"))?;
                record.deleted_at = Some(unit.now());
                record.secrets = String::new();
                channels::update(&unit, &record).await?;
                let line = Line::of("channel.deleted", "channel", id.0)
                    .with(json!({"type": record.kind, "name": record.name}));
                audit::record(&unit, &scope, Some(actor), line).await?;
                Ok::<_, Error>(record)
            })
            .await?;
        self.channel_changed(&deleted);
        if let Some(open) = open {
            abandon(open);
        }
        Ok(())
    }
}

/// Asks the provider to stop calling us. Whether it hears that changes nothing here, so nobody waits.
fn abandon(channel: OpenChannel) {
    tokio::spawn(async move {
        let Some(link) = channel.telegram() else {
            return;
        };
        if link.settings.mode == TelegramMode::Webhook
            && let Err(error) = link.bot.delete_webhook().await
        {
            tracing::info!(channel_id = %channel.record.id, code = error.code(), "a webhook was not removed");
        }
    });
}
