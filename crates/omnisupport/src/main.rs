//! The command line.

mod commands;
mod logging;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use omni_config::{Roles, Settings, Sources};

/// Rows are made on SQLite's threads and dropped on Tokio's, which glibc's allocator handles badly. SQLite's own
/// memory comes from here, too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
        /// Start once with an SQLite database that lost what it had stored.
        #[arg(long)]
        accept_loss: bool,
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
    /// Create those who look after the whole installation.
    Superadmin {
        #[command(subcommand)]
        action: commands::superadmin::Action,
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

fn main() -> ExitCode {
    let cli = Cli::parse();
    let sources = Sources::of_process(cli.config);
    let outcome = runtime()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run(cli.command, &sources)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            commands::say_error(&error);
            ExitCode::FAILURE
        }
    }
}

/// Whatever waits for SQLite is woken by another thread and lines up in the global queue, which a busy worker
/// looks at every 31st time; the one writer would stand idle meanwhile.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .global_queue_interval(1)
        .build()
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
            accept_loss,
        } => commands::serve::run(settings, demo, accept_loss).await,
        Command::Migrate { step } => commands::migrate::run(settings, step).await,
        Command::Tenant { action } => commands::tenant::run(settings, action).await,
        Command::Superadmin { action } => commands::superadmin::run(settings, action).await,
        Command::Doctor => commands::doctor::run(settings).await,
        Command::Openapi | Command::Config { .. } | Command::Simulate { .. } => Ok(()),
    }
}
