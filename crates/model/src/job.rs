//! Durable work.

use serde::{Deserialize, Serialize};

use crate::{ChannelId, CustomerId, FileId, MessageId, word_enum};

word_enum! {
    /// A queue of lanes. The order key of its lanes is named beside it.
    Queue {
        /// Raw inbound events; `channel:chat`.
        Inbound = "inbound",
        /// Messages on their way out; `conversation`.
        Deliver = "deliver",
        /// Assignment; one lane a tenant, so that capacity and first-come-first-served hold. The lane itself is
        /// the job: it is touched whenever somebody may be assigned.
        Route = "route",
        /// Files to fetch from a provider; `file`.
        Files = "files",
        /// The search index, which follows the event log; one lane a tenant, touched when the log grew, with a job for
        /// what changed without an event.
        Index = "index",
        /// Webhooks to other programs, which follow the event log; one lane a tenant, touched when the log grew.
        Webhooks = "webhooks",
    }
}

/// A job's payload. The queue it belongs to follows from the kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Hand a queued message to its channel.
    Deliver { message_id: MessageId },
    /// Tell the channel that a button press arrived.
    Acknowledge {
        channel_id: ChannelId,
        callback: String,
    },
    /// Fetch a file from the provider into the blob store.
    FetchFile { file_id: FileId },
    /// Index a customer whose profile changed.
    IndexCustomer { customer_id: CustomerId },
}

impl Job {
    /// The queue this job runs in.
    pub const fn queue(&self) -> Queue {
        match self {
            Self::Deliver { .. } => Queue::Deliver,
            Self::Acknowledge { .. } | Self::FetchFile { .. } => Queue::Files,
            Self::IndexCustomer { .. } => Queue::Index,
        }
    }
}
