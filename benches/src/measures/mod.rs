//! The measures of docs/performance.md, one module each.

mod accepted;
mod processed;
mod reads;
mod screen;
mod sockets;
mod start;

use anyhow::Result;
use clap::ValueEnum;

use crate::engine::Engine;
use crate::report::Report;
use crate::site::Setup;

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Measure {
    /// Webhooks stored and acknowledged.
    Accepted,
    /// Messages identified, stored, assigned and told.
    Processed,
    /// The way from a webhook to an operator's screen.
    Screen,
    /// Start to healthy, and idle memory.
    Start,
    /// Lists, threads and searches of a company with a million messages.
    Reads,
    /// Ten thousand idle sockets of visitors.
    Sockets,
}

/// How to measure.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) setup: Setup,
    /// How long a load lasts.
    pub(crate) seconds: u32,
    /// Messages a second, in place of the target.
    pub(crate) rate: Option<u32>,
    /// Whether to look for the highest rate that holds.
    pub(crate) search: bool,
}

impl Measure {
    pub(crate) async fn run(
        self,
        options: &Options,
        engine: Engine,
        report: &mut Report,
    ) -> Result<()> {
        match self {
            Self::Accepted => accepted::run(options, engine, report).await,
            Self::Processed => processed::run(options, engine, report).await,
            Self::Screen => screen::run(options, engine, report).await,
            Self::Start => start::run(options, engine, report).await,
            Self::Reads => reads::run(options, engine, report).await,
            Self::Sockets => sockets::run(options, engine, report).await,
        }
    }
}

/// Failures by kind as words; a dash where there were none.
fn words_of(failures: &std::collections::BTreeMap<String, u64>) -> String {
    if failures.is_empty() {
        return "0".to_owned();
    }
    failures
        .iter()
        .map(|(what, times)| format!("{times} {what}"))
        .collect::<Vec<_>>()
        .join(", ")
}
