//! Use cases: what people and channels can do. One function an operation, called alike by REST, webhooks,
//! sockets and, later, agents. Knows no HTTP and no SQL text.

pub mod access;
pub mod api_keys;
pub mod audit;
pub mod canned;
pub mod channels;
pub mod conversations;
pub mod customers;
mod delivery;
pub mod demo;
mod error;
mod fetching;
pub mod files;
pub mod health;
pub mod hours;
pub mod inbound;
pub mod invitations;
pub mod live;
pub mod load;
mod meter;
pub mod once;
pub mod operators;
pub mod page;
mod polling;
mod presence;
mod readers;
mod routing;
pub mod search;
mod secrets;
mod settings;
mod sight;
pub mod staff;
pub mod superadmin;
pub mod teams;
pub mod tenants;
mod upkeep;
pub mod views;
pub mod webhooks;
pub mod widget;

use std::sync::Arc;
use std::time::Duration;

use omni_blobs::Blobs;
use omni_bus::Bus;
use omni_model::Clock;
use omni_outbound::Outbound;
use omni_store::Store;
use tokio::sync::Semaphore;
use url::Url;

use crate::access::Access;
use crate::channels::RememberedChannels;
use crate::conversations::TypingPace;
use crate::inbound::Acceptor;
use crate::live::{Live, LiveOptions};
use crate::presence::Presence;
use crate::secrets::Keys;

pub use error::{Error, Result};
pub use meter::Meter;
pub use omni_store::StoreError;
pub use polling::Polled;

/// What the use cases stand on.
pub struct Ports {
    pub store: Store,
    pub bus: Bus,
    pub blobs: Blobs,
    /// Reaches Telegram's Bot API, wherever the settings say it is.
    pub telegram: Outbound,
    /// Reaches the programs that tenants have told of what happens.
    pub webhooks: Outbound,
    pub clock: Arc<dyn Clock>,
}

/// Settings of the installation that use cases read.
pub struct Options {
    /// Where the world reaches this installation, without a trailing slash.
    pub public_url: Url,
    /// Where Telegram's Bot API is.
    pub telegram_api_url: Url,
    pub access_token_ttl: Duration,
    pub refresh_token_ttl: Duration,
    /// How long a signed file address works.
    pub file_url_ttl: Duration,
    /// Bytes of an uploaded file at most.
    pub max_upload_bytes: u64,
    /// Signs access tokens.
    pub jwt_secret: Vec<u8>,
    /// Encrypts secrets at rest and signs file addresses, through keys derived from it.
    pub encryption_key: Vec<u8>,
    /// Times and bounds of the sockets.
    pub live: LiveOptions,
}

/// The use cases. Cheap to clone.
#[derive(Clone)]
pub struct Core {
    inner: Arc<Inner>,
}

struct Inner {
    ports: Ports,
    options: Options,
    access: Access,
    acceptor: Acceptor,
    meter: Meter,
    live: Live,
    presence: Presence,
    keys: Keys,
    channels: RememberedChannels,
    typing: TypingPace,
    /// Tests of webhooks that may run at once.
    webhook_tests: Semaphore,
}

impl Core {
    /// Use cases over these ports. Needs a Tokio runtime: the group commit starts here.
    pub fn new(ports: Ports, options: Options) -> Self {
        let acceptor = Acceptor::start(ports.store.clone(), Arc::clone(&ports.clock));
        let access = Access::new(&options, &ports.bus);
        let keys = Keys::derive(&options.encryption_key);
        Self {
            inner: Arc::new(Inner {
                ports,
                options,
                access,
                acceptor,
                meter: Meter::default(),
                live: Live::default(),
                presence: Presence::default(),
                keys,
                channels: RememberedChannels::default(),
                typing: TypingPace::default(),
                webhook_tests: Semaphore::new(webhooks::TESTS_AT_ONCE),
            }),
        }
    }

    pub(crate) fn live(&self) -> &Live {
        &self.inner.live
    }

    pub(crate) fn presence(&self) -> &Presence {
        &self.inner.presence
    }

    /// What use cases count.
    pub fn meter(&self) -> &Meter {
        &self.inner.meter
    }

    pub(crate) fn access(&self) -> &Access {
        &self.inner.access
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.inner.keys
    }

    pub(crate) fn remembered_channels(&self) -> &RememberedChannels {
        &self.inner.channels
    }

    pub(crate) fn typing_pace(&self) -> &TypingPace {
        &self.inner.typing
    }

    pub(crate) fn acceptor(&self) -> &Acceptor {
        &self.inner.acceptor
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.inner.ports.store
    }

    /// The bus.
    pub fn bus(&self) -> &Bus {
        &self.inner.ports.bus
    }

    /// The clock.
    pub fn clock(&self) -> &dyn Clock {
        self.inner.ports.clock.as_ref()
    }

    /// The blob store.
    pub fn blobs(&self) -> &Blobs {
        &self.inner.ports.blobs
    }

    pub(crate) fn telegram_outbound(&self) -> &Outbound {
        &self.inner.ports.telegram
    }

    pub(crate) fn webhook_outbound(&self) -> &Outbound {
        &self.inner.ports.webhooks
    }

    pub(crate) fn webhook_tests(&self) -> &Semaphore {
        &self.inner.webhook_tests
    }

    /// The installation's settings.
    pub fn options(&self) -> &Options {
        &self.inner.options
    }
}
