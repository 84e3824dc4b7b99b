//! What a run used of the machine.

use std::time::Duration;

use anyhow::Result;
use tokio::time::Instant;

use crate::process;

/// CPU time used since some moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    pub(crate) server: Duration,
    /// PostgreSQL's processes together.
    pub(crate) database: Duration,
    /// Cores that the generator kept busy.
    pub(crate) generator: f64,
    /// Cores that other programs kept busy: the noise of the run.
    pub(crate) others: f64,
}

/// A measurement under way.
pub(crate) struct Measured {
    server: u32,
    postmaster: Option<u32>,
    begun: Instant,
    before: Times,
}

#[derive(Clone, Copy)]
struct Times {
    server: Duration,
    database: Duration,
    own: Duration,
    machine: Duration,
}

impl Usage {
    pub(crate) fn begin(server: u32, postmaster: Option<u32>) -> Result<Measured> {
        let before = Times::now(server, postmaster)?;
        Ok(Measured {
            server,
            postmaster,
            begun: Instant::now(),
            before,
        })
    }

    /// Milliseconds of CPU that the server and its database took for each of `messages`.
    pub(crate) fn millis_each(&self, messages: u64) -> f64 {
        (self.server + self.database).as_secs_f64() * 1000.0 / messages as f64
    }
}

impl Measured {
    /// What was used up to now.
    pub(crate) fn so_far(&self) -> Result<Usage> {
        let after = Times::now(self.server, self.postmaster)?;
        let server = after.server.saturating_sub(self.before.server);
        let database = after.database.saturating_sub(self.before.database);
        let own = after.own.saturating_sub(self.before.own);
        let machine = after.machine.saturating_sub(self.before.machine);
        let others = machine.saturating_sub(server + database + own);
        let cores = |time: Duration| time.as_secs_f64() / self.begun.elapsed().as_secs_f64();
        Ok(Usage {
            server,
            database,
            generator: cores(own),
            others: cores(others),
        })
    }
}

impl Times {
    fn now(server: u32, postmaster: Option<u32>) -> Result<Self> {
        Ok(Self {
            server: process::cpu_of(server)?,
            database: postmaster
                .map(process::cpu_of_family)
                .transpose()?
                .unwrap_or_default(),
            own: process::cpu_of(std::process::id())?,
            machine: process::machine_busy()?,
        })
    }
}
