//! From the start of the process to the first healthy answer, and the memory of a server that does nothing.

use std::time::Duration;

use anyhow::Result;
use tokio::time::Instant;

use super::Options;
use crate::engine::Engine;
use crate::ground::Ground;
use crate::process;
use crate::report::{Record, Report};
use crate::server::Launch;

/// Starts with everything there; the middle one counts.
const STARTS: usize = 5;
/// How long a server does nothing before its memory is looked at.
const IDLE: Duration = Duration::from_secs(10);

pub(super) async fn run(options: &Options, engine: Engine, report: &mut Report) -> Result<()> {
    crate::tell(format_args!("start: {engine}"));
    let ground = Ground::make(&options.setup, engine).await?;
    let launch = &ground.launch;
    // The first start makes the schema and the demo's data.
    let (first, _) = start(launch, Duration::ZERO).await?;
    let mut later = Vec::with_capacity(STARTS);
    for _ in 1..STARTS {
        later.push(start(launch, Duration::ZERO).await?.0);
    }
    let (last, resident) = start(launch, IDLE).await?;
    later.push(last);
    later.sort_unstable();
    ground.clear().await?;
    report.add(
        Record::of("Start to healthy, idle memory", engine)
            .number("first start ms", first.as_secs_f64() * 1000.0, 0)
            .number(
                "start ms (median)",
                later[STARTS / 2].as_secs_f64() * 1000.0,
                0,
            )
            .number("slowest ms", later[STARTS - 1].as_secs_f64() * 1000.0, 0)
            .number("idle memory MB", resident, 1),
    )
}

/// Starts with the demo's data, waits until healthy, idles, and stops. Answers the time to healthy and the
/// memory after idling.
async fn start(launch: &Launch, idle: Duration) -> Result<(Duration, f64)> {
    let begun = Instant::now();
    let server = launch.serve(&["--demo"]).await?;
    server.healthy().await?;
    let took = begun.elapsed();
    tokio::time::sleep(idle).await;
    let resident = process::resident_mb(server.pid)?;
    server.stop().await?;
    Ok((took, resident))
}
