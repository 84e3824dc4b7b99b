//! What Telegram's refusals and silences mean.

use std::time::Duration;

use omni_model::SendError;
use omni_outbound::{Failure, FailureKind, Phase};

use crate::{Delivery, error_codes as codes};

/// A call without a result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// No answer at all.
    #[error("{0}")]
    Transport(Failure),
    /// Too many calls.
    #[error("Telegram asks to slow down")]
    RateLimited { after: Option<Duration> },
    /// The token is wrong or was revoked.
    #[error("Telegram does not accept this bot token")]
    Unauthorised { status: u16 },
    /// Somebody else reads this bot's updates.
    #[error("{}", .0.words())]
    Conflict(Conflict),
    /// Refused for what was asked.
    #[error("{description}")]
    Refused {
        status: u16,
        /// Telegram's words, shortened.
        description: String,
        /// The chat goes on under this id.
        migrate_to: Option<i64>,
    },
    /// Telegram said that it failed, so it did nothing.
    #[error("{description}")]
    Unavailable { status: u16, description: String },
    /// An answer that is not one of Telegram's: from a proxy, or cut short.
    #[error("the answer (HTTP {status}) is not one of Telegram's")]
    Unreadable { status: u16 },
}

/// Who else reads this bot's updates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// A webhook is set: polling works only without one.
    WebhookActive,
    /// Another program polls with the same token.
    OtherPoller,
    /// A webhook was set while we polled.
    WebhookSet,
    /// Something else that Telegram calls a conflict.
    Other,
}

impl Conflict {
    fn of(description: &str) -> Self {
        if description.contains("webhook is active") {
            Self::WebhookActive
        } else if description.contains("terminated by other getUpdates") {
            Self::OtherPoller
        } else if description.contains("terminated by setWebhook") {
            Self::WebhookSet
        } else {
            Self::Other
        }
    }

    /// In words fit for the settings page.
    pub const fn words(self) -> &'static str {
        match self {
            Self::WebhookActive => "a webhook is set for this bot, so its updates cannot be polled",
            Self::OtherPoller => "another program reads this bot's updates",
            Self::WebhookSet => "a webhook was set for this bot by somebody else",
            Self::Other => "somebody else uses this bot at the same time",
        }
    }
}

/// A refusal as Telegram writes it.
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) description: String,
    pub(super) retry_after: Option<Duration>,
    pub(super) migrate_to: Option<i64>,
}

impl From<Refusal> for CallError {
    fn from(refusal: Refusal) -> Self {
        let Refusal {
            status,
            description,
            retry_after,
            migrate_to,
        } = refusal;
        match status {
            401 | 404 => Self::Unauthorised { status },
            409 => Self::Conflict(Conflict::of(&description)),
            429 => Self::RateLimited { after: retry_after },
            500.. => Self::Unavailable {
                status,
                description,
            },
            _ => Self::Refused {
                status,
                description,
                migrate_to,
            },
        }
    }
}

impl CallError {
    /// Whether Telegram refused with words like these.
    pub(super) fn says(&self, words: &str) -> bool {
        matches!(self, Self::Refused { description, .. } if description.contains(words))
    }

    /// Whether the recipient, not the content, is what was refused.
    pub(super) fn about_recipient(&self) -> bool {
        let code = self.code();
        code == codes::BLOCKED || code == codes::RECIPIENT_GONE || code == codes::CHAT_MIGRATED
    }

    /// The stable word for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Transport(failure) => match (failure.kind, failure.phase) {
                (FailureKind::Blocked, _) => codes::ADDRESS_BLOCKED,
                (_, Phase::NotSent) => codes::UNREACHABLE,
                (FailureKind::Timeout, _) => codes::TIMEOUT,
                (FailureKind::TooLarge | FailureKind::Protocol, _) => codes::UNREADABLE_ANSWER,
                _ => codes::CONNECTION_LOST,
            },
            Self::RateLimited { .. } => codes::RATE_LIMITED,
            Self::Unauthorised { .. } => codes::CHANNEL_UNAUTHORISED,
            Self::Conflict(_) => codes::CONFLICT,
            Self::Unavailable { .. } => codes::CHANNEL_UNAVAILABLE,
            Self::Unreadable { .. } => codes::UNREADABLE_ANSWER,
            Self::Refused {
                migrate_to: Some(_),
                ..
            } => codes::CHAT_MIGRATED,
            Self::Refused { status: 403, .. } => codes::BLOCKED,
            Self::Refused { status: 413, .. } => codes::FILE_TOO_LARGE,
            Self::Refused { .. } if self.says("chat not found") => codes::RECIPIENT_GONE,
            Self::Refused { .. } if self.says("file is too big") => codes::FILE_TOO_LARGE,
            Self::Refused { .. } => codes::BAD_REQUEST,
        }
    }

    /// For an operator.
    pub fn send_error(&self) -> SendError {
        let detail = match self {
            Self::Refused {
                migrate_to: Some(chat),
                ..
            } => format!("the chat moved to {chat}"),
            other => other.to_string(),
        };
        SendError {
            code: self.code().to_owned(),
            detail,
        }
    }

    /// Whether the call surely had no effect.
    pub fn surely_without_effect(&self) -> bool {
        match self {
            Self::Transport(failure) => failure.phase == Phase::NotSent,
            Self::Unreadable { .. } => false,
            _ => true,
        }
    }

    /// Whether the same call may go well later.
    fn passing(&self) -> bool {
        match self {
            Self::Transport(failure) => failure.kind != FailureKind::Blocked,
            Self::RateLimited { .. } | Self::Unavailable { .. } | Self::Conflict(_) => true,
            _ => false,
        }
    }

    /// The wait that Telegram asked for.
    pub(super) const fn asked_wait(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { after } => *after,
            _ => None,
        }
    }

    /// How a message ends whose next piece met this error after the pieces `so_far` had arrived.
    pub(super) fn into_delivery(self, so_far: Vec<String>) -> Delivery {
        let error = self.send_error();
        if !so_far.is_empty() || !self.surely_without_effect() {
            return Delivery::Unknown {
                provider_ids_so_far: so_far,
                error,
            };
        }
        if self.passing() {
            return Delivery::RetryLater {
                after: self.asked_wait(),
                error,
            };
        }
        Delivery::Refused(error)
    }
}
