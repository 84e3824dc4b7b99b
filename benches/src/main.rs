//! `make bench`: the measures of docs/performance.md. Loads the release binary, started as a child process,
//! the way its users would, and reads from the outside what it does.
//!
//! The generator shares the cores with the server, so it is lean: one thread, requests written in place,
//! answers hardly parsed.

mod bare;
mod engine;
mod ground;
mod http;
mod latency;
mod load;
mod machine;
mod measures;
mod process;
mod progress;
mod report;
mod server;
mod site;
mod socket;
mod usage;
mod workload;

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::{Parser, ValueEnum};
use url::Url;

use crate::engine::Engine;
use crate::measures::{Measure, Options};
use crate::report::Report;
use crate::site::Setup;

/// Measures OmniSupport.
#[derive(Parser)]
#[command(name = "omni-benches", version)]
struct Cli {
    /// What to measure; everything when nothing is named.
    #[arg(value_enum)]
    measures: Vec<Measure>,
    /// On which engines; on both when none is named.
    #[arg(long = "engine", value_enum)]
    engines: Vec<Engine>,
    /// How long a load lasts.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=3600))]
    seconds: u32,
    /// Messages a second, in place of the promised ones.
    #[arg(long, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    rate: Option<u32>,
    /// Connections that webhooks come over.
    #[arg(long, default_value_t = 128)]
    connections: usize,
    /// Do not look for the highest rate that holds.
    #[arg(long)]
    no_search: bool,
    /// The server's release binary; otherwise the one beside this program.
    #[arg(long, env = "OMNISUPPORT_BIN")]
    server: Option<PathBuf>,
    /// A PostgreSQL cluster on this machine where databases may be made.
    #[arg(long, env = "TEST_DATABASE_URL")]
    postgres: Option<Url>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let cli = Cli::parse();
    let folder = std::env::temp_dir();
    let options = Options {
        setup: Setup {
            binary: server_binary(cli.server)?,
            cluster: cli.postgres,
            connections: cli.connections,
        },
        seconds: cli.seconds,
        rate: cli.rate,
        search: !cli.no_search,
    };
    let measures = all_unless_named(cli.measures);
    let engines = all_unless_named(cli.engines);
    let machine = machine::describe(&folder)?;
    tell(&machine);
    let mut report = Report::begin(&folder)?;
    for measure in measures {
        for &engine in &engines {
            measure
                .run(&options, engine, &mut report)
                .await
                .with_context(|| format!("{measure:?} on {engine} was not measured"))?;
        }
    }
    tell(format_args!("JSON lines: {}", report.path().display()));
    writeln!(std::io::stdout(), "{machine}\n{}", report.markdown())?;
    Ok(())
}

fn all_unless_named<T: ValueEnum>(named: Vec<T>) -> Vec<T> {
    if named.is_empty() {
        T::value_variants().to_vec()
    } else {
        named
    }
}

fn server_binary(given: Option<PathBuf>) -> Result<PathBuf> {
    let binary = match given {
        Some(binary) => binary,
        None => std::env::current_exe()?.with_file_name("omnisupport"),
    };
    ensure!(
        binary.is_file(),
        "{} is not there: cargo build --release -p omnisupport",
        binary.display()
    );
    Ok(binary)
}

/// Says how far we are. A closed standard error is not our problem.
pub(crate) fn tell(words: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "{words}");
}
