//! Open channels, remembered for a moment: a webhook call needs no statement to find its channel.

use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
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
    /// Grows with every change, so that what was read before one is not remembered after it.
    changes: AtomicU64,
}

struct Remembered {
    channel: Arc<OpenChannel>,
    read_at: Instant,
    /// Somebody reads it anew: one is enough.
    being_read: AtomicBool,
}

impl RememberedChannels {
    fn changes(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }

    /// Remembers what was read when there had been so many `changes`.
    fn put(&self, channel: &Arc<OpenChannel>, changes: u64) {
        let remembered = || Remembered {
            channel: Arc::clone(channel),
            read_at: Instant::now(),
            being_read: AtomicBool::new(false),
        };
        let record = &channel.record;
        self.by_id.insert(record.id, remembered());
        if record.deleted_at.is_none() {
            self.by_key.insert(record.public_key.clone(), remembered());
        }
        if self.changes() != changes {
            self.remove(record);
        }
    }

    fn forget(&self, record: &ChannelRecord) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.remove(record);
    }

    fn remove(&self, record: &ChannelRecord) {
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
        let changes = self.remembered_channels().changes();
        let found = channels::find(self.store().reader(), scope, id).await?;
        self.remember_channel(found.ok_or_else(absent)?, changes)
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
        let changes = self.remembered_channels().changes();
        let why = PlatformScope::for_reason("the key names the tenant");
        let found = channels::by_public_key(self.store().reader(), why, key).await?;
        self.remember_channel(found.ok_or_else(|| Error::not_found(what))?, changes)
    }

    fn remember_channel(&self, record: ChannelRecord, changes: u64) -> Result<Arc<OpenChannel>> {
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
        remembered.put(&channel, changes);
        Ok(channel)
    }

    /// Forgets what is remembered of a channel that was just changed, and tells others to.
    pub(crate) fn channel_changed(&self, record: &ChannelRecord) {
        self.remembered_channels().forget(record);
        self.bus().send(Signal::TenantChanged {
            tenant_id: record.tenant_id,
        });
    }
}
