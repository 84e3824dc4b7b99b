//! Handing updates over.

use std::time::Duration;

use omni_outbound::{AllowRule, Answer, Call, Failure, FailureKind, Outbound};
use tokio::time::Instant;
use url::Url;

use super::queue::Event;
use super::world::{Shared, World};

/// The longest wait that a webhook may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// Where a bot's updates go.
#[derive(Clone, Debug)]
pub(super) struct Webhook {
    pub(super) url: Url,
    pub(super) secret: String,
    pub(super) connections: i64,
    in_flight: i64,
    /// When, and in which words.
    pub(super) last_error: Option<(i64, String)>,
}

/// One attempt.
struct Attempt {
    bot_id: i64,
    place: u64,
    event: Event,
    url: Url,
    secret: String,
}

impl Webhook {
    pub(super) fn new(url: Url, secret: &str, connections: i64) -> Self {
        Self {
            url,
            secret: secret.to_owned(),
            connections,
            in_flight: 0,
            last_error: None,
        }
    }

    pub(super) fn same_as(&self, other: &Self) -> bool {
        self.url == other.url
            && self.secret == other.secret
            && self.connections == other.connections
    }
}

/// Hands updates over until dropped.
pub(super) async fn deliver(shared: Shared) {
    // Only this machine and public addresses can be reached, and no redirect is followed.
    let loopback = ["127.0.0.0/8", "::1", "localhost"]
        .iter()
        .map(|rule| rule.parse().expect("a rule"))
        .collect::<Vec<AllowRule>>();
    let Ok(outbound) = Outbound::new(loopback) else {
        return;
    };
    let mut changes = shared.changes();
    loop {
        changes.mark_unchanged();
        let (attempts, wake) = shared.look_mut(begin);
        for attempt in attempts {
            tokio::spawn(try_once(shared.clone(), outbound.clone(), attempt));
        }
        let wake = wake.unwrap_or_else(|| Instant::now() + LONGEST_WAIT);
        tokio::select! {
            _ = changes.changed() => {}
            () = tokio::time::sleep_until(wake) => {}
        }
    }
}

/// Everything that may be handed over now, and when to look again.
fn begin(world: &mut World) -> (Vec<Attempt>, Option<Instant>) {
    let now = Instant::now();
    let mut attempts = Vec::new();
    let mut wake: Option<Instant> = None;
    for bot in &mut world.bots {
        let Some(webhook) = &mut bot.webhook else {
            continue;
        };
        while webhook.in_flight < webhook.connections {
            let Some((place, event)) = bot.queue.begin(now) else {
                break;
            };
            webhook.in_flight += 1;
            attempts.push(Attempt {
                bot_id: bot.id,
                place,
                event,
                url: webhook.url.clone(),
                secret: webhook.secret.clone(),
            });
        }
        let next = bot.queue.next_wake();
        wake = wake.into_iter().chain(next).min();
    }
    (attempts, wake)
}

async fn try_once(shared: Shared, outbound: Outbound, attempt: Attempt) {
    let mut call = Call::to(&attempt.url)
        .within(shared.options.webhook_patience)
        .at_most(1024 * 1024);
    if !attempt.secret.is_empty() {
        call = call.header("x-telegram-bot-api-secret-token", attempt.secret);
    }
    let body = attempt.event.body.clone();
    let answer = outbound.post_bytes(call, "application/json", body).await;
    shared.change(|world| {
        let date = world.date();
        let Some(bot) = world.bot_mut(attempt.bot_id) else {
            return;
        };
        let lane = &attempt.event.lane;
        let verdict = judge(answer);
        match &verdict {
            Ok(()) => bot.queue.taken(attempt.place, lane),
            Err((_, retry_after)) => bot.queue.failed(attempt.place, lane, *retry_after),
        }
        if let Some(webhook) = &mut bot.webhook {
            webhook.in_flight = (webhook.in_flight - 1).max(0);
            if let Err((words, _)) = verdict {
                webhook.last_error = Some((date, words));
            }
        }
    });
}

/// Whether the webhook took it; if not, in Telegram's words, and the wait it asked for.
fn judge(answer: Result<Answer, Failure>) -> Result<(), (String, Option<Duration>)> {
    match answer {
        Ok(answer) if (200..300).contains(&answer.status) => Ok(()),
        Ok(answer) => {
            let words = format!(
                "Wrong response from the webhook: {} {}",
                answer.status,
                reason(answer.status)
            );
            Err((words, answer.retry_after.map(|wait| wait.min(LONGEST_WAIT))))
        }
        Err(failure) => {
            let words = match failure.kind {
                FailureKind::Connect => "Connection refused",
                FailureKind::Dns => "Failed to resolve host: Name or service not known",
                FailureKind::Timeout => "Read timeout expired",
                _ => "Connection closed",
            };
            Err((words.to_owned(), None))
        }
    }
}

fn reason(status: u16) -> &'static str {
    axum::http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or_default()
}
