//! Whether the installation is well, and how much it has to do.

use std::time::Duration;

use omni_model::{ChannelKind, ConversationStatus, PlatformScope, Queue, TenantId};
use omni_store::gauges;
use serde::Serialize;

use crate::{Core, Result};

/// How long a check may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// Work that could run and has not for so long: whoever should do it is gone.
const STUCK: Duration = Duration::from_secs(300);

/// The state of one part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Check {
    Ok,
    Failing,
    /// Not part of this installation.
    Off,
}

/// The state of each part.
#[derive(Clone, Copy, Debug, Serialize, utoipa::ToSchema)]
pub struct Checks {
    pub database: Check,
    pub bus: Check,
    pub vectors: Check,
    pub blobs: Check,
    /// Whether waiting work gets done.
    pub jobs: Check,
}

impl Checks {
    /// Whether nothing fails.
    pub fn are_good(&self) -> bool {
        ![self.database, self.bus, self.vectors, self.blobs, self.jobs].contains(&Check::Failing)
    }
}

/// How much there is.
#[derive(Clone, Debug, Default)]
pub struct Gauges {
    pub queues: Vec<(Queue, i64)>,
    /// How long the oldest work that could run has waited.
    pub oldest_due: Duration,
    pub conversations: Vec<(TenantId, ChannelKind, ConversationStatus, i64)>,
}

const WHY: PlatformScope = PlatformScope::for_reason("whoever runs the installation watches it");

impl Core {
    /// Looks at every part.
    pub async fn checks(&self) -> Checks {
        let jobs = async { self.oldest_due().await.map(|age| age < STUCK) };
        let (database, blobs, jobs) = tokio::join!(
            in_time(async { self.store().ping().await.is_ok() }),
            in_time(async { self.blobs().check().await.is_ok() }),
            in_time(async { jobs.await.unwrap_or(false) }),
        );
        // The bus is this process itself; there are no vectors yet.
        Checks {
            database,
            bus: Check::Ok,
            vectors: Check::Off,
            blobs,
            jobs,
        }
    }

    /// Whether requests can be served.
    pub async fn is_ready(&self) -> bool {
        in_time(async { self.store().ping().await.is_ok() }).await == Check::Ok
    }

    /// Looks at how much there is.
    pub async fn gauges(&self) -> Result<Gauges> {
        let db = self.store().reader();
        Ok(Gauges {
            queues: gauges::queue_sizes(db, WHY).await?,
            oldest_due: self.oldest_due().await?,
            conversations: gauges::conversations(db, WHY).await?,
        })
    }

    async fn oldest_due(&self) -> Result<Duration> {
        let now = self.clock().now();
        let oldest = gauges::oldest_due(self.store().reader(), WHY, now).await?;
        Ok(oldest.map_or(Duration::ZERO, |since| now.since(since)))
    }
}

async fn in_time(check: impl Future<Output = bool>) -> Check {
    match tokio::time::timeout(PATIENCE, check).await {
        Ok(true) => Check::Ok,
        Ok(false) | Err(_) => Check::Failing,
    }
}
