//! A running installation: the server, the workers, and how they stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use omni_config::{DatabaseUrl, InstanceLock, Settings, check_topology};
use omni_core::Core;
use omni_core::live::LiveOptions;
use omni_model::{Clock, SystemClock};
use omni_server::{AppState, ServerOptions};
use omni_workers::Intervals;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::{Wiring, open_core};

/// How long what is under way may take after the order to stop.
const DRAIN: Duration = Duration::from_secs(25);

/// What to do about a database that ends too early.
const LOST: &str = "this is not the whole database: its write-ahead log (-wal) is damaged or missing, or an older copy was put \
                    in its place. Put all of its files back; to go on with what is left, start once with --accept-loss";

/// What `serve` is asked beside the settings.
#[derive(Clone, Debug)]
pub struct StartOptions {
    /// Create the demo tenant and show it.
    pub demo: bool,
    /// Go on with a database that lost what it had stored.
    pub accept_loss: bool,
    /// How often things are looked at without being told.
    pub intervals: Intervals,
    /// Times and bounds of the sockets.
    pub live: LiveOptions,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

impl Default for StartOptions {
    fn default() -> Self {
        Self {
            demo: false,
            accept_loss: false,
            intervals: Intervals::default(),
            live: LiveOptions::default(),
            clock: Arc::new(SystemClock),
        }
    }
}

/// Why a running installation ends without being told to.
#[derive(Debug)]
pub enum Failure {
    /// The server gave up.
    Server(anyhow::Error),
    /// The disk did not keep what was written. The process must end at once, without closing the database: that
    /// would write once more, and believe the answer.
    Disk,
}

/// A started installation.
pub struct App {
    core: Core,
    addr: SocketAddr,
    stop: CancellationToken,
    server: JoinHandle<std::io::Result<()>>,
    workers: TaskTracker,
    _lock: Option<InstanceLock>,
}

/// Where a started installation is.
#[derive(Clone, Debug)]
pub struct Running {
    pub addr: SocketAddr,
}

impl App {
    /// Opens, migrates where the settings say so, and starts everything.
    pub async fn start(settings: &Settings, options: StartOptions) -> Result<Self> {
        let lock = check_topology(settings, options.demo)?;
        let listener = TcpListener::bind(settings.http.addr)
            .await
            .with_context(|| busy(settings.http.addr))?;
        let addr = listener.local_addr().context("the socket has no address")?;
        let wiring = Wiring::new(settings.http.public_url_at(addr));
        let core = open_core(
            settings,
            Wiring {
                live: options.live,
                clock: Arc::clone(&options.clock),
                ..wiring
            },
        )
        .await?;
        if settings.database.auto_migrate {
            core.store()
                .migrate_up()
                .await
                .context("the schema cannot be brought up to date")?;
        } else {
            refuse_pending(&core).await?;
        }
        if matches!(settings.database.url, DatabaseUrl::Sqlite(_)) {
            // We hold the lock on the file, so whoever held leases is gone.
            core.store().free_all_leases().await?;
            if options.accept_loss {
                core.store().accept_loss().await?;
            }
            core.store().guard_against_loss().await.context(LOST)?;
        }
        let demo = if options.demo {
            Some(core.ensure_demo().await?)
        } else {
            None
        };
        let state = AppState::new(
            core.clone(),
            ServerOptions {
                limits: settings.limits.clone(),
                cors_origins: settings.http.cors_origins.clone(),
                trusted_proxies: settings.http.trusted_proxies.clone(),
                demo: demo.map(Into::into),
            },
        );
        let stop = CancellationToken::new();
        let workers = omni_workers::start(&core, options.intervals, &stop);
        let server = tokio::spawn(omni_server::serve(listener, state, stop.clone()));
        Ok(Self {
            core,
            addr,
            stop,
            server,
            workers,
            _lock: lock,
        })
    }

    /// Where it listens.
    pub fn running(&self) -> Running {
        Running { addr: self.addr }
    }

    /// The use cases.
    pub fn core(&self) -> &Core {
        &self.core
    }

    /// Ends when the server ends by itself, which only a failure makes it do, or must be ended at once.
    pub async fn failed(&mut self) -> Failure {
        let error = tokio::select! {
            ended = &mut self.server => match ended {
                Err(error) => anyhow::Error::new(error).context("the server panicked"),
                Ok(Err(error)) => anyhow::Error::new(error).context("the server failed"),
                Ok(Ok(())) => anyhow::anyhow!("the server ended by itself"),
            },
            () = self.core.store().disk_failed() => return Failure::Disk,
        };
        Failure::Server(error)
    }

    /// Takes no more requests, finishes what is under way, and closes the database.
    pub async fn stop(self) -> Result<()> {
        self.stop.cancel();
        let drained = tokio::time::timeout(DRAIN, async {
            let server = self.server.await;
            self.workers.wait().await;
            server
        })
        .await;
        match drained {
            Ok(server) => server
                .context("the server panicked")?
                .context("the server failed")?,
            Err(_) => tracing::warn!("stopped before everything under way was finished"),
        }
        self.core
            .store()
            .clone()
            .close()
            .await
            .context("the database did not close")?;
        Ok(())
    }
}

/// Without `AUTO_MIGRATE` whoever runs the installation migrates, and before the server starts.
async fn refuse_pending(core: &Core) -> Result<()> {
    let pending = core
        .store()
        .migration_status()
        .await?
        .iter()
        .filter(|step| !step.applied)
        .count();
    if pending > 0 {
        bail!(
            "{pending} migrations are pending and AUTO_MIGRATE is off: run `omnisupport migrate up`"
        );
    }
    Ok(())
}

fn busy(addr: SocketAddr) -> String {
    let port = addr.port();
    format!(
        "cannot listen on {addr}. Is another server on port {port}? \
         Choose another: HTTP_ADDR={}:{} (or PORT={} make run)",
        addr.ip(),
        port.saturating_add(1),
        port.saturating_add(1)
    )
}
