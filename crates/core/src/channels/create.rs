//! Making a channel.

use omni_model::{ChannelId, ChannelKind, ChannelStatus, Principal, Timestamp, codes};
use omni_store::{ChannelRecord, UniqueKey, channels};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::needs::Needs;
use super::settings::{
    TelegramSecrets, TelegramToken, TelegramWish, WidgetSecrets, WidgetSettings, typed,
};
use super::view::{Channel, need_manage};
use crate::audit::{self, Line};
use crate::customers::is_name;
use crate::once::{Keeper, Made};
use crate::secrets::random_word;
use crate::{Core, Error, Result};

/// A channel to make.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewChannel {
    #[serde(rename = "type")]
    pub kind: ChannelKind,
    pub name: String,
    /// telegram: `{mode?}`; widget: `{allowed_origins?, color?, greeting?, name?}`; both:
    /// `{required_skills?, team_id?}`, what they ask of whoever answers.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub settings: Map<String, Value>,
    /// telegram: `{bot_token}`; widget: none.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub secrets: Map<String, Value>,
}

impl Core {
    /// Refuses whom 403 is due before anybody looks at what he sent.
    pub fn check_create_channel(&self, who: &Principal) -> Result<()> {
        need_manage(who)
    }

    /// Makes a channel and connects it. A widget's secret is told here and nowhere else.
    pub async fn create_channel(
        &self,
        who: &Principal,
        new: NewChannel,
        key: Option<String>,
    ) -> Result<Made<Channel>> {
        need_manage(who)?;
        let made = self
            .make_once(who, key, "channels.create", &new, |keeper| {
                self.make_channel(who, new.clone(), keeper)
            })
            .await?;
        let mut record = self.stored_channel(who, made.value).await?;
        if !made.replayed && record.kind == ChannelKind::Telegram {
            // Only now, when the row is there before the first update comes.
            record = self.connect(record).await?;
        }
        let open = self.open_channel(record.clone())?;
        let mut value = self.show_channel(who, record);
        value.identity_secret = open
            .widget()
            .map(|link| link.secrets.identity_secret.clone());
        Ok(Made {
            value,
            replayed: made.replayed,
        })
    }

    async fn make_channel(
        &self,
        who: &Principal,
        new: NewChannel,
        keeper: Keeper,
    ) -> Result<ChannelId> {
        let name = checked_name(&new.name)?;
        let mut new = new;
        let needs = Needs::take(&mut new.settings, Needs::default())?;
        self.check_needs(&who.scope(), &needs).await?;
        let mut record = match new.kind {
            ChannelKind::Telegram => self.new_telegram(who, name, new).await?,
            ChannelKind::Widget => self.new_widget(who, name, new)?,
            ChannelKind::Whatsapp | ChannelKind::Wazzup | ChannelKind::Email | ChannelKind::Api => {
                let detail = "telegram or widget";
                return Err(Error::invalid_field("/type", "unsupported", detail));
            }
        };
        needs.put(&mut record.settings);
        self.store_channel(who, record, keeper).await
    }

    async fn new_telegram(
        &self,
        who: &Principal,
        name: String,
        new: NewChannel,
    ) -> Result<ChannelRecord> {
        let wish: TelegramWish = typed("/settings", new.settings, "mode")?;
        let TelegramToken { bot_token } = typed("/secrets", new.secrets, "bot_token")?;
        let bot_token = bot_token.trim().to_owned();
        let (standing, account_name) = self.try_token(&bot_token).await?;
        let account = bot_token.split(':').next().map(str::to_owned);
        let secrets = TelegramSecrets {
            bot_token,
            webhook_secret: random_word::<32>()?,
        };
        let mut record = self.blank(who, ChannelKind::Telegram, name, random_word::<32>()?);
        record.settings = json!(wish.settle(&self.options().public_url));
        record.secrets = self.sealed(&record, &secrets)?;
        record.account = account;
        record.account_name = account_name;
        record.status = ChannelStatus::Connecting;
        record.status_detail = standing.detail;
        Ok(record)
    }

    fn new_widget(&self, who: &Principal, name: String, new: NewChannel) -> Result<ChannelRecord> {
        let settings: WidgetSettings = typed(
            "/settings",
            new.settings,
            "allowed_origins, color, greeting and name",
        )?;
        settings.check()?;
        if !new.secrets.is_empty() {
            let detail = "a widget's secret is made here";
            return Err(Error::invalid_field("/secrets", "unknown", detail));
        }
        let secrets = WidgetSecrets {
            identity_secret: random_word::<32>()?,
        };
        let key = format!("wk_{}", random_word::<16>()?);
        let mut record = self.blank(who, ChannelKind::Widget, name, key);
        record.settings = json!(settings);
        record.secrets = self.sealed(&record, &secrets)?;
        Ok(record)
    }

    fn blank(
        &self,
        who: &Principal,
        kind: ChannelKind,
        name: String,
        public_key: String,
    ) -> ChannelRecord {
        let now: Timestamp = self.clock().now();
        ChannelRecord {
            id: ChannelId::new(self.clock()),
            tenant_id: who.tenant_id,
            kind,
            name,
            status: ChannelStatus::Active,
            status_detail: None,
            settings: json!({}),
            secrets: String::new(),
            public_key,
            account: None,
            account_name: None,
            deleted_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    async fn store_channel(
        &self,
        who: &Principal,
        record: ChannelRecord,
        keeper: Keeper,
    ) -> Result<ChannelId> {
        let (scope, actor, id) = (who.scope(), who.actor(), record.id);
        self.store()
            .write(&scope, move |unit| async move {
                keeper.keep(&unit, &id).await?;
                channels::insert(&unit, &record).await?;
                let line = Line::of("channel.created", "channel", id.0).with(json!({
                    "type": record.kind,
                    "name": record.name,
                    "settings": record.settings,
                }));
                audit::record(&unit, &scope, Some(actor), line).await
            })
            .await
            .map_err(account_taken)?;
        Ok(id)
    }
}

/// One account is one channel, whoever's: its messages could not go to two places.
pub(super) fn account_taken(error: Error) -> Error {
    match error {
        Error::Store(error) if error.violates(UniqueKey::CHANNEL_ACCOUNT) => {
            Error::refused(codes::CHANNEL_EXISTS, "this bot is connected already")
        }
        other => other,
    }
}

pub(super) fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    if is_name(name) {
        Ok(name.to_owned())
    } else {
        Err(Error::invalid_field(
            "/name",
            "invalid",
            "1 to 200 characters in one line",
        ))
    }
}
