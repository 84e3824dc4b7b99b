//! Open channels, remembered for a moment: a webhook call needs no statement to find its channel.

use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use dashmap::DashMap;
use omni_bus::Signal;
use omni_model::{ChannelId, ChannelKind, PlatformScope, TenantScope};
use omni_store::{ChannelRecord, channels};

use super::open::OpenChannel;
use crate::{Core, Error, Result};

/// How long a channel is used without asking whether another process changed it.
const FRESH: Duration = Duration::from_secs(2);
/// How long it is used while somebody asks.
const STALE: Duration = Duration::from_secs(4);

/// Open channels by id and by the key from outside. Channels that do not exist are not remembered, so that
/// guessing keys fills no memory.
#[derive(Default)]
pub(crate) struct RememberedChannels {
    by_id: DashMap<ChannelId, Remembered>,
    by_key: DashMap<String, Remembered>,
}

struct Remembered {
    channel: Arc<OpenChannel>,
    read_at: Instant,
    /// Somebody reads it anew: one is enough.
    being_read: AtomicBool,
}

impl RememberedChannels {
    fn put(&self, channel: &Arc<OpenChannel>) {
        let remembered = || Remembered {
            channel: Arc::clone(channel),
            read_at: Instant::now(),
            being_read: AtomicBool::new(false),
        };
        self.by_id.insert(channel.record.id, remembered());
        if channel.record.deleted_at.is_none() {
            self.by_key
                .insert(channel.record.public_key.clone(), remembered());
        }
    }

    fn forget(&self, record: &ChannelRecord) {
        self.by_id.remove(&record.id);
        self.by_key.remove(&record.public_key);
    }
}

/// What is remembered under `key`, if it may still be used. Of those who come after it got stale, the first
/// gets nothing and reads it anew.
fn recall<K, Q>(map: &DashMap<K, Remembered>, key: &Q) -> Option<Arc<OpenChannel>>
where
    K: Borrow<Q> + Eq + Hash,
    Q: Eq + Hash + ?Sized,
{
    let remembered = map.get(key)?;
    let age = remembered.read_at.elapsed();
    let usable =
        age < FRESH || (age < STALE && remembered.being_read.swap(true, Ordering::Relaxed));
    usable.then(|| Arc::clone(&remembered.channel))
}

impl Core {
    /// A channel by id. A deleted one is found, but leads nowhere.
    pub async fn channel(&self, scope: &TenantScope, id: ChannelId) -> Result<Arc<OpenChannel>> {
        let absent = || Error::not_found("channel");
        if let Some(channel) = recall(&self.remembered_channels().by_id, &id) {
            let is_theirs = channel.record.tenant_id == scope.tenant_id();
            return is_theirs.then_some(channel).ok_or_else(absent);
        }
        let found = channels::find(self.store().reader(), scope, id).await?;
        self.remember_channel(found.ok_or_else(absent)?)
    }

    /// The kind of a channel; `None` for one that was deleted.
    pub(crate) async fn channel_kind(
        &self,
        scope: &TenantScope,
        id: ChannelId,
    ) -> Result<Option<ChannelKind>> {
        let record = &self.channel(scope, id).await?.record;
        Ok(record.deleted_at.is_none().then_some(record.kind))
    }

    /// What sends through a channel; `None` for one that was deleted, and for widgets.
    pub(crate) async fn channel_port(
        &self,
        scope: &TenantScope,
        id: ChannelId,
    ) -> Result<Option<Arc<dyn omni_channels::Channel>>> {
        Ok(self.channel(scope, id).await?.port.clone())
    }

    /// The Telegram channel that a webhook's token names.
    pub async fn channel_by_webhook_token(&self, token: &str) -> Result<Arc<OpenChannel>> {
        let channel = self.channel_by_key(token, "webhook").await?;
        let is_telegram = channel.telegram().is_some();
        is_telegram
            .then_some(channel)
            .ok_or_else(|| Error::not_found("webhook"))
    }

    /// The widget that a key on somebody's page names.
    pub async fn channel_by_widget_key(&self, key: &str) -> Result<Arc<OpenChannel>> {
        let channel = self.channel_by_key(key, "widget").await?;
        let is_widget = channel.widget().is_some();
        is_widget
            .then_some(channel)
            .ok_or_else(|| Error::not_found("widget"))
    }

    async fn channel_by_key(&self, key: &str, what: &'static str) -> Result<Arc<OpenChannel>> {
        if let Some(channel) = recall(&self.remembered_channels().by_key, key) {
            return Ok(channel);
        }
        let why = PlatformScope::for_reason("the key names the tenant");
        let found = channels::by_public_key(self.store().reader(), why, key).await?;
        self.remember_channel(found.ok_or_else(|| Error::not_found(what))?)
    }

    fn remember_channel(&self, record: ChannelRecord) -> Result<Arc<OpenChannel>> {
        let remembered = self.remembered_channels();
        // Nothing changed: the adapter that is there stays.
        let same = remembered
            .by_id
            .get(&record.id)
            .filter(|known| known.channel.record == record)
            .map(|known| Arc::clone(&known.channel));
        let channel = match same {
            Some(channel) => channel,
            None => Arc::new(self.open_channel(record)?),
        };
        remembered.put(&channel);
        Ok(channel)
    }

    /// Forgets what is remembered of a channel that was just changed, and tells others to.
    pub(super) fn channel_changed(&self, record: &ChannelRecord) {
        self.remembered_channels().forget(record);
        self.bus().send(Signal::TenantChanged {
            tenant_id: record.tenant_id,
        });
    }
}
