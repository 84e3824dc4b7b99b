//! Polling.

use std::time::Duration;

use serde_json::Value;
use serde_json::value::RawValue;
use tokio::time::{Instant, timeout_at};

use super::super::answer::{Outcome, Refusal};
use super::super::input::Input;
use super::super::poll::{Interruption, Turn};
use super::super::world::Shared;
use super::gone;

/// Seconds that a poll may wait.
const LONGEST: i64 = 50;
/// Bytes of updates in one answer.
const ANSWER: usize = 4_000_000;
const WEBHOOK_ACTIVE: &str = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";

pub(super) async fn get_updates(shared: &Shared, bot_id: i64, input: &Input) -> Outcome {
    let offset = input.number("offset").unwrap_or(0);
    let limit = input.number("limit").unwrap_or(100).clamp(1, 100);
    let seconds = input.number("timeout").unwrap_or(0).clamp(0, LONGEST);
    let allowed = allowed(input)?;

    let mut changes = shared.changes();
    let begun = shared.change(|world| {
        let bot = world.bot_mut(bot_id).ok_or_else(gone)?;
        if bot.webhook.is_some() {
            return Ok(None);
        }
        if let Some(allowed) = allowed {
            bot.allowed_updates = Some(allowed).filter(|kinds| !kinds.is_empty());
        }
        if bot.knows_offset(offset) {
            bot.queue.confirm(offset);
        }
        let timeout = Duration::from_secs(seconds.unsigned_abs());
        let limit = usize::try_from(limit).unwrap_or(1);
        let turn = bot.polling.begin(offset, timeout, limit);
        Ok(Some((turn, bot.token.clone())))
    })?;
    let Some((turn, token)) = begun else {
        return conflict(shared, bot_id, WEBHOOK_ACTIVE).await;
    };
    let deadline = Instant::now() + turn.timeout;
    loop {
        match look(shared, bot_id, &token, &turn)? {
            Look::Updates(updates) => return Ok(updates.into()),
            Look::Interrupted(why) => return conflict(shared, bot_id, why.words()).await,
            Look::Nothing => {}
        }
        let waited = timeout_at(deadline, changes.changed()).await;
        if !matches!(waited, Ok(Ok(()))) {
            return Ok(Value::Array(Vec::new()).into());
        }
    }
}

enum Look {
    Updates(Value),
    Interrupted(Interruption),
    Nothing,
}

fn look(shared: &Shared, bot_id: i64, token: &str, turn: &Turn) -> Result<Look, Refusal> {
    shared.look(|world| {
        let bot = world.bot(bot_id).filter(|bot| bot.token == token);
        let bot = bot.ok_or_else(gone)?;
        if let Some(why) = bot.polling.interrupted(turn.generation) {
            return Ok(Look::Interrupted(why));
        }
        let updates = bot.queue.first(turn.limit, ANSWER);
        if updates.is_empty() {
            return Ok(Look::Nothing);
        }
        // What was injected need not be JSON: a poll, unlike a webhook, cannot carry that.
        let readable = updates
            .iter()
            .filter_map(|body| serde_json::from_slice::<Value>(body).ok())
            .collect();
        Ok(Look::Updates(Value::Array(readable)))
    })
}

async fn conflict(shared: &Shared, bot_id: i64, words: &str) -> Outcome {
    let pause = shared.change(|world| {
        let bot = world.bot_mut(bot_id).ok_or_else(gone)?;
        Ok::<_, Refusal>(bot.polling.conflict_pause())
    })?;
    tokio::time::sleep(pause).await;
    Err(Refusal::conflict(words))
}

/// The kinds asked for; `None` leaves the setting as it is, and so does what cannot be read.
pub(super) fn allowed(input: &Input) -> Result<Option<Vec<String>>, Refusal> {
    let Some(text) = input.text("allowed_updates") else {
        return Ok(None);
    };
    // Checked as Telegram does: the whole must be an array of strings.
    let kinds: Option<Vec<String>> = serde_json::from_str::<Box<RawValue>>(text)
        .ok()
        .and_then(|raw| serde_json::from_str(raw.get()).ok());
    kinds
        .map(|kinds| kinds.iter().map(|kind| kind.to_lowercase()).collect())
        .map(Some)
        .ok_or_else(|| Refusal::bad("can't parse allowed_updates"))
}
