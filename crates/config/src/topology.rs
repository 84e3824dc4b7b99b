//! Refuses to start what cannot be right.

use crate::instance_lock::{InstanceLock, LockError};
use crate::sections::DatabaseUrl;
use crate::settings::Settings;

/// Why a server must not start like this.
#[derive(Debug, thiserror::Error)]
pub enum TopologyError {
    /// Demo people have a password everybody knows.
    #[error("--demo makes people with a known password: not with ENVIRONMENT=production")]
    DemoInProduction,
    /// A second server on one SQLite file.
    #[error(transparent)]
    Lock(#[from] LockError),
}

/// Checks that a server may start, and claims what it must not share. Keep the answer for as long as the server runs.
pub fn check_topology(
    settings: &Settings,
    demo: bool,
) -> Result<Option<InstanceLock>, TopologyError> {
    if demo && settings.environment.is_production() {
        return Err(TopologyError::DemoInProduction);
    }
    match &settings.database.url {
        DatabaseUrl::Sqlite(path) => Ok(Some(InstanceLock::acquire(path)?)),
        // Several servers share one PostgreSQL by design.
        DatabaseUrl::Postgres(_) => Ok(None),
    }
}
