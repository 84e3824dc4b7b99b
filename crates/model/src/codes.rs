//! The catalogue of error codes. A code never changes its meaning; its HTTP status and title stand
//! beside it. `docs/api.md` is generated from [`ALL`].

/// A stable error code with the HTTP status and title it is told with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorCode {
    /// The word programs compare.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// A short sentence for people.
    pub title: &'static str,
}

/// What is wrong with one field of a request.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// JSON pointer into the request body, or the parameter's name.
    pub pointer: String,
    /// A stable word.
    pub code: String,
    /// In words.
    pub detail: String,
}

impl FieldError {
    /// An error of one field.
    pub fn new(pointer: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            code: code.to_owned(),
            detail: detail.into(),
        }
    }
}

macro_rules! codes {
    ($($name:ident = $status:literal $code:literal $title:literal),+ $(,)?) => {
        $(#[doc = $title] pub const $name: ErrorCode = ErrorCode { code: $code, status: $status, title: $title };)+
        /// Every code.
        pub const ALL: &[ErrorCode] = &[$($name),+];
    };
}

codes! {
    MALFORMED = 400 "malformed_json" "The body is not valid JSON",
    BAD_REQUEST = 400 "bad_request" "The request cannot be read",
    UNAUTHENTICATED = 401 "unauthenticated" "Sign in first",
    BAD_CREDENTIALS = 401 "bad_credentials" "The e-mail address or the password is wrong",
    TOKEN_REUSED = 401 "token_reused" "This refresh token was used before; the session has ended",
    BAD_SIGNATURE = 401 "bad_signature" "The proof of origin is missing or wrong",
    BAD_IDENTITY = 401 "bad_identity_hash" "The identity hash does not fit",
    BAD_INVITATION = 401 "bad_invitation" "This invitation does not hold, or not any more",
    FORBIDDEN = 403 "forbidden" "You may not do this",
    TENANT_SUSPENDED = 403 "tenant_suspended" "This company is suspended: ask whoever runs the installation",
    BAD_ORIGIN = 403 "origin_not_allowed" "This site may not use this widget",
    NOT_FOUND = 404 "not_found" "There is no such thing here",
    METHOD_NOT_ALLOWED = 405 "method_not_allowed" "This method does not work here",
    CONFLICT = 409 "conflict" "Somebody else changed this first",
    TENANT_REQUIRED = 409 "tenant_required" "Several companies know this person: name one",
    IDEMPOTENCY_MISMATCH = 409 "idempotency_mismatch" "This key was used for another request",
    ALREADY_OPEN = 409 "already_open" "This customer already has an open conversation in this channel",
    ANSWERED_MEANWHILE = 409 "answered_meanwhile" "Somebody else has answered meanwhile",
    NOT_RETRYABLE = 409 "not_retryable" "Only failed or unknown messages can be sent again",
    NOT_EDITABLE = 409 "not_editable" "This message can no longer be changed or taken back",
    NOT_REACTABLE = 409 "not_reactable" "Nobody can react to this message",
    EMAIL_TAKEN = 409 "email_taken" "Somebody of this company has this e-mail address",
    LAST_OWNER = 409 "last_owner" "A company keeps at least one owner",
    TEAM_EXISTS = 409 "team_exists" "Another team has this name",
    SLUG_TAKEN = 409 "slug_taken" "Another company has this slug",
    FIELD_EXISTS = 409 "field_exists" "Another field of customers has this key",
    CUSTOMER_BLOCKED = 409 "customer_blocked" "This customer is blocked: unblock him first",
    ALREADY_MERGED = 409 "already_merged" "This customer is merged into another already",
    NOT_MERGED = 409 "not_merged" "This customer is not merged into another",
    CODE_TAKEN = 409 "code_taken" "Another canned response has this short code",
    CHANNEL_EXISTS = 409 "channel_exists" "This account is already connected",
    TOO_MANY_WEBHOOKS = 409 "too_many_webhooks" "There are as many webhooks as there may be: delete one first",
    WEBHOOK_OFF = 409 "webhook_off" "This webhook is switched off: switch it on first",
    TOO_LARGE = 413 "too_large" "This is larger than allowed",
    UNSUPPORTED_MEDIA = 415 "unsupported_media_type" "Send application/json",
    NO_SUCH_PART = 416 "no_such_part" "The file has no such part",
    INVALID = 422 "invalid" "Some fields are wrong",
    CHANNEL_REFUSED = 422 "channel_refused" "The channel refused these credentials",
    FILE_REFUSED = 422 "file_refused" "This file cannot be taken",
    RATE_LIMITED = 429 "rate_limited" "Too many requests: slow down",
    INTERNAL = 500 "internal" "Something went wrong on our side",
    UNAVAILABLE = 503 "unavailable" "Not possible right now: try again soon",
    STORAGE_FULL = 503 "storage_full" "The disk is full: reading works, writing does not",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique() {
        let words: std::collections::HashSet<_> = ALL.iter().map(|c| c.code).collect();
        assert_eq!(words.len(), ALL.len());
    }
}
