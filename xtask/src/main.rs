//! `cargo xtask ...`: files that are made from code, and checks a compiler does not do.

#![expect(
    clippy::print_stdout,
    reason = "a command-line tool speaks on standard output"
)]

mod codegen;
mod layers;
mod links;
mod repository;
mod settings_page;
mod size;
mod sql;

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Parser;

use repository::Repository;

/// Files that are made from code, and checks a compiler does not do.
#[derive(Parser)]
enum Command {
    /// Writes web/api-client/openapi.json as the server tells it.
    Openapi,
    /// Writes every generated file: the OpenAPI document, the client's types, the page of settings.
    Codegen {
        /// Writes nothing; fails and names the files that are out of date.
        #[arg(long)]
        check: bool,
    },
    /// Checks what may depend on what, that SQL of one engine stays in the dialect, and that files stay small.
    Layers,
    /// Checks that links between documents lead somewhere, and that tests they name exist.
    Links,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let repository = Repository::find()?;
    match Command::parse() {
        Command::Openapi => codegen::openapi(&repository),
        Command::Codegen { check: false } => codegen::write(&repository),
        Command::Codegen { check: true } => codegen::check(&repository),
        Command::Layers => {
            let mut findings = layers::findings(&repository)?;
            findings.extend(sql::findings(&repository)?);
            findings.extend(size::findings(&repository)?);
            report("layers", &findings)
        }
        Command::Links => report("links", &links::findings(&repository)?),
    }
}

fn report(check: &str, findings: &[String]) -> Result<()> {
    for finding in findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => {
            println!("{check}: in order");
            Ok(())
        }
        count => bail!("{check}: {count} to mend"),
    }
}
