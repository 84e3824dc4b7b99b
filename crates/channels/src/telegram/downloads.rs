//! Files that Telegram keeps.

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};
use omni_model::{SendError, limits};
use omni_outbound::{Call, Failure, FailureKind};
use serde::Deserialize;
use serde_json::json;

use super::channel::Telegram;
use super::compose::refused;
use super::failures::CallError;
use crate::error_codes as codes;
use crate::{FetchError, FetchedFile};

#[derive(Deserialize)]
struct File {
    file_path: Option<String>,
    file_size: Option<u64>,
}

impl Telegram {
    pub(super) async fn download(&self, handle: &str) -> Result<FetchedFile, FetchError> {
        let file: File = self
            .ask("getFile", &json!({"file_id": handle}))
            .await
            .map_err(not_found)?;
        if file
            .file_size
            .is_some_and(|size| size > limits::TELEGRAM_FILE)
        {
            return Err(FetchError::TooLarge);
        }
        let path = file.file_path.ok_or(FetchError::Gone)?;
        if !below_the_token(&path) {
            let words = "the Bot API server keeps files where we cannot fetch them";
            return Err(FetchError::Refused(refused(
                codes::UNREADABLE_ANSWER,
                words,
            )));
        }

        let url = self.transport().file_url(&path);
        let call = Call::to(&url)
            .within(self.deadlines().download)
            .at_most(limits::TELEGRAM_FILE);
        let answer = self.transport().outbound().get_stream(call).await;
        let answer = answer.map_err(not_fetched)?;
        by_status(answer.status, answer.retry_after)?;
        Ok(FetchedFile {
            mime_type: answer
                .content_type
                .filter(|mime| mime != "application/octet-stream"),
            size: answer.content_length.or(file.file_size),
            body: answer.body.map_err(not_fetched).boxed(),
        })
    }
}

/// A path that stays below `/file/bot<token>/`. A server in local mode answers absolute paths.
fn below_the_token(path: &str) -> bool {
    let odd = |part: &str| part.is_empty() || part.starts_with('.');
    !path.contains(['\\', '?', '#', '%']) && !path.split('/').any(odd)
}

fn not_found(error: CallError) -> FetchError {
    let gone = ["wrong file_id", "invalid file_id", "wrong file identifier"];
    if error.code() == codes::FILE_TOO_LARGE {
        FetchError::TooLarge
    } else if gone.iter().any(|words| error.says(words)) {
        FetchError::Gone
    } else if matches!(
        error,
        CallError::Refused { .. } | CallError::Unauthorised { .. }
    ) || error.code() == codes::ADDRESS_BLOCKED
    {
        FetchError::Refused(error.send_error())
    } else {
        // Fetching twice does no harm, so everything else may be tried again.
        FetchError::RetryLater {
            after: error.asked_wait(),
            error: error.send_error(),
        }
    }
}

fn not_fetched(failure: Failure) -> FetchError {
    match failure.kind {
        FailureKind::TooLarge => FetchError::TooLarge,
        _ => not_found(CallError::Transport(failure)),
    }
}

fn by_status(status: u16, retry_after: Option<Duration>) -> Result<(), FetchError> {
    match status {
        200 => Ok(()),
        404 | 410 => Err(FetchError::Gone),
        401 | 403 => Err(FetchError::Refused(
            CallError::Unauthorised { status }.send_error(),
        )),
        _ => Err(FetchError::RetryLater {
            after: retry_after,
            error: SendError {
                code: codes::CHANNEL_UNAVAILABLE.to_owned(),
                detail: format!("Telegram's file server answered {status}"),
            },
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_below_the_token() {
        assert!(below_the_token("documents/file_5.pdf"));
        for bad in [
            "",
            "/var/lib/x",
            "../getMe",
            "a/../../b",
            "a//b",
            "a/.hidden",
            "a?b",
            "a#b",
            "%2e%2e/b",
            "a\\b",
        ] {
            assert!(!below_the_token(bad), "{bad}");
        }
    }
}
