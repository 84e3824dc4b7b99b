//! Reading a bot's updates where Telegram cannot call us. What was read is stored in the same unit of
//! work that moves the offset on, so nothing is lost or read twice, whenever the process dies.

use std::time::Duration;

use omni_channels::telegram;
use omni_model::{ChannelKind, ChannelStatus, PlatformScope};
use omni_store::channels::{self, ChannelRecord};
use omni_store::raw_events::{self, NewRawEvent};

use crate::{Core, Error, Result};

/// How long Telegram holds a question without updates.
const HOLD: Duration = Duration::from_secs(25);
/// Wait after an answer that helps nobody.
const AFTER_TROUBLE: Duration = Duration::from_secs(5);
/// Updates of one answer.
const UPDATES: u8 = 100;

/// How a look for updates ended.
#[derive(Debug)]
pub enum Polled {
    /// What there was is stored; ask again.
    Stored,
    /// Nothing this time; ask again after this long.
    Wait(Duration),
}

impl Core {
    /// The channels that must be polled.
    pub async fn polled_channels(&self) -> Result<Vec<ChannelRecord>> {
        let why = PlatformScope::for_reason("pollers serve all tenants");
        let reader = self.store().reader();
        let mut found =
            channels::in_state(reader, why, ChannelKind::Telegram, ChannelStatus::Active).await?;
        found.retain(|channel| {
            channel
                .settings
                .get("mode")
                .is_some_and(|mode| mode == "polling")
        });
        Ok(found)
    }

    /// Asks once for updates and stores them.
    pub async fn poll(&self, channel: &ChannelRecord) -> Result<Polled> {
        let scope = channel.scope();
        let bot = self.telegram(channel)?;
        let offset = channels::poll_offset(self.store().reader(), &scope, channel.id).await?;
        let updates = match bot.get_updates(offset, HOLD, UPDATES).await {
            Ok(updates) if updates.is_empty() => return Ok(Polled::Wait(Duration::ZERO)),
            Ok(updates) => updates,
            Err(error) => return self.poll_failed(channel, &bot, error).await,
        };
        let now = self.clock().now();
        // From this batch only: after a quiet week Telegram starts from a random number, perhaps a lower one, and
        // an offset that lies ahead of it confirms nothing.
        let mut last = None;
        let mut events = Vec::with_capacity(updates.len());
        for update in updates {
            let payload = String::from(Box::<str>::from(update));
            last = last.max(telegram::update_number(&payload));
            // What cannot be read is kept all the same, and set aside by whoever works it off.
            let envelope = telegram::envelope(payload.as_bytes())
                .unwrap_or_else(|_| telegram::unreadable(payload.as_bytes()));
            events.push(NewRawEvent {
                scope,
                channel_id: channel.id,
                provider_event_id: envelope.provider_event_id,
                order_key: envelope.order_key,
                kind: envelope.kind,
                payload,
                received_at: now,
            });
        }
        let next = last.map_or(offset, |last| last.saturating_add(1));
        let id = channel.id;
        self.store()
            .write(&scope, move |unit| async move {
                raw_events::accept(&unit, &events).await?;
                channels::set_poll_offset(&unit, &scope, id, next).await?;
                Ok::<_, Error>(())
            })
            .await?;
        Ok(match last {
            Some(_) => Polled::Stored,
            // Without numbers nothing can be confirmed, so the same would come again at once.
            None => Polled::Wait(AFTER_TROUBLE),
        })
    }

    async fn poll_failed(
        &self,
        channel: &ChannelRecord,
        bot: &telegram::Telegram,
        error: telegram::CallError,
    ) -> Result<Polled> {
        use telegram::{CallError, Conflict};
        Ok(match error {
            CallError::RateLimited { after } => Polled::Wait(after.unwrap_or(AFTER_TROUBLE)),
            CallError::Conflict(Conflict::WebhookActive) => {
                // The settings say polling: whatever set a webhook, it goes; unless they say so no longer.
                let scope = channel.scope();
                let now = channels::find(self.store().reader(), &scope, channel.id).await?;
                if now.is_some_and(|now| now.settings == channel.settings) {
                    let _ = bot.delete_webhook().await;
                }
                Polled::Wait(Duration::from_secs(1))
            }
            // Another server of ours that shares the database, an old one that is still stopping, or somebody's
            // script. Only one is answered at a time: taking turns, each stores what it gets.
            CallError::Conflict(Conflict::OtherPoller) => {
                tracing::warn!(channel_id = %channel.id, "another program reads this bot's updates, too");
                self.note_rival(channel).await?;
                Polled::Wait(HOLD)
            }
            CallError::Unauthorised { .. } | CallError::Conflict(_) => {
                self.channel_failed(channel, &error.to_string()).await?;
                Polled::Wait(Duration::from_secs(30))
            }
            _ => Polled::Wait(AFTER_TROUBLE),
        })
    }
}
