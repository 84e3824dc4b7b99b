//! Messages identified, stored, assigned and told, with one operator's screen attached: at the target rate,
//! and the highest rate that leaves no backlog.

use std::time::Duration;

use anyhow::{Result, ensure};

use super::{Options, words_of};
use crate::bare;
use crate::engine::Engine;
use crate::load::Outcome;
use crate::report::{Record, Report};
use crate::site::Site;
use crate::usage::Usage;

/// Processed messages a second that are promised.
const fn target(engine: Engine) -> u32 {
    match engine {
        Engine::Sqlite => 2_500,
        Engine::Postgres => 1_200,
    }
}

/// A rate holds when the backlog at its end is gone within this time.
const BACKLOG: Duration = Duration::from_secs(1);
/// Runs of the search are shorter than the others by this factor.
const SEARCH_SHARE: u32 = 4;
/// The search ends when the next step would be smaller than this share of the rate.
const STEP: f64 = 1.06;

/// A load and what became of it.
struct Run {
    rate: u32,
    outcome: Outcome,
    /// Events that were not messages yet when the last answer came.
    waiting: i64,
    /// From the last answer until all was processed; nothing when it took too long.
    backlog: Option<Duration>,
    usage: Usage,
    /// Messages that arrived at the screen, and how often it was told to look anew.
    shown: u64,
    resyncs: u64,
}

impl Run {
    fn holds(&self) -> bool {
        self.backlog.is_some_and(|backlog| backlog < BACKLOG)
            && self.outcome.failed() == 0
            && self.outcome.rate() > f64::from(self.rate) * 0.98
    }
}

pub(super) async fn run(options: &Options, engine: Engine, report: &mut Report) -> Result<()> {
    let mut site = Site::open(&options.setup, engine).await?;
    let rate = options.rate.unwrap_or(target(engine));
    let first = at(&mut site, engine, rate, options.seconds).await?;
    let holds = first.holds();
    let bare = bare::inserts_per_second(&options.setup, engine).await?;
    report.add(record("Fully processed", engine, first, bare))?;
    if options.search {
        let seconds = (options.seconds / SEARCH_SHARE).max(5);
        if let Some(best) = highest(&mut site, engine, (rate, holds), seconds).await? {
            let bare = bare::inserts_per_second(&options.setup, engine).await?;
            report.add(record("Highest rate without backlog", engine, best, bare))?;
        }
    }
    site.close().await
}

async fn at(site: &mut Site, engine: Engine, rate: u32, seconds: u32) -> Result<Run> {
    crate::tell(format_args!("processed: {engine} at {rate}/s"));
    site.socket.take();
    let before = site.progress.messages().await?;
    let measured = site.measure()?;
    let outcome = site.load(rate, seconds).await?;
    let waiting = site.progress.waiting().await?;
    let drained = site.drained().await?;
    let usage = measured.so_far()?;
    let backlog = drained.map(|drained| drained.saturating_duration_since(outcome.end));
    if drained.is_some() {
        let messages = site.progress.messages().await?;
        let new = u64::try_from(messages - before)?;
        let set_aside = site.progress.set_aside().await?;
        ensure!(
            new >= outcome.accepted,
            "{} were acknowledged, but {new} are messages and {set_aside} were set aside",
            outcome.accepted
        );
        ensure!(
            site.progress.told().await? == messages,
            "some messages were not told"
        );
        ensure!(
            site.progress.unassigned().await? == 0,
            "some conversations have no operator"
        );
    }
    let seen = site.socket.take();
    if let Some(why) = seen.closed {
        crate::tell(format_args!("  the operator's socket is closed: {why}"));
    }
    let shown = seen.arrivals.len() as u64;
    Ok(Run {
        rate,
        outcome,
        waiting,
        backlog,
        usage,
        shown,
        resyncs: seen.resyncs,
    })
}

/// Goes up from a rate that holds, or down from one that does not, and halves the last step until it is
/// small.
async fn highest(
    site: &mut Site,
    engine: Engine,
    (first, held): (u32, bool),
    seconds: u32,
) -> Result<Option<Run>> {
    let (mut low, mut high) = if held {
        (Some(first), None)
    } else {
        (None, Some(first))
    };
    let mut best = None;
    loop {
        let rate = match (low, high) {
            (Some(low), None) => f64::from(low) * 1.3,
            (None, Some(high)) => f64::from(high) / 1.3,
            (Some(low), Some(high)) if f64::from(high) > f64::from(low) * STEP => {
                f64::midpoint(f64::from(low), f64::from(high))
            }
            _ => return Ok(best),
        };
        // To whole tens: nobody believes more digits.
        let rate = (rate / 10.0).round() as u32 * 10;
        if rate < 10 {
            return Ok(best);
        }
        let run = at(site, engine, rate, seconds).await?;
        let never_drained = run.backlog.is_none();
        if run.holds() {
            low = Some(rate);
            best = Some(run);
        } else {
            high = Some(rate);
        }
        if never_drained {
            return Ok(best);
        }
    }
}

fn record(measure: &'static str, engine: Engine, run: Run, bare: f64) -> Record {
    let Run {
        rate,
        outcome,
        waiting,
        backlog,
        usage,
        shown,
        resyncs,
    } = run;
    let (achieved, errors) = (outcome.rate(), words_of(&outcome.failures));
    let cpu = usage.millis_each(outcome.accepted);
    let server = usage.server.as_secs_f64() * 1000.0 / outcome.accepted as f64;
    let [p50, p99] = outcome.latencies.per_mille([500, 990]);
    Record::of(measure, engine)
        .with("wanted/s", rate)
        .number("accepted/s", achieved, 0)
        .with("errors", errors)
        .with("waiting at the end", waiting)
        .number("backlog s", backlog.map(|backlog| backlog.as_secs_f64()), 2)
        .number("CPU ms a message", cpu, 3)
        .number("of it server", server, 3)
        .number("webhook p50 ms", p50, 1)
        .number("p99 ms", p99, 1)
        .with("shown live", shown)
        .with("resyncs", resyncs)
        .number("bare inserts/s", bare, 0)
        .number("ratio", achieved / bare, 3)
        .number("cores: generator", usage.generator, 2)
        .number("others", usage.others, 2)
}
