//! `simulate`: third parties, played by ourselves, and a company full of conversations.

use std::io::IsTerminal as _;
use std::net::SocketAddr;

use anyhow::{Context, Result};
use clap::Subcommand;
use omni_config::Settings;
use omni_core::load::{Load, PASSWORD, SLUG};
use omni_simulators::telegram::TelegramSimulator;
use omnisupport::{Wiring, open_core};
use serde_json::json;

use super::say;

#[derive(Subcommand)]
pub(crate) enum What {
    /// A customer's phone with Telegram on it, in the browser.
    Telegram {
        /// Where to listen.
        #[arg(long, default_value = "127.0.0.1:8081")]
        addr: SocketAddr,
    },
    /// Fill the database with a company to measure with; prints JSON. Never in an installation that people use.
    Load {
        /// How many conversations.
        #[arg(long, default_value_t = 100_000)]
        conversations: usize,
        /// How many messages in all of them.
        #[arg(long, default_value_t = 1_000_000)]
        messages: usize,
    },
}

pub(crate) async fn telegram(addr: SocketAddr) -> Result<()> {
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

pub(crate) async fn load(settings: &Settings, load: Load) -> Result<()> {
    let wiring = Wiring::new(settings.http.public_url_at(settings.http.addr));
    let core = open_core(settings, wiring).await?;
    if settings.database.auto_migrate {
        core.store().migrate_up().await?;
    }
    let watched = std::io::stderr().is_terminal();
    let tenant = core
        .make_load(load, |done| {
            if watched {
                eprint!("\r{done} of {} conversations", load.conversations);
            }
        })
        .await?;
    if watched {
        eprintln!();
    }
    say(json!({
        "tenant_id": tenant,
        "tenant": SLUG,
        "email": "owner@load.local",
        "password": PASSWORD,
    }));
    Ok(())
}
