//! One call.

use std::time::{Duration, Instant};

use bytes::Bytes;
use omni_model::{Timestamp, WebhookAttempt, WebhookOutcome};
use omni_outbound::{Call, FailureKind, Receipt};
use url::Url;

use super::secret::{SigningKey, signatures};
use crate::Core;

/// How long an address has to answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// Bytes of an answer that are read, so that the connection can serve again. Nobody looks at them.
const ANSWER: u64 = 16 * 1024;

/// What is sent.
pub(super) struct Letter {
    /// The same at each attempt.
    pub(super) id: String,
    pub(super) url: String,
    pub(super) body: Bytes,
    pub(super) keys: Vec<SigningKey>,
}

/// How a call went, and how long the address asks to be left alone.
pub(super) struct Called {
    pub(super) attempt: WebhookAttempt,
    pub(super) retry_after: Option<Duration>,
}

impl Core {
    pub(super) async fn call_webhook(&self, letter: Letter) -> Called {
        let (at, begun) = (self.clock().now(), Instant::now());
        let answer = self.send_letter(letter, at).await;
        let (outcome, status, retry_after) = match answer {
            Ok(receipt) => {
                let wait = receipt
                    .retry_after
                    .filter(|_| asks_for_time(receipt.status));
                (outcome_of(receipt.status), Some(receipt.status), wait)
            }
            Err(kind) => (outcome_of_failure(kind), None, None),
        };
        let took = begun.elapsed().as_millis();
        Called {
            attempt: WebhookAttempt {
                at,
                outcome,
                status,
                duration_ms: u64::try_from(took).unwrap_or(u64::MAX),
            },
            retry_after,
        }
    }

    async fn send_letter(&self, letter: Letter, at: Timestamp) -> Result<Receipt, FailureKind> {
        let url = Url::parse(&letter.url).map_err(|_| FailureKind::Blocked)?;
        let seconds = at.seconds();
        let signature = signatures(&letter.keys, &letter.id, seconds, &letter.body);
        let call = Call::to(&url)
            .within(PATIENCE)
            .at_most(ANSWER)
            .header("webhook-id", letter.id)
            .header("webhook-timestamp", seconds.to_string())
            .header("webhook-signature", signature);
        self.webhook_outbound()
            .post_for_receipt(call, "application/json", letter.body)
            .await
            .map_err(|failure| failure.kind)
    }
}

/// Answers that mean "not now".
fn asks_for_time(status: u16) -> bool {
    matches!(status, 429 | 502 | 503 | 504)
}

fn outcome_of(status: u16) -> WebhookOutcome {
    match status {
        200..=299 => WebhookOutcome::Ok,
        300..=399 => WebhookOutcome::Redirect,
        410 => WebhookOutcome::Gone,
        _ => WebhookOutcome::Refused,
    }
}

fn outcome_of_failure(kind: FailureKind) -> WebhookOutcome {
    match kind {
        FailureKind::Dns => WebhookOutcome::Dns,
        FailureKind::Connect => WebhookOutcome::Connect,
        FailureKind::Blocked => WebhookOutcome::Blocked,
        FailureKind::Timeout => WebhookOutcome::Timeout,
        FailureKind::Reset => WebhookOutcome::Reset,
        FailureKind::TooLarge | FailureKind::Protocol => WebhookOutcome::Protocol,
    }
}
