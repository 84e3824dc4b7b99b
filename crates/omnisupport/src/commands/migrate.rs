//! `migrate`: the schema, up and down.

use std::sync::Arc;

use anyhow::Result;
use clap::Subcommand;
use omni_bus::Bus;
use omni_config::Settings;
use omni_model::SystemClock;
use omnisupport::open_store;

use super::say;

#[derive(Subcommand)]
pub(crate) enum Step {
    /// Apply everything that is pending.
    Up,
    /// Take the last migrations back. Data in what they made is lost.
    Down {
        /// How many.
        #[arg(default_value_t = 1)]
        steps: u32,
    },
    /// Show what is applied.
    Status,
}

pub(crate) async fn run(settings: &Settings, step: Step) -> Result<()> {
    omni_config::create_private_dir(&settings.data_dir)?;
    let store = open_store(settings, Arc::new(SystemClock), &Bus::new()).await?;
    match step {
        Step::Up => store.migrate_up().await?,
        Step::Down { steps } => store.migrate_down(steps).await?,
        Step::Status => {}
    }
    for migration in store.migration_status().await? {
        say(format_args!(
            "{} {}",
            if migration.applied {
                "applied"
            } else {
                "pending"
            },
            migration.name
        ));
    }
    store.close().await?;
    Ok(())
}
