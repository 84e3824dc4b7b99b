//! `serve`: run until told to stop.

use anyhow::{Context, Result};
use omni_config::Settings;
use omnisupport::{App, Failure, StartOptions};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};

use super::{say, say_error};

pub(crate) async fn run(settings: &Settings, demo: bool, accept_loss: bool) -> Result<()> {
    raise_open_files();
    let mut terminate = signal(SignalKind::terminate()).context("no signals here")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("no signals here")?;
    let mut app = App::start(
        settings,
        StartOptions {
            demo,
            accept_loss,
            ..StartOptions::default()
        },
    )
    .await?;
    let url = settings.http.public_url_at(app.running().addr);
    let url = url.as_str().trim_end_matches('/');
    tracing::info!(url, "ready");
    say(format_args!(
        "OmniSupport {} is ready at {url}",
        env!("CARGO_PKG_VERSION")
    ));
    if demo {
        say(format_args!("  inbox       {url}/"));
        say(format_args!("  demo site   {url}/demo"));
        for user in ["owner", "anna", "boris"] {
            say(format_args!("  sign in     {user}@demo.local / demo-demo"));
        }
    }
    tokio::select! {
        failure = app.failed() => match failure {
            Failure::Server(error) => return Err(error),
            Failure::Disk => end_at_once(),
        },
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping");
    // A second order to stop is not argued with.
    tokio::select! {
        stopped = app.stop() => stopped,
        _ = interrupt.recv() => anyhow::bail!("stopped at once"),
    }
}

/// Each connection needs an open file, and the usual soft limit of 1,024 is there for programs that use `select`.
fn raise_open_files() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
}

/// Whatever was not acknowledged is repeated by those who sent it, after the next start.
#[expect(
    clippy::disallowed_methods,
    reason = "closing the database would write once more, and believe the disk"
)]
fn end_at_once() -> ! {
    say_error(&anyhow::anyhow!(
        "the disk failed to keep what was written (fsync). Look at the disk; then start again: nothing acknowledged is lost"
    ));
    std::process::exit(74)
}
