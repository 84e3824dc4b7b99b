//! Durable work.

use serde::{Deserialize, Serialize};

use crate::{ChannelId, CustomerId, FileId, MessageId, WebhookDeliveryId, word_enum};

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
        /// Events on their way to a tenant's own addresses; a few lanes an address.
        WebhookCalls = "webhook_calls",
    }
}

/// A job's payload. The queue it belongs to follows from the kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Hand a queued message to its channel.
    Deliver { message_id: MessageId },
    /// Have the channel show a sent message as it reads now.
    Revise { message_id: MessageId },
    /// Take a sent message back.
    Retract { message_id: MessageId },
    /// Have the channel show the team's reaction to a message.
    React { message_id: MessageId },
    /// Tell the channel that a button press arrived.
    Acknowledge {
        channel_id: ChannelId,
        callback: String,
    },
    /// Leave a group, which is not served; tell it why before, or not (again).
    RefuseGroup {
        channel_id: ChannelId,
        chat: String,
        locale: Option<String>,
        says: bool,
    },
    /// Fetch a file from the provider into the blob store.
    FetchFile { file_id: FileId },
    /// Tell a tenant's own address of an event.
    CallWebhook { delivery_id: WebhookDeliveryId },
    /// Index a customer whose profile changed.
    IndexCustomer { customer_id: CustomerId },
}

impl Job {
    /// The queue this job runs in.
    pub const fn queue(&self) -> Queue {
        match self {
            Self::Deliver { .. }
            | Self::Revise { .. }
            | Self::Retract { .. }
            | Self::React { .. } => Queue::Deliver,
            Self::Acknowledge { .. } | Self::RefuseGroup { .. } | Self::FetchFile { .. } => {
                Queue::Files
            }
            Self::CallWebhook { .. } => Queue::WebhookCalls,
            Self::IndexCustomer { .. } => Queue::Index,
        }
    }
}
