//! Webhooks stored and acknowledged: at the target rate, and the times at half of it.

use anyhow::{Result, ensure};

use super::{Options, words_of};
use crate::bare;
use crate::engine::Engine;
use crate::report::{Record, Report};
use crate::site::Site;

/// Accepted messages a second that are promised.
const fn target(engine: Engine) -> u32 {
    match engine {
        Engine::Sqlite => 6_000,
        Engine::Postgres => 3_000,
    }
}

pub(super) async fn run(options: &Options, engine: Engine, report: &mut Report) -> Result<()> {
    let full = options.rate.unwrap_or(target(engine));
    for rate in [full, full / 2] {
        report.add(at(options, engine, rate).await?)?;
    }
    Ok(())
}

async fn at(options: &Options, engine: Engine, rate: u32) -> Result<Record> {
    crate::tell(format_args!("accepted: {engine} at {rate}/s"));
    let mut site = Site::open(&options.setup, engine).await?;
    let before = site.progress.stored().await?;
    let measured = site.measure()?;
    let outcome = site.load(rate, options.seconds).await?;
    let usage = measured.so_far()?;
    let waiting = site.progress.waiting().await?;
    let stored = site.progress.stored().await? - before;
    // What was not acknowledged may be stored all the same; what was acknowledged must be.
    ensure!(
        u64::try_from(stored)? >= outcome.accepted,
        "{} were acknowledged, but {stored} are stored",
        outcome.accepted
    );
    site.close().await?;
    let bare = bare::inserts_per_second(&options.setup, engine).await?;
    let (achieved, errors) = (outcome.rate(), words_of(&outcome.failures));
    let [p50, p99, p999] = outcome.latencies.per_mille([500, 990, 999]);
    Ok(Record::of("Webhook accepted", engine)
        .with("wanted/s", rate)
        .number("accepted/s", achieved, 0)
        .with("errors", errors)
        .number("p50 ms", p50, 1)
        .number("p99 ms", p99, 1)
        .number("p99.9 ms", p999, 1)
        .with("not yet processed", waiting)
        .number("bare inserts/s", bare, 0)
        .number("ratio", achieved / bare, 2)
        .number("cores: generator", usage.generator, 2)
        .number("others", usage.others, 2))
}
