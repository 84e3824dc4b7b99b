//! What use cases count for the operator of the installation. Read by the metrics page.

use dashmap::DashMap;
use omni_model::{ChannelKind, Direction, TenantId};

/// What went wrong for good, until a person looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// An event of a provider was set aside.
    DeadLetter,
    /// A message was refused for good, or tried in vain.
    NotSent,
    /// Whether a message was sent, nobody knows.
    UnknownOutcome,
}

impl Trouble {
    /// Its name in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DeadLetter => "dead_letter",
            Self::NotSent => "not_sent",
            Self::UnknownOutcome => "unknown_outcome",
        }
    }
}

/// Counters since the start of the process.
#[derive(Default)]
pub struct Meter {
    messages: DashMap<(TenantId, ChannelKind, Direction), u64>,
    troubles: DashMap<(TenantId, Trouble), u64>,
}

impl Meter {
    /// Counts stored inbound and sent outbound messages.
    pub fn messages(&self, tenant: TenantId, kind: ChannelKind, way: Direction, n: u64) {
        if n > 0 {
            *self.messages.entry((tenant, kind, way)).or_default() += n;
        }
    }

    /// Counts what went wrong for good.
    pub fn trouble(&self, tenant: TenantId, trouble: Trouble, n: u64) {
        if n > 0 {
            *self.troubles.entry((tenant, trouble)).or_default() += n;
        }
    }

    /// All counters of what went wrong.
    pub fn trouble_counts(&self) -> Vec<((TenantId, Trouble), u64)> {
        let counts = self.troubles.iter();
        counts.map(|entry| (*entry.key(), *entry.value())).collect()
    }

    /// All message counters.
    pub fn message_counts(&self) -> Vec<((TenantId, ChannelKind, Direction), u64)> {
        self.messages
            .iter()
            .map(|entry| (*entry.key(), *entry.value()))
            .collect()
    }
}
