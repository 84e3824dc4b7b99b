//! Looking after bots: whether Telegram still hands their updates over as it should. What can be mended is mended; a
//! bot whose mode is ours to choose is asked for updates where they cannot be handed over, and called again later.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use omni_channels::{Channel as _, Check, WebhookState};
use omni_model::{ChannelKind, ChannelStatus, PlatformScope, Timestamp};
use omni_store::channel_watches::{self, Watch};
use omni_store::{ChannelRecord, channels};
use serde_json::json;

use super::connect::Standing;
use super::open::TelegramLink;
use super::settings::TelegramMode;
use crate::{Core, Error, Result};

/// Channels that one look takes, and how many at a time.
const AT_ONCE: usize = 8;
const LOOK: u64 = 200;

/// How patiently bots are looked after.
#[derive(Clone, Copy, Debug)]
pub struct WatchPace {
    /// Between two looks at the same bot, at least; up to half as much comes on top, so that they spread.
    pub every: Duration,
    /// How long nothing can be handed over before something is done about it.
    pub patience: Duration,
    /// How long a bot is asked before it is tried to have it called again.
    pub back: Duration,
}

impl Default for WatchPace {
    fn default() -> Self {
        Self {
            every: Duration::from_secs(180),
            patience: Duration::from_secs(600),
            back: Duration::from_secs(1800),
        }
    }
}

impl Core {
    /// Looks after the bots whose turn has come. For workers: of several processes each takes others.
    pub async fn watch_channels(&self, pace: WatchPace) -> Result<()> {
        let why = PlatformScope::for_reason("looking after bots serves all tenants");
        let (reader, now) = (self.store().reader(), self.clock().now());
        let due = channel_watches::due(reader, why, ChannelKind::Telegram, now, LOOK).await?;
        stream::iter(due)
            .for_each_concurrent(AT_ONCE, |(record, watch)| async move {
                let id = record.id;
                if let Err(error) = self.watch_one(record, watch, pace).await {
                    tracing::warn!(channel_id = %id, %error, "a bot was not looked after");
                }
            })
            .await;
        Ok(())
    }

    async fn watch_one(&self, record: ChannelRecord, watch: Watch, pace: WatchPace) -> Result<()> {
        let now = self.clock().now();
        let next = now.plus(pace.every + spread(&record, pace.every));
        let (scope, taken) = (record.scope(), record.clone());
        let mine = self
            .store()
            .write(&scope, move |unit| async move {
                Ok::<_, Error>(channel_watches::take(&unit, &taken, watch.at, next).await?)
            })
            .await?;
        if !mine {
            return Ok(());
        }
        let open = self.open_channel(record.clone())?;
        let Some(link) = open.telegram() else {
            return Ok(());
        };
        let check = link.bot.check().await;
        let name = check.account.as_ref().and_then(|it| it.username.clone());
        let record = self.note_name(record, name).await?;
        match (&check.webhook, link.settings.mode) {
            (Some(webhook), TelegramMode::Webhook) => {
                self.watch_webhook(record, link, webhook, watch, pace).await
            }
            (Some(webhook), TelegramMode::Polling) => {
                self.watch_polling(record, link, webhook, watch, pace).await
            }
            (None, _) => self.note_refusal(record, &check).await,
        }
    }

    /// A token that was taken back must be replaced by somebody; all else passes by itself.
    async fn note_refusal(&self, record: ChannelRecord, check: &Check) -> Result<()> {
        if check.status == ChannelStatus::Error {
            let standing = Standing::of(check.status, &check.detail);
            self.note_standing(record, standing).await?;
        }
        Ok(())
    }

    async fn watch_webhook(
        &self,
        record: ChannelRecord,
        link: &TelegramLink,
        webhook: &WebhookState,
        watch: Watch,
        pace: WatchPace,
    ) -> Result<()> {
        let automatic = link.settings.automatic;
        if webhook.url.as_deref() != Some(self.webhook_url(&record).as_str()) || !webhook.complete {
            let record = self.connect(record).await?;
            let refused = record.status == ChannelStatus::Error;
            if refused && automatic {
                let why = record.status_detail.clone().unwrap_or_default();
                return self.fall_back(record, &why).await;
            }
            return self.note_watch(&record, None, None).await;
        }
        let now = self.clock().now();
        let Some(trouble) = trouble(webhook, now, pace) else {
            self.note_watch(&record, None, None).await?;
            return self.note_standing(record, Standing::ACTIVE).await.map(drop);
        };
        let since = watch.failing_since.unwrap_or(now);
        let long = now.since(since) >= pace.patience;
        if long && automatic {
            return self.fall_back(record, &trouble).await;
        }
        self.note_watch(&record, Some(since), None).await?;
        let status = match long {
            true => ChannelStatus::Error,
            false => ChannelStatus::Active,
        };
        let standing = Standing::of(status, &trouble);
        self.note_standing(record, standing).await.map(drop)
    }

    async fn watch_polling(
        &self,
        record: ChannelRecord,
        link: &TelegramLink,
        webhook: &WebhookState,
        watch: Watch,
        pace: WatchPace,
    ) -> Result<()> {
        let now = self.clock().now();
        if let Some(since) = watch.fell_back_at.filter(|_| link.settings.automatic) {
            if now.since(since) < pace.back {
                return Ok(());
            }
            let record = self.choose(record, TelegramMode::Webhook).await?;
            let record = self.connect(record).await?;
            if record.status == ChannelStatus::Error {
                let why = record.status_detail.clone().unwrap_or_default();
                return self.fall_back(record, &why).await;
            }
            return self.note_watch(&record, None, None).await;
        }
        if webhook.url.is_some() {
            return self.connect(record).await.map(drop);
        }
        self.note_standing(record, Standing::ACTIVE).await.map(drop)
    }

    /// Asks for updates from now on, because they cannot be handed over.
    async fn fall_back(&self, record: ChannelRecord, why: &str) -> Result<()> {
        tracing::warn!(channel_id = %record.id, "updates of a bot are polled: they could not be handed over");
        let record = self.choose(record, TelegramMode::Polling).await?;
        let record = self.connect(record).await?;
        let now = self.clock().now();
        self.note_watch(&record, None, Some(now)).await?;
        if record.status == ChannelStatus::Active {
            let words = format!(
                "asked for updates in the meantime, since they could not be handed over: {why}"
            );
            let standing = Standing::of(ChannelStatus::Active, &words);
            self.note_standing(record, standing).await?;
        }
        Ok(())
    }

    /// Changes the mode of a bot where that is ours to choose, unless somebody did meanwhile.
    async fn choose(&self, record: ChannelRecord, mode: TelegramMode) -> Result<ChannelRecord> {
        let scope = record.scope();
        let chosen = self
            .store()
            .write(&scope, move |unit| async move {
                let found = channels::lock(&unit, &scope, record.id).await?;
                let mut now = found.ok_or_else(|| Error::not_found("channel"))?;
                if now.settings != record.settings {
                    return Err(Error::not_found("channel"));
                }
                now.settings["mode"] = json!(mode);
                channels::update(&unit, &now).await?;
                Ok::<_, Error>(now)
            })
            .await?;
        self.channel_changed(&chosen);
        Ok(chosen)
    }

    pub(super) async fn note_watch(
        &self,
        record: &ChannelRecord,
        failing_since: Option<Timestamp>,
        fell_back_at: Option<Timestamp>,
    ) -> Result<()> {
        let (scope, record) = (record.scope(), record.clone());
        self.store()
            .write(&scope, move |unit| async move {
                channel_watches::note(&unit, &record, failing_since, fell_back_at).await?;
                Ok::<_, Error>(())
            })
            .await
    }
}

/// What Telegram says of handing over, where it fails now: something waits, and it was tried in vain lately.
fn trouble(webhook: &WebhookState, now: Timestamp, pace: WatchPace) -> Option<String> {
    let lately = pace.every * 2 + Duration::from_secs(120);
    let failed = webhook
        .last_error_at
        .is_some_and(|at| now.since(at) <= lately);
    if !failed || webhook.pending == 0 {
        return None;
    }
    let error = webhook.last_error.as_deref().unwrap_or("no answer");
    Some(format!(
        "Telegram cannot hand updates over: {error}; {} wait",
        webhook.pending
    ))
}

/// Bots that were made together are not looked after together.
fn spread(record: &ChannelRecord, every: Duration) -> Duration {
    let part = u32::from(record.id.0.as_bytes()[15]);
    every * part / 512
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_fails_now_is_trouble() {
        let now = Timestamp::from_seconds(10_000);
        let of = |pending, ago| {
            let webhook = WebhookState {
                url: Some("https://a.example".to_owned()),
                pending,
                last_error: Some("Connection refused".to_owned()),
                last_error_at: Some(now.minus(Duration::from_secs(ago))),
                complete: true,
            };
            trouble(&webhook, now, WatchPace::default())
        };
        assert!(of(3, 60).is_some_and(|words| words.ends_with("Connection refused; 3 wait")));
        assert_eq!(of(0, 60), None);
        assert_eq!(of(3, 3600), None);
    }
}
