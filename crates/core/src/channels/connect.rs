//! Connecting a bot: having its updates handed over, and noting how it stands.

use omni_channels::telegram::CallError;
use omni_model::{ChannelKind, ChannelStatus, PlatformScope, codes};
use omni_store::{ChannelRecord, channels};

use super::open::TelegramLink;
use super::settings::TelegramMode;
use crate::{Core, Error, Result};

/// Characters of a detail that a provider wrote.
const DETAIL: usize = 500;

/// How a channel stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) status: ChannelStatus,
    /// In words, where there is something to say.
    pub(super) detail: Option<String>,
}

impl Standing {
    pub(super) const ACTIVE: Self = Self {
        status: ChannelStatus::Active,
        detail: None,
    };

    pub(super) fn of(status: ChannelStatus, detail: &str) -> Self {
        Self {
            status,
            detail: Some(detail.chars().take(DETAIL).collect()),
        }
    }

    fn after(error: &CallError) -> Self {
        let status = match error {
            CallError::Unauthorised { .. } | CallError::Refused { .. } => ChannelStatus::Error,
            // All else may pass.
            _ => ChannelStatus::Connecting,
        };
        Self::of(status, &error.to_string())
    }
}

impl Core {
    /// Asks whose token this is, and the bot's name. A refused one stores nothing; with Telegram out of reach the channel is
    /// made, and connects later.
    pub(super) async fn try_token(&self, token: &str) -> Result<(Standing, Option<String>)> {
        match self.bot(token)?.get_me().await {
            Ok(bot) => Ok((Standing::ACTIVE, bot.username)),
            Err(CallError::Unauthorised { .. }) => Err(Error::refused(
                codes::CHANNEL_REFUSED,
                "Telegram does not accept this bot token",
            )),
            Err(error) => {
                let standing = Standing::of(ChannelStatus::Connecting, &error.to_string());
                Ok((standing, None))
            }
        }
    }

    /// Keeps what the provider calls the account, where it told.
    pub(super) async fn note_name(
        &self,
        record: ChannelRecord,
        name: Option<String>,
    ) -> Result<ChannelRecord> {
        if name.is_none() || record.account_name == name {
            return Ok(record);
        }
        let scope = record.scope();
        let noted = self
            .store()
            .write(&scope, move |unit| async move {
                let Some(mut now) = channels::lock(&unit, &scope, record.id).await? else {
                    return Ok(record);
                };
                now.account_name = name;
                channels::update(&unit, &now).await?;
                Ok::<_, Error>(now)
            })
            .await?;
        self.channel_changed(&noted);
        Ok(noted)
    }

    /// Has the bot's updates handed over the way the settings say, and notes how that went.
    pub(super) async fn connect(&self, record: ChannelRecord) -> Result<ChannelRecord> {
        let standing = match self.open_channel(record.clone())?.telegram() {
            Some(link) => self.hand_over(&record, link).await,
            None => Standing::ACTIVE,
        };
        self.note_standing(record, standing).await
    }

    async fn hand_over(&self, record: &ChannelRecord, link: &TelegramLink) -> Standing {
        let done = match link.settings.mode {
            TelegramMode::Webhook => {
                let url = self.webhook_url(record);
                link.bot
                    .set_webhook(&url, &link.secrets.webhook_secret)
                    .await
            }
            TelegramMode::Polling => link.bot.delete_webhook().await,
        };
        match done {
            Ok(()) => Standing::ACTIVE,
            Err(error) => Standing::after(&error),
        }
    }

    /// Writes how a channel stands, unless it was changed meanwhile.
    pub(super) async fn note_standing(
        &self,
        record: ChannelRecord,
        standing: Standing,
    ) -> Result<ChannelRecord> {
        if (record.status, &record.status_detail) == (standing.status, &standing.detail) {
            return Ok(record);
        }
        let scope = record.scope();
        let noted = self
            .store()
            .write(&scope, move |unit| async move {
                let Some(mut now) = channels::lock(&unit, &scope, record.id).await? else {
                    return Ok(record);
                };
                let same_link = now.settings == record.settings && now.secrets == record.secrets;
                if same_link {
                    now.status = standing.status;
                    now.status_detail = standing.detail;
                    now.updated_at = unit.now();
                    channels::update(&unit, &now).await?;
                }
                Ok::<_, Error>(now)
            })
            .await?;
        self.channel_changed(&noted);
        Ok(noted)
    }

    /// Notes that a channel's provider refuses us.
    pub(crate) async fn channel_failed(&self, record: &ChannelRecord, detail: &str) -> Result<()> {
        let standing = Standing::of(ChannelStatus::Error, detail);
        self.note_standing(record.clone(), standing)
            .await
            .map(|_| ())
    }

    /// Notes that somebody else reads a bot's updates, too. Whoever looks after it takes the note away again.
    pub(crate) async fn note_rival(&self, record: &ChannelRecord) -> Result<()> {
        let scope = record.scope();
        let Some(now) = channels::find(self.store().reader(), &scope, record.id).await? else {
            return Ok(());
        };
        let words = "another program reads this bot's updates, too, so each of you gets a part of them: \
                     stop it, or give the bot a new token with @BotFather and set it here";
        let standing = Standing::of(now.status, words);
        self.note_standing(now, standing).await.map(drop)
    }

    /// Tries to connect what could not be connected before. For workers, every half a minute or so.
    pub async fn reconnect_channels(&self) -> Result<()> {
        let why = PlatformScope::for_reason("connecting serves all tenants");
        let (kind, status) = (ChannelKind::Telegram, ChannelStatus::Connecting);
        for record in channels::in_state(self.store().reader(), why, kind, status).await? {
            let id = record.id;
            // One channel that cannot be opened must not keep the others waiting.
            if let Err(error) = self.connect(record).await {
                tracing::warn!(channel_id = %id, %error, "a channel was not connected");
            }
        }
        Ok(())
    }

    /// Where a provider is to call us for a channel.
    pub(super) fn webhook_url(&self, record: &ChannelRecord) -> String {
        let base = self.options().public_url.as_str().trim_end_matches('/');
        format!("{base}/api/v1/telegram/webhook/{}", record.public_key)
    }
}
