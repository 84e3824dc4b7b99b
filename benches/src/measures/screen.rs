//! From when a customer's message was due at the webhook until it is at an operator's screen.

use std::time::Duration;

use anyhow::Result;

use super::{Options, words_of};
use crate::bare;
use crate::engine::Engine;
use crate::latency::Latencies;
use crate::load;
use crate::report::{Record, Report};
use crate::site::Site;

/// Messages a second.
const RATES: [u32; 3] = [100, 300, 1000];
/// Frames that take longer are missing.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn run(options: &Options, engine: Engine, report: &mut Report) -> Result<()> {
    let mut site = Site::open(&options.setup, engine).await?;
    for rate in options
        .rate
        .map_or_else(|| RATES.to_vec(), |rate| vec![rate])
    {
        report.add(at(options, &mut site, engine, rate).await?)?;
    }
    site.close().await
}

async fn at(options: &Options, site: &mut Site, engine: Engine, rate: u32) -> Result<Record> {
    crate::tell(format_args!("screen: {engine} at {rate}/s"));
    // The screen shows what is new and nothing that still waited.
    site.drained().await?;
    site.caught_up().await?;
    let seconds = (options.seconds / 2).max(1);
    let plan = site.plan(u64::from(rate) * u64::from(seconds), rate);
    let measured = site.measure()?;
    let outcome = site.load(rate, seconds).await?;
    load::until(PATIENCE, || async {
        Ok(site.socket.arrived() as u64 >= outcome.accepted)
    })
    .await?;
    let usage = measured.so_far()?;
    let seen = site.socket.take();
    if let Some(why) = &seen.closed {
        crate::tell(format_args!("  the operator's socket is closed: {why}"));
    }
    let mut latencies = Latencies::default();
    for (n, arrived) in &seen.arrivals {
        latencies.record(arrived.saturating_duration_since(plan.due(outcome.start, *n)));
    }
    let shown = latencies.len() as u64;
    let bare = bare::inserts_per_second(&options.setup, engine).await?;
    let [p50, p99, p999, max] = latencies.per_mille([500, 990, 999, 1000]);
    Ok(Record::of("Webhook to operator's screen", engine)
        .with("messages/s", rate)
        .with("errors", words_of(&outcome.failures))
        .with(
            "not shown",
            i64::try_from(outcome.accepted)? - i64::try_from(shown)?,
        )
        .number("p50 ms", p50, 1)
        .number("p99 ms", p99, 1)
        .number("p99.9 ms", p999, 1)
        .number("longest ms", max, 1)
        .number("CPU ms a message", usage.millis_each(outcome.accepted), 2)
        .number("bare inserts/s", bare, 0)
        .number("cores: generator", usage.generator, 2)
        .number("others", usage.others, 2))
}
