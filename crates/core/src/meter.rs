//! What use cases count for the operator of the installation. Read by the metrics page.

use dashmap::DashMap;
use omni_model::{ChannelKind, Direction, TenantId};

/// Counters since the start of the process.
#[derive(Default)]
pub struct Meter {
    messages: DashMap<(TenantId, ChannelKind, Direction), u64>,
}

impl Meter {
    /// Counts stored inbound and sent outbound messages.
    pub fn messages(&self, tenant: TenantId, kind: ChannelKind, way: Direction, n: u64) {
        if n > 0 {
            *self.messages.entry((tenant, kind, way)).or_default() += n;
        }
    }

    /// All message counters.
    pub fn message_counts(&self) -> Vec<((TenantId, ChannelKind, Direction), u64)> {
        self.messages
            .iter()
            .map(|entry| (*entry.key(), *entry.value()))
            .collect()
    }
}
