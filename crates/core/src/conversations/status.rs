//! The life of a conversation, as people move it.

use std::time::Duration;

use omni_model::{
    Conversation, ConversationId, ConversationStatus, EventKind, Principal, Queue, Timestamp,
    WokenBy,
};
use omni_store::conversations::{self, Change};
use serde::Deserialize;

use super::access::{REPLY, event};
use super::reply::one_open;
use crate::{Core, Error, Result};

/// How far ahead a conversation may sleep.
const SNOOZE_MAX: Duration = Duration::from_secs(366 * 24 * 3600);

/// Where a conversation is to go.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusChange {
    pub status: ConversationStatus,
    /// Opens again by itself at this time; only with `pending`.
    #[serde(default)]
    pub snooze_until: Option<Timestamp>,
}

impl Core {
    /// Moves a conversation to another status.
    pub async fn set_status(
        &self,
        who: &Principal,
        id: ConversationId,
        wanted: StatusChange,
    ) -> Result<Conversation> {
        let viewer = self.viewer(who).await?;
        self.seen(&viewer, id).await?;
        viewer.needs(REPLY)?;
        check_snooze("/snooze_until", wanted, self.clock().now())?;
        let scope = who.scope();
        let record = self
            .store()
            .write(&scope, move |unit| async move {
                let mut change = Change::of(viewer.lock(&unit, id).await?);
                let now = unit.now();
                let before = (change.after.status, change.after.snooze_until);
                if before == (wanted.status, wanted.snooze_until) {
                    return Ok(change.after);
                }
                let conversation = &mut change.after;
                let waits_anew = before.0 != ConversationStatus::Open
                    && wanted.status == ConversationStatus::Open
                    && conversation.assigned_to.is_none();
                if waits_anew {
                    conversation.queued_at = now;
                }
                conversation.resolved_at = match wanted.status {
                    ConversationStatus::Open | ConversationStatus::Pending => None,
                    ConversationStatus::Resolved => Some(now),
                    ConversationStatus::Closed => conversation.resolved_at.or(Some(now)),
                };
                conversation.status = wanted.status;
                conversation.snooze_until = wanted.snooze_until;
                let wakes = before.1.is_some() && wanted.status == ConversationStatus::Open;
                conversation.woken_by = wakes.then_some(WokenBy::Operator);
                conversation.updated_at = now;
                conversations::save(&unit, std::slice::from_ref(&change)).await?;
                unit.emit(event(EventKind::ConversationUpdated, &change.after));
                // One more waits, or its operator has room for another.
                unit.wake(Queue::Route, "");
                Ok(change.after)
            })
            .await
            .map_err(one_open)?;
        self.render_conversation(&scope, record).await
    }
}

pub(super) fn check_snooze(pointer: &str, wanted: StatusChange, now: Timestamp) -> Result<()> {
    let Some(until) = wanted.snooze_until else {
        return Ok(());
    };
    let problem = if wanted.status != ConversationStatus::Pending {
        "only with the status pending"
    } else if until <= now {
        "must lie ahead"
    } else if until > now.plus(SNOOZE_MAX) {
        "at most a year ahead"
    } else {
        return Ok(());
    };
    Err(Error::invalid_field(pointer, "invalid", problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleeping_has_bounds() {
        let now = Timestamp::from_seconds(1_790_000_000);
        let try_at = |status, seconds: i64| {
            let snooze_until = Some(Timestamp::from_seconds(1_790_000_000 + seconds));
            check_snooze(
                "",
                StatusChange {
                    status,
                    snooze_until,
                },
                now,
            )
            .is_ok()
        };
        assert!(try_at(ConversationStatus::Pending, 60));
        assert!(!try_at(ConversationStatus::Open, 60));
        assert!(!try_at(ConversationStatus::Pending, 0));
        assert!(!try_at(ConversationStatus::Pending, 400 * 24 * 3600));
        let awake = StatusChange {
            status: ConversationStatus::Closed,
            snooze_until: None,
        };
        assert!(check_snooze("", awake, now).is_ok());
    }
}
