//! What must happen without anybody asking.

use omni_model::{ConversationStatus, EventKind, NewEvent, PlatformScope, Queue, WokenBy};
use omni_store::conversations::{self, Change};
use omni_store::lanes::{self, Leave};
use omni_store::{
    Lease, StoreError, events, idempotency, invitations, jobs, sessions, superadmins,
    widget_sessions,
};

use crate::{Core, Error, Result, widget};

/// Snoozed conversations woken in one go.
const WAKE_AT_ONCE: u64 = 200;
/// Attempts after which the first job of a lane is set aside.
const GIVE_UP: i64 = 15;
/// Wait before work that failed is tried again.
const AFTER_FAILURE: std::time::Duration = std::time::Duration::from_secs(1);

impl Core {
    /// Moves SQLite's write-ahead log into the file.
    pub async fn tend_store(&self) -> Result<()> {
        Ok(self.store().tend().await?)
    }

    /// Gives leases back after their work failed. Where what the work stands on was away, the attempt does
    /// not count; otherwise the lane waits longer each time, and in the end its first job is set aside, so
    /// that those behind it go on. A lease that was lost meanwhile needs no giving back.
    pub async fn give_back(&self, leases: &[Lease], counts: bool) -> Result<()> {
        for lease in leases.iter().cloned() {
            let scope = lease.scope;
            let outcome: Result<()> = self
                .store()
                .write(&scope, move |unit| async move {
                    let leave = if !counts {
                        Leave::Postpone(AFTER_FAILURE)
                    } else if lease.attempts < GIVE_UP {
                        Leave::Retry(lanes::backoff(lease.attempts, &lease))
                    } else {
                        jobs::bury_first(&unit, &lease, "failed at each try").await?;
                        Leave::More
                    };
                    lanes::leave(&unit, &[(&lease, leave)]).await?;
                    Ok(())
                })
                .await;
            match outcome {
                Ok(()) | Err(Error::Store(StoreError::Stale)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Opens snoozed conversations whose time has come, hands out what waited for business hours, puts conversations of operators who left back into
    /// the queue, and what webhooks did not take back into their lanes.
    pub async fn upkeep(&self) -> Result<()> {
        self.wake_snoozed().await?;
        self.route_after_opening().await?;
        self.requeue_absent().await?;
        self.retry_webhooks().await
    }

    async fn wake_snoozed(&self) -> Result<()> {
        let why = PlatformScope::for_reason("the clock serves all tenants");
        let now = self.clock().now();
        let due =
            conversations::snoozed_until(self.store().reader(), why, now, WAKE_AT_ONCE).await?;
        for (scope, id) in due {
            self.store()
                .write(&scope, move |unit| async move {
                    let Some(record) = conversations::lock_one(&unit, &scope, id).await? else {
                        return Ok(());
                    };
                    let due = record.snooze_until.is_some_and(|until| until <= now);
                    if record.status != ConversationStatus::Pending || !due {
                        return Ok(());
                    }
                    let mut change = Change::of(record);
                    change.after.status = ConversationStatus::Open;
                    change.after.snooze_until = None;
                    change.after.woken_by = Some(WokenBy::Time);
                    change.after.updated_at = unit.now();
                    if change.after.assigned_to.is_none() {
                        change.after.queued_at = unit.now();
                    }
                    let holder = change.after.holder();
                    unit.emit(NewEvent::about(EventKind::ConversationUpdated, id, holder));
                    unit.wake(Queue::Route, "");
                    conversations::save(&unit, &[change]).await?;
                    Ok::<_, Error>(())
                })
                .await?;
        }
        Ok(())
    }

    /// Forgets what is past its keeping: events nobody can replay any more, answers kept for repeats,
    /// sessions that ran out, uploads that were never sent.
    pub async fn forget_old(&self) -> Result<()> {
        let why = PlatformScope::for_reason("retention serves all tenants");
        self.store()
            .write_platform(why, |unit| async move {
                events::forget_old(&unit).await?;
                idempotency::forget_old(&unit).await?;
                sessions::forget_old(&unit, unit.now()).await?;
                superadmins::forget_old(&unit, unit.now()).await?;
                invitations::forget_old(&unit).await?;
                widget_sessions::forget_old(&unit, unit.now().minus(widget::KEPT)).await?;
                Ok::<_, Error>(())
            })
            .await?;
        self.forget_webhook_deliveries().await?;
        self.forget_unsent_files().await?;
        self.forget_leftovers().await
    }
}
