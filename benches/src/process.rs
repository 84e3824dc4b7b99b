//! What the kernel says of processes: their CPU time and memory.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// CPU time of one process, all threads, in user and kernel mode.
pub(crate) fn cpu_of(pid: u32) -> Result<Duration> {
    Ok(Stat::of(pid)?.own)
}

/// CPU time of a process and of its children, those that have ended included.
pub(crate) fn cpu_of_family(parent: u32) -> Result<Duration> {
    let mut total = Stat::of(parent)?;
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // A process may end while we look: then its parent has its time, this time or the next.
        if let Ok(child) = Stat::of(pid)
            && child.parent == parent
        {
            total.own += child.own;
        }
    }
    Ok(total.own + total.ended_children)
}

/// The parent of a process.
pub(crate) fn parent_of(pid: u32) -> Result<u32> {
    Ok(Stat::of(pid)?.parent)
}

/// Resident memory of a process in megabytes.
pub(crate) fn resident_mb(pid: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kilobytes: f64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"))
        .context("the kernel does not tell the resident memory")?
        .parse()?;
    Ok(kilobytes / 1024.0)
}

/// Time that all cores together were busy since the machine started.
pub(crate) fn machine_busy() -> Result<Duration> {
    let stat = fs::read_to_string("/proc/stat")?;
    let ticks: Vec<u64> = stat
        .lines()
        .next()
        .context("/proc/stat is empty")?
        .split_whitespace()
        .skip(1)
        .map_while(|field| field.parse().ok())
        .collect();
    // user, nice, system, idle, iowait, irq, softirq, steal; guests are counted in user.
    let busy = [0, 1, 2, 5, 6, 7]
        .iter()
        .filter_map(|&at| ticks.get(at))
        .sum();
    Ok(of_ticks(busy))
}

struct Stat {
    parent: u32,
    own: Duration,
    ended_children: Duration,
}

impl Stat {
    fn of(pid: u32) -> Result<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"))
            .with_context(|| format!("process {pid} is gone"))?;
        Self::parse(&stat).context("/proc has another form here")
    }

    fn parse(stat: &str) -> Option<Self> {
        // The name may hold anything, even `)`: the fields begin after the last one.
        let (_, fields) = stat.rsplit_once(')')?;
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let ticks = |at: usize| fields.get(at)?.parse::<u64>().ok();
        Some(Self {
            parent: fields.get(1)?.parse().ok()?,
            own: of_ticks(ticks(11)? + ticks(12)?),
            ended_children: of_ticks(ticks(13)? + ticks(14)?),
        })
    }
}

fn of_ticks(ticks: u64) -> Duration {
    Duration::from_secs_f64(ticks as f64 / rustix::param::clock_ticks_per_second() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_parentheses() {
        let stat = "42 (a) b) S 7 42 42 0 -1 4194560 1 2 3 4 100 50 30 20 20 0 9 0 1 2 3";
        let stat = Stat::parse(stat).unwrap();
        assert_eq!(stat.parent, 7);
        assert_eq!(stat.own, of_ticks(150));
        assert_eq!(stat.ended_children, of_ticks(50));
    }

    #[test]
    fn this_process_uses_the_machine() {
        let pid = std::process::id();
        assert!(resident_mb(pid).unwrap() > 0.5);
        assert!(cpu_of(pid).unwrap() <= cpu_of_family(pid).unwrap());
        assert!(cpu_of(pid).unwrap() < machine_busy().unwrap());
    }
}
