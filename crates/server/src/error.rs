//! The one place where a refusal or a failure becomes an answer: RFC 9457 `application/problem+json`.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use omni_core::{Error, StoreError};
use omni_model::{ErrorCode, FieldError, codes};
use serde::Serialize;

/// How long to wait before trying again what may work in a moment.
const SOON: Duration = Duration::from_secs(1);
/// How long to wait before trying again what somebody has to mend first.
const LATER: Duration = Duration::from_secs(30);

/// Why a request was not done. 5xx tell nothing of the inside; the cause goes to the log.
#[derive(Clone, Debug)]
pub struct ApiError {
    code: ErrorCode,
    detail: String,
    fields: Vec<FieldError>,
    retry_after: Option<Duration>,
    cause: Option<Arc<dyn StdError + Send + Sync>>,
}

/// The body of an answer that is not a success.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// Names the kind of problem; `code` is the same in short.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// A stable word for programs.
    pub code: &'static str,
    /// This case in words.
    pub detail: String,
    /// Names the request in the server's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Which fields are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FieldError>,
}

impl ApiError {
    /// A refusal with a code of the catalogue. `detail` must not repeat what came from outside.
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            fields: Vec::new(),
            retry_after: None,
            cause: None,
        }
    }

    /// Some fields are wrong.
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        Self {
            fields,
            ..Self::new(codes::INVALID, "some fields are wrong")
        }
    }

    /// Slow down.
    pub fn rate_limited(retry_after: Duration) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(codes::RATE_LIMITED, "too many requests")
        }
    }

    /// Not now; the same request may succeed after `retry_after`.
    pub fn unavailable(detail: &'static str, retry_after: Duration) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(codes::UNAVAILABLE, detail)
        }
    }

    pub(crate) fn internal() -> Self {
        Self::new(codes::INTERNAL, "something went wrong; it is in our log")
    }

    fn because(mut self, cause: Arc<dyn StdError + Send + Sync>) -> Self {
        self.cause = Some(cause);
        self
    }

    /// Its code.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// What went wrong inside, for the log.
    pub(crate) fn cause(&self) -> Option<&(dyn StdError + Send + Sync)> {
        self.cause.as_deref()
    }

    /// What the caller is told.
    pub(crate) fn problem(&self, request_id: Option<String>) -> Problem {
        Problem {
            kind: format!("urn:omnisupport:problem:{}", self.code.code),
            title: self.code.title,
            status: self.code.status,
            code: self.code.code,
            detail: self.detail.clone(),
            request_id,
            errors: self.fields.clone(),
        }
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused {
                code,
                detail,
                fields,
                retry_after,
            } => Self {
                code,
                detail,
                fields,
                retry_after,
                cause: None,
            },
            Error::Store(failure) => of_store(&failure).because(Arc::new(failure)),
            Error::Internal { .. } => Self::internal().because(Arc::new(error)),
        }
    }
}

fn of_store(failure: &StoreError) -> ApiError {
    match failure {
        StoreError::Unique(_) | StoreError::Reference => {
            ApiError::new(codes::CONFLICT, "something else took place first")
        }
        StoreError::Busy(_) | StoreError::Stale => ApiError::unavailable("busy", SOON),
        StoreError::Unavailable(_) => ApiError::unavailable("the database is out of reach", SOON),
        StoreError::DiskFailed(_) => ApiError::unavailable("the disk failed", SOON),
        StoreError::Full(_) => ApiError {
            retry_after: Some(LATER),
            ..ApiError::new(codes::STORAGE_FULL, "nothing can be written at the moment")
        },
        StoreError::Shared(failure) => of_store(failure),
        // The last two belong to the start, where nobody asks yet.
        StoreError::Inconsistent { .. }
        | StoreError::Database(_)
        | StoreError::Panicked
        | StoreError::Lost { .. }
        | StoreError::Mark(_) => ApiError::internal(),
    }
}

impl IntoResponse for ApiError {
    /// The body is written by the outermost layer, which knows the request's id and logs the cause.
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.code.status)
            .expect("the catalogue of codes names valid statuses");
        let mut response = status.into_response();
        if let Some(after) = self.retry_after {
            // Rounded up: coming again too early would be refused again.
            let seconds = after.as_millis().div_ceil(1000).max(1);
            response.headers_mut().insert(
                header::RETRY_AFTER,
                HeaderValue::from_str(&seconds.to_string()).expect("digits make a header"),
            );
        }
        if status == StatusCode::UNAUTHORIZED {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self);
        response
    }
}
