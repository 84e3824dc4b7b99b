//! Asking a provider how a channel stands, and mending what can be mended.

use omni_channels::Channel as _;
use omni_model::{ChannelId, ChannelStatus, Principal};

use super::connect::Standing;
use super::settings::TelegramMode;
use super::view::{Channel, need_manage};
use crate::{Core, Result};

impl Core {
    /// Asks the provider. Where it hands updates over another way than the settings say, that is mended.
    pub async fn check_channel(&self, who: &Principal, id: ChannelId) -> Result<Channel> {
        let record = self.stored_channel(who, id).await?;
        need_manage(who)?;
        let open = self.open_channel(record.clone())?;
        let Some(link) = open.telegram() else {
            return Ok(self.show_channel(who, record));
        };
        let check = link.bot.check().await;
        let name = check.account.as_ref().and_then(|it| it.username.clone());
        let record = self.note_name(record, name).await?;
        let url = check
            .webhook
            .as_ref()
            .and_then(|webhook| webhook.url.as_deref());
        let is_as_set = match link.settings.mode {
            TelegramMode::Webhook => url == Some(self.webhook_url(&record).as_str()),
            TelegramMode::Polling => url.is_none(),
        };
        if check.status == ChannelStatus::Active && !is_as_set {
            let record = self.connect(record).await?;
            return Ok(self.show_channel(who, record));
        }
        let trouble = check.webhook.and_then(|webhook| webhook.last_error);
        let detail = match trouble {
            Some(error) => format!("{}; Telegram's last trouble: {error}", check.detail),
            None => check.detail,
        };
        let record = self
            .note_standing(record, Standing::of(check.status, &detail))
            .await?;
        Ok(self.show_channel(who, record))
    }
}
