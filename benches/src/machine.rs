//! The machine that is measured on, since a number means nothing without it.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

const SYNCS: u32 = 200;

/// The machine as a Markdown list. `folder` is where databases will lie.
pub(crate) fn describe(folder: &Path) -> Result<String> {
    let cores = std::thread::available_parallelism()?;
    let mut words = String::new();
    let model = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned());
    let memory = field("/proc/meminfo", "MemTotal").unwrap_or_default();
    let memory: f64 = memory.trim_end_matches(" kB").parse().unwrap_or(0.0);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("unknown");
    let file_system = file_system(folder).unwrap_or_else(|| "unknown".to_owned());
    let (median, slow) = sync_times(folder)?;
    writeln!(
        words,
        "- {cores} cores of {model}, {:.0} GB of memory",
        memory / 1024.0 / 1024.0
    )?;
    writeln!(
        words,
        "- Linux {}, databases on {file_system}",
        kernel.trim()
    )?;
    writeln!(
        words,
        "- fdatasync of 4 KB: median {:.2} ms, p99 {:.2} ms",
        median.as_secs_f64() * 1000.0,
        slow.as_secs_f64() * 1000.0
    )?;
    writeln!(words, "- load average at the start: {load}")?;
    if file_system == "tmpfs" {
        writeln!(
            words,
            "- the temporary folder is memory: set TMPDIR to a disk, else durability costs nothing"
        )?;
    }
    Ok(words)
}

/// The first line `name : value` of a file of /proc.
fn field(file: &str, name: &str) -> Option<String> {
    fs::read_to_string(file).ok()?.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim().to_owned())
    })
}

fn file_system(folder: &Path) -> Option<String> {
    let folder = folder.canonicalize().ok()?;
    let mounts = fs::read_to_string("/proc/mounts").ok()?;
    mounts
        .lines()
        .filter_map(|line| {
            let mut fields = line.split(' ').skip(1);
            Some((fields.next()?, fields.next()?))
        })
        .filter(|(point, _)| folder.starts_with(point))
        .max_by_key(|(point, _)| point.len())
        .map(|(_, kind)| kind.to_owned())
}

/// How long the disk takes to make 4 KB durable: median and 99th percentile.
fn sync_times(folder: &Path) -> Result<(Duration, Duration)> {
    let mut file = tempfile::tempfile_in(folder).context("no file can be made")?;
    let mut times = Vec::new();
    for _ in 0..SYNCS {
        file.write_all(&[7; 4096])?;
        let start = Instant::now();
        file.sync_data()?;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    Ok((times[times.len() / 2], times[times.len() * 99 / 100]))
}
