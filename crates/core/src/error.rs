//! What a use case answers when it does not do what was asked.

use std::time::Duration;

use omni_model::{ErrorCode, FieldError, codes};
use omni_store::StoreError;

/// A use case's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use case did not do it. The server turns it into `application/problem+json` in one place.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller can know and mend it.
    #[error("{}: {detail}", code.code)]
    Refused {
        code: ErrorCode,
        /// In words, without anything personal.
        detail: String,
        /// Which fields are wrong.
        fields: Vec<FieldError>,
        /// When to try again, where that is known.
        retry_after: Option<Duration>,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Anything else on our side; nothing of it is told to the caller.
    #[error("{context}")]
    Internal {
        context: &'static str,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Error {
    /// A refusal with a code of the catalogue.
    pub fn refused(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self::Refused {
            code,
            detail: detail.into(),
            fields: Vec::new(),
            retry_after: None,
        }
    }

    /// There is no such thing, or it is not yours to see.
    pub fn not_found(what: &'static str) -> Self {
        Self::refused(codes::NOT_FOUND, format!("no such {what}"))
    }

    /// You see it but may not do this; `permission` is what it takes.
    pub fn forbidden(permission: &'static str) -> Self {
        Self::refused(
            codes::FORBIDDEN,
            format!("this takes the permission {permission}"),
        )
    }

    /// Fields are wrong.
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        Self::Refused {
            code: codes::INVALID,
            detail: "some fields are wrong".to_owned(),
            fields,
            retry_after: None,
        }
    }

    /// One field is wrong.
    pub fn invalid_field(pointer: &str, code: &str, detail: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError::new(pointer, code, detail)])
    }

    /// Slow down.
    pub fn rate_limited(retry_after: Duration) -> Self {
        Self::Refused {
            code: codes::RATE_LIMITED,
            detail: "too many requests".to_owned(),
            fields: Vec::new(),
            retry_after: Some(retry_after),
        }
    }

    /// Not now; the same may succeed after `retry_after`.
    pub fn unavailable(detail: &str, retry_after: Duration) -> Self {
        Self::Refused {
            code: codes::UNAVAILABLE,
            detail: detail.to_owned(),
            fields: Vec::new(),
            retry_after: Some(retry_after),
        }
    }

    /// Whether the same may succeed in a moment, since only what it stands on was away.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }

    /// Our fault.
    pub fn internal(
        context: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Internal {
            context,
            source: source.into(),
        }
    }
}
