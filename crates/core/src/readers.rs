//! Readers of the event log, each in a lane of its own queue: they are woken after a commit, by whoever hears of it, so
//! that the commit itself carries nothing for them.

use omni_model::{PlatformScope, Queue, TenantId, TenantScope};
use omni_store::event_cursors;

use crate::{Core, Error, Result};

/// Lanes woken in one look at most.
const WAKE_AT_ONCE: u64 = 200;

impl Core {
    /// Wakes the lane of `reader` of those of `tenants` whose log went on beyond it.
    pub async fn wake_reader(&self, reader: Queue, tenants: &[TenantId]) -> Result<()> {
        let why = PlatformScope::for_reason("a hint may tell of any tenant");
        let db = self.store().key_reader();
        let behind = event_cursors::behind(db, why, reader, tenants).await?;
        self.wake_lanes(reader, behind).await
    }

    /// Wakes the lanes of `reader` that nobody woke though the log went on: a hint was lost, or a process ended
    /// between the commit and the hint.
    pub async fn wake_left_behind(&self, reader: Queue) -> Result<()> {
        let why = PlatformScope::for_reason("one look serves all tenants");
        let db = self.store().key_reader();
        let behind = event_cursors::left_behind(db, why, reader, WAKE_AT_ONCE).await?;
        self.wake_lanes(reader, behind).await
    }

    async fn wake_lanes(&self, reader: Queue, tenants: Vec<TenantId>) -> Result<()> {
        for tenant in tenants {
            self.store()
                .write(&TenantScope::of(tenant), move |unit| async move {
                    unit.wake(reader, "");
                    Ok::<_, Error>(())
                })
                .await?;
        }
        Ok(())
    }
}
