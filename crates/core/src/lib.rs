//! Use cases: what people and channels can do. One function an operation, called alike by REST, webhooks,
//! sockets and, later, agents. Knows no HTTP and no SQL text.

mod error;

use std::sync::Arc;
use std::time::Duration;

use omni_blobs::Blobs;
use omni_bus::Bus;
use omni_model::Clock;
use omni_outbound::Outbound;
use omni_store::Store;
use url::Url;

pub use error::{Error, Result};

/// What the use cases stand on.
pub struct Ports {
    pub store: Store,
    pub bus: Bus,
    pub blobs: Blobs,
    pub outbound: Outbound,
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
}

/// The use cases. Cheap to clone.
#[derive(Clone)]
pub struct Core {
    inner: Arc<Inner>,
}

struct Inner {
    ports: Ports,
    options: Options,
}

impl Core {
    /// Use cases over these ports.
    pub fn new(ports: Ports, options: Options) -> Self {
        Self { inner: Arc::new(Inner { ports, options }) }
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

    pub(crate) fn outbound(&self) -> &Outbound {
        &self.inner.ports.outbound
    }

    /// The installation's settings.
    pub fn options(&self) -> &Options {
        &self.inner.options
    }
}
