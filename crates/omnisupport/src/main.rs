//! The command line.

mod commands;
mod logging;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use omni_config::{Roles, Settings, Sources};

/// Customer support over Telegram and a web widget: an inbox for operators, in one program.
#[derive(Parser)]
#[command(name = "omnisupport", version, about)]
struct Cli {
    /// Settings file; the environment wins over it.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server.
    Serve {
        /// Which parts to run: only `all` so far.
        #[arg(long, default_value = "all")]
        roles: Roles,
        /// Create the demo tenant and offer one-click sign-in.
        #[arg(long)]
        demo: bool,
    },
    /// Change or show the database schema.
    Migrate {
        #[command(subcommand)]
        step: commands::migrate::Step,
    },
    /// Create or list companies.
    Tenant {
        #[command(subcommand)]
        action: commands::tenant::Action,
    },
    /// Check settings, disk, clock, port and database, and say what to mend.
    Doctor,
    /// Play a third party, offline.
    Simulate {
        #[command(subcommand)]
        what: commands::simulate::What,
    },
    /// Print the settings with their defaults, check them, or print their JSON schema.
    Config {
        #[command(subcommand)]
        action: commands::config::Action,
    },
    /// Print the OpenAPI document.
    #[command(hide = true)]
    Openapi,
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let sources = Sources::of_process(cli.config);
    match run(cli.command, &sources).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            commands::say_error(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command, sources: &Sources) -> anyhow::Result<()> {
    match command {
        Command::Openapi => return commands::config::openapi(),
        Command::Config { action } => return commands::config::run(action, sources),
        Command::Simulate { what } => return commands::simulate::run(what).await,
        _ => {}
    }
    let loaded = Settings::load(sources)?;
    logging::start(&loaded.settings.log);
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    let settings = &loaded.settings;
    match command {
        Command::Serve {
            roles: Roles::All,
            demo,
        } => commands::serve::run(settings, demo).await,
        Command::Migrate { step } => commands::migrate::run(settings, step).await,
        Command::Tenant { action } => commands::tenant::run(settings, action).await,
        Command::Doctor => commands::doctor::run(settings).await,
        Command::Openapi | Command::Config { .. } | Command::Simulate { .. } => Ok(()),
    }
}
