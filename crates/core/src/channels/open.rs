//! A channel ready for use: its secrets opened, its adapter made.

use std::sync::Arc;

use omni_channels::telegram::{self, Telegram};
use omni_model::ChannelKind;
use omni_store::ChannelRecord;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::needs::{self, Needs};
use super::settings::{TelegramSecrets, TelegramSettings, WidgetSecrets, WidgetSettings};
use crate::inbound::ChannelRef;
use crate::secrets::Place;
use crate::{Core, Error, Result};

/// A channel ready for use.
pub struct OpenChannel {
    pub record: ChannelRecord,
    /// What sends through it; a widget's visitors are reached by their sockets.
    pub port: Option<Arc<dyn omni_channels::Channel>>,
    /// What it asks of whoever answers.
    pub(crate) needs: Needs,
    link: Link,
}

enum Link {
    Telegram(TelegramLink),
    Widget(WidgetLink),
    /// Deleted.
    Gone,
}

pub(super) struct TelegramLink {
    pub(super) bot: Telegram,
    pub(super) settings: TelegramSettings,
    pub(super) secrets: TelegramSecrets,
}

pub(crate) struct WidgetLink {
    pub(crate) settings: WidgetSettings,
    pub(crate) secrets: WidgetSecrets,
}

impl OpenChannel {
    /// What comes through it is told by this; `None` for one that was deleted.
    pub(crate) fn reference(&self) -> Option<ChannelRef> {
        self.record.deleted_at.is_none().then_some(ChannelRef {
            id: self.record.id,
            kind: self.record.kind,
            team: self.needs.team_id,
        })
    }

    /// Whether a webhook call with this secret comes from the provider.
    pub fn proves(&self, secret: Option<&[u8]>) -> bool {
        self.telegram()
            .is_some_and(|link| telegram::secret_matches(&link.secrets.webhook_secret, secret))
    }

    /// Whether a page of this origin may carry the widget.
    pub fn admits_origin(&self, origin: Option<&str>) -> bool {
        self.widget()
            .is_some_and(|link| link.settings.admits(origin))
    }

    pub(super) fn telegram(&self) -> Option<&TelegramLink> {
        match &self.link {
            Link::Telegram(link) => Some(link),
            _ => None,
        }
    }

    pub(crate) fn widget(&self) -> Option<&WidgetLink> {
        match &self.link {
            Link::Widget(link) => Some(link),
            _ => None,
        }
    }
}

impl Core {
    /// Opens a channel's secrets and makes its adapter.
    pub(super) fn open_channel(&self, record: ChannelRecord) -> Result<OpenChannel> {
        let link = match record.kind {
            _ if record.deleted_at.is_some() => Link::Gone,
            ChannelKind::Telegram => Link::Telegram(self.telegram_link(&record)?),
            ChannelKind::Widget => Link::Widget(WidgetLink {
                settings: stored_settings(&record)?,
                secrets: self.unsealed(&record)?,
            }),
            // Cannot be made yet.
            ChannelKind::Whatsapp | ChannelKind::Wazzup | ChannelKind::Email | ChannelKind::Api => {
                Link::Gone
            }
        };
        let port = match &link {
            Link::Telegram(link) => {
                Some(Arc::new(link.bot.clone()) as Arc<dyn omni_channels::Channel>)
            }
            Link::Widget(_) | Link::Gone => None,
        };
        let needs = Needs::of(&record.settings);
        Ok(OpenChannel {
            record,
            port,
            needs,
            link,
        })
    }

    fn telegram_link(&self, record: &ChannelRecord) -> Result<TelegramLink> {
        let secrets: TelegramSecrets = self.unsealed(record)?;
        let settings = stored_settings(record)?;
        Ok(TelegramLink {
            bot: self.bot(&secrets.bot_token)?,
            settings,
            secrets,
        })
    }

    /// The bot of a token.
    pub(super) fn bot(&self, token: &str) -> Result<Telegram> {
        Telegram::new(
            self.telegram_outbound().clone(),
            &self.options().telegram_api_url,
            token,
        )
        .map_err(|error| Error::invalid_field("/secrets/bot_token", "invalid", error.to_string()))
    }

    /// The bot of a Telegram channel.
    pub(crate) fn telegram(&self, record: &ChannelRecord) -> Result<Telegram> {
        self.telegram_link(record).map(|link| link.bot)
    }

    pub(super) fn sealed<T: Serialize>(
        &self,
        record: &ChannelRecord,
        secrets: &T,
    ) -> Result<String> {
        let plain = serde_json::to_vec(secrets).expect("secrets are plain data");
        self.keys().seal(place(record), &plain)
    }

    pub(super) fn unsealed<T: DeserializeOwned>(&self, record: &ChannelRecord) -> Result<T> {
        let plain = self.keys().open(place(record), &record.secrets)?;
        serde_json::from_slice(&plain)
            .map_err(|_| Error::internal("a channel's secrets do not read", "unexpected form"))
    }
}

fn place(record: &ChannelRecord) -> Place {
    Place {
        tenant: record.tenant_id,
        table: "channels",
        column: "secrets",
        row: record.id.0,
    }
}

fn stored_settings<T: DeserializeOwned>(record: &ChannelRecord) -> Result<T> {
    serde_json::from_value(needs::without(&record.settings))
        .map_err(|_| Error::internal("a channel's settings do not read", "unexpected form"))
}
