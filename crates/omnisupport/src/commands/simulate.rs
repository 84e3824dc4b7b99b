//! `simulate`: third parties, played by ourselves.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use clap::Subcommand;
use omni_simulators::telegram::TelegramSimulator;

use super::say;

#[derive(Subcommand)]
pub(crate) enum What {
    /// A customer's phone with Telegram on it, in the browser.
    Telegram {
        /// Where to listen.
        #[arg(long, default_value = "127.0.0.1:8081")]
        addr: SocketAddr,
    },
}

pub(crate) async fn run(what: What) -> Result<()> {
    let What::Telegram { addr } = what;
    let simulator = TelegramSimulator::serve(addr)
        .await
        .with_context(|| format!("cannot listen on {addr}"))?;
    let url = simulator.base_url();
    let url = url.as_str().trim_end_matches('/');
    say(format_args!("Telegram, played by us: {url}/"));
    say("1. start the server with it:");
    say(format_args!("   TELEGRAM_API_URL={url} make run"));
    say("2. in the inbox: Settings, Channels, Telegram, with any token such as 1234:simulated");
    say(format_args!("3. write as a customer at {url}/"));
    tokio::signal::ctrl_c().await.context("no signals here")?;
    Ok(())
}
