//! `serve`: run until told to stop.

use anyhow::{Context, Result};
use omni_config::Settings;
use omnisupport::{App, StartOptions};
use tokio::signal::unix::{SignalKind, signal};

use super::say;

pub(crate) async fn run(settings: &Settings, demo: bool) -> Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("no signals here")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("no signals here")?;
    let mut app = App::start(
        settings,
        StartOptions {
            demo,
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
        failed = app.failed() => return failed,
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
