//! Settings become use cases.

use std::sync::Arc;

use anyhow::{Context, Result};
use omni_blobs::{Blobs, Bucket};
use omni_bus::Bus;
use omni_config::{AllowedHost, Keys, Settings};
use omni_core::live::LiveOptions;
use omni_core::{Core, Options, Ports};
use omni_model::{Clock, SystemClock};
use omni_outbound::{AllowRule, Outbound};
use omni_store::{OpenOptions, Store};
use url::Url;

/// What tests replace.
pub struct Wiring {
    pub clock: Arc<dyn Clock>,
    /// Where the world reaches this process.
    pub public_url: Url,
    /// Times and bounds of the sockets.
    pub live: LiveOptions,
}

impl Wiring {
    /// The machine's clock.
    pub fn new(public_url: Url) -> Self {
        Self {
            clock: Arc::new(SystemClock),
            public_url,
            live: LiveOptions::default(),
        }
    }
}

/// Opens the database that the settings name, without migrating it.
pub async fn open_store(settings: &Settings, clock: Arc<dyn Clock>, bus: &Bus) -> Result<Store> {
    let options = OpenOptions::new(settings.database.url.connection_string().expose());
    Store::open(&options, clock, Arc::new(bus.clone()))
        .await
        .context("the database cannot be opened")
}

/// Opens the store of files that the settings name.
pub fn open_blobs(settings: &Settings) -> Result<Blobs> {
    let Some(s3) = &settings.files.s3 else {
        return Blobs::local(&settings.data_dir.join("blobs"))
            .context("the folder for files cannot be opened");
    };
    let bucket = Bucket {
        endpoint: s3.endpoint.as_ref().map(ToString::to_string),
        region: s3.region.clone(),
        name: s3.bucket.clone(),
        access_key_id: s3.access_key_id.clone(),
        secret_access_key: s3.secret_access_key.expose().clone(),
    };
    Blobs::s3(bucket).context("the bucket for files cannot be opened: look at S3_*")
}

/// Opens everything that the use cases stand on.
pub async fn open_core(settings: &Settings, wiring: Wiring) -> Result<Core> {
    omni_config::create_private_dir(&settings.data_dir).with_context(|| {
        format!(
            "the data folder {} cannot be made",
            settings.data_dir.display()
        )
    })?;
    let keys = Keys::load_or_create(settings)?;
    let bus = Bus::new();
    let store = open_store(settings, Arc::clone(&wiring.clock), &bus).await?;
    let blobs = open_blobs(settings)?;
    let ports = Ports {
        store,
        bus,
        blobs,
        telegram: Outbound::new(telegram_rules(settings))?,
        clock: wiring.clock,
    };
    let options = Options {
        public_url: wiring.public_url,
        telegram_api_url: settings.telegram.api_url.clone(),
        access_token_ttl: settings.auth.access_token_ttl,
        refresh_token_ttl: settings.auth.refresh_token_ttl,
        file_url_ttl: settings.files.url_ttl,
        max_upload_bytes: settings.files.max_upload_bytes,
        jwt_secret: keys.jwt.expose().as_bytes().to_vec(),
        encryption_key: keys.encryption.expose().as_bytes().to_vec(),
        live: wiring.live,
    };
    Ok(Core::new(ports, options))
}

/// What the installation may reach, and the Bot API: whoever set its address vouches for it.
fn telegram_rules(settings: &Settings) -> Vec<AllowRule> {
    let allowed = settings
        .outbound
        .allow_hosts
        .iter()
        .map(|allowed| match allowed {
            AllowedHost::Name(name) => AllowRule::Host(name.clone()),
            AllowedHost::Network(net) => AllowRule::Net(*net),
        });
    let bot_api = settings
        .telegram
        .api_url
        .host_str()
        .and_then(|host| host.parse().ok());
    allowed.chain(bot_api).collect()
}
