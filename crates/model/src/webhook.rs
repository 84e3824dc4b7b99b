//! Telling a tenant's own programs what happens.

use serde::{Deserialize, Serialize};

use crate::{Timestamp, word_enum};

word_enum! {
    /// Why a webhook gets nothing.
    WebhookStop {
        /// Somebody switched it off.
        Paused = "paused",
        /// Its address answered 410.
        Gone = "gone",
        /// Nothing but failures for too long.
        Failing = "failing",
    }
}

word_enum! {
    /// How far the telling of one event is.
    WebhookDeliveryState {
        /// To be sent, or to be sent again.
        Pending = "pending",
        /// The address took it.
        Delivered = "delivered",
        /// Every attempt failed.
        Failed = "failed",
        /// Not sent: the webhook was off, or what the event tells of does not exist any more.
        Skipped = "skipped",
    }
}

word_enum! {
    /// How an attempt went.
    WebhookOutcome {
        /// An answer of 2xx.
        Ok = "ok",
        /// Another answer.
        Refused = "refused",
        /// An answer that leads elsewhere; it is not followed.
        Redirect = "redirect",
        /// An answer of 410: never again.
        Gone = "gone",
        /// The host name is not known.
        Dns = "dns",
        /// No connection.
        Connect = "connect",
        /// The address is one that may not be called.
        Blocked = "blocked",
        /// No answer in time.
        Timeout = "timeout",
        /// The connection broke before the answer came.
        Reset = "reset",
        /// What came back is not HTTP.
        Protocol = "protocol",
        /// The server stopped several times while it tried.
        Interrupted = "interrupted",
    }
}

/// One attempt to tell of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct WebhookAttempt {
    pub at: Timestamp,
    pub outcome: WebhookOutcome,
    /// The status that was answered, if any was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    pub duration_ms: u64,
}
