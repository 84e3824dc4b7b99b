//! A channel as the API shows it. Secrets never leave: of each, its end tells which one is set.

use std::collections::BTreeMap;

use omni_model::{
    ChannelId, ChannelKind, ChannelStatus, Page, Principal, Timestamp, Total, limits,
};
use omni_store::{ChannelRecord, channels};
use serde::Serialize;
use serde_json::Value;

use super::MANAGE;
use super::open::OpenChannel;
use crate::secrets::hint;
use crate::{Core, Error, Result};

/// A channel as the API shows it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Channel {
    pub id: ChannelId,
    #[serde(rename = "type")]
    pub kind: ChannelKind,
    pub name: String,
    pub status: ChannelStatus,
    /// How it stands, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_detail: Option<String>,
    /// What customers address it by: a bot's name without `@`, as in `t.me/...`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_name: Option<String>,
    /// telegram: `{mode, automatic?}`; widget: `{allowed_origins?, color?, greeting?, name?}`; both:
    /// `{required_skills?, team_id?}`.
    #[schema(value_type = Object)]
    pub settings: Value,
    /// Where the provider calls us. For those who manage channels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_url: Option<String>,
    /// The part of it that names the channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_token: Option<String>,
    /// What a page names the widget by; public.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub widget_key: Option<String>,
    /// Proves who visitors are; shown once, when the channel is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_secret: Option<String>,
    /// The last four characters of each secret. For those who manage channels.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    pub secret_hints: BTreeMap<&'static str, String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Core {
    /// The tenant's channels, oldest first.
    pub async fn list_channels(&self, who: &Principal) -> Result<Page<Channel>> {
        need_read(who)?;
        let reader = self.store().reader();
        let records = channels::list(reader, &who.scope(), limits::PAGE_MAX).await?;
        let items: Vec<Channel> = records
            .into_iter()
            .map(|record| self.show_channel(who, record))
            .collect();
        let total = Total::Exact(items.len() as u64);
        Ok(Page::new(items, total, None))
    }

    /// A channel.
    pub async fn get_channel(&self, who: &Principal, id: ChannelId) -> Result<Channel> {
        need_read(who)?;
        let record = self.stored_channel(who, id).await?;
        Ok(self.show_channel(who, record))
    }

    /// Refuses whom 404 or 403 is due before anybody looks at what he sent.
    pub async fn check_manage_channel(&self, who: &Principal, id: ChannelId) -> Result<()> {
        self.stored_channel(who, id).await?;
        need_manage(who)
    }

    pub(super) async fn stored_channel(
        &self,
        who: &Principal,
        id: ChannelId,
    ) -> Result<ChannelRecord> {
        channels::find(self.store().reader(), &who.scope(), id)
            .await?
            .filter(|record| record.deleted_at.is_none())
            .ok_or_else(|| Error::not_found("channel"))
    }

    /// A channel for the eyes of `who`.
    pub(super) fn show_channel(&self, who: &Principal, record: ChannelRecord) -> Channel {
        let mut shown = Channel {
            id: record.id,
            kind: record.kind,
            name: record.name.clone(),
            status: record.status,
            status_detail: record.status_detail.clone(),
            account_name: record.account_name.clone(),
            settings: record.settings.clone(),
            webhook_url: None,
            webhook_token: None,
            widget_key: (record.kind == ChannelKind::Widget).then(|| record.public_key.clone()),
            identity_secret: None,
            secret_hints: BTreeMap::new(),
            created_at: record.created_at,
            updated_at: record.updated_at,
        };
        if !who.may(MANAGE) {
            return shown;
        }
        if record.kind == ChannelKind::Telegram {
            shown.webhook_url = Some(self.webhook_url(&record));
            shown.webhook_token = Some(record.public_key.clone());
        }
        match self.open_channel(record) {
            Ok(open) => shown.secret_hints = hints(&open),
            Err(_) => {
                // Shown all the same, so that it can be mended or deleted.
                shown.status = ChannelStatus::Error;
                shown.status_detail =
                    Some("its secrets cannot be opened: set them anew".to_owned());
            }
        }
        shown
    }
}

fn hints(open: &OpenChannel) -> BTreeMap<&'static str, String> {
    let telegram = open
        .telegram()
        .map(|link| ("bot_token", hint(&link.secrets.bot_token)));
    let widget = open
        .widget()
        .map(|link| ("identity_secret", hint(&link.secrets.identity_secret)));
    telegram.into_iter().chain(widget).collect()
}

fn need_read(who: &Principal) -> Result<()> {
    if who.may("conversations:read") {
        Ok(())
    } else {
        Err(Error::forbidden("conversations:read"))
    }
}

pub(super) fn need_manage(who: &Principal) -> Result<()> {
    if who.may(MANAGE) {
        Ok(())
    } else {
        Err(Error::forbidden(MANAGE))
    }
}
