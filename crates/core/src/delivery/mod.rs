//! The way out: queued messages are handed to their channel, in order per conversation.
//!
//! `sending` is committed before the call, so that a crash shows: whoever finds a message in that state
//! marks it `unknown` and does not send it again. Only a refusal before anything can have been sent is
//! tried again by itself.

mod compose;
mod revise;
mod settle;

use std::time::{Duration, Instant};

use omni_channels::Delivery;
use omni_model::{Direction, Job, MessageId, MessageStatus, SendError, TenantScope};
use omni_store::lanes::{self, LEASE, Leave};
use omni_store::{Lease, MessageRecord, UnitOfWork, jobs, messages};

use self::settle::settle;
use crate::conversations::{entomb, is_going, message_updated};
use crate::meter::Trouble;
use crate::{Core, Error, Result};

/// Tries of what surely was not done, before a person must look at it.
const MAX_TRIES: i64 = 12;

impl Core {
    /// Runs the first job of a leased delivery lane.
    pub async fn run_delivery(&self, lease: Lease) -> Result<()> {
        let waiting = jobs::of_lane(self.store().reader(), &lease, 2).await?;
        let Some(first) = waiting.first() else {
            return self.leave_lane(lease, Leave::Drained).await;
        };
        let turn = Turn {
            scope: lease.scope,
            job: first.row_id,
            leave: if waiting.len() == 1 {
                Leave::Drained
            } else {
                Leave::More
            },
            lease,
        };
        let message_id = match first.job {
            Job::Deliver { message_id } => message_id,
            Job::Revise { message_id } => return self.run_revision(turn, message_id).await,
            Job::Retract { message_id } => return self.run_retraction(turn, message_id).await,
            Job::React { message_id } => return self.run_reaction(turn, message_id).await,
            Job::Acknowledge { .. }
            | Job::RefuseGroup { .. }
            | Job::FetchFile { .. }
            | Job::CallWebhook { .. }
            | Job::IndexCustomer { .. } => return self.drop_job(turn).await,
        };
        let begun = Instant::now();
        let members = self.begin_sending(&turn, message_id).await?;
        if members.is_empty() {
            return Ok(());
        }
        let delivery = match self.compose(&turn.scope, &members).await? {
            Ok((channel, outbound)) => {
                // A process that was stopped in between may have been given up long ago.
                if begun.elapsed() > LEASE / 3 {
                    self.assert_held(&turn.lease).await?;
                }
                channel.send(outbound).await
            }
            Err(error) => Delivery::Refused(error),
        };
        let ids = members.iter().map(|message| message.id).collect();
        self.end_sending(turn, ids, delivery).await
    }

    async fn assert_held(&self, lease: &Lease) -> Result<()> {
        let lease = lease.clone();
        self.store()
            .write(&lease.scope.clone(), move |unit| async move {
                Ok(lanes::assert_held(&unit, &lease).await?)
            })
            .await
    }

    /// Moves the message to `sending`, and with it what waits of its album. Empty when there is nothing to send:
    /// then the job is done.
    async fn begin_sending(
        &self,
        turn: &Turn,
        message_id: MessageId,
    ) -> Result<Vec<MessageRecord>> {
        let turn = turn.clone();
        let touched = self
            .store()
            .write(&turn.scope.clone(), move |unit| async move {
                // Whoever changes a message has it before its lane, too.
                let found = messages::lock(&unit, &turn.scope, message_id).await?;
                let members = match found {
                    Some(message) => messages::lock_album(&unit, &message).await?,
                    None => Vec::new(),
                };
                lanes::assert_held(&unit, &turn.lease).await?;
                let touched: Vec<_> = members.into_iter().filter_map(begun).collect();
                save(&unit, &touched).await?;
                if !touched.iter().any(is_sending) {
                    turn.finish(&unit).await?;
                }
                Ok::<_, Error>(touched)
            })
            .await?;
        for message in &touched {
            self.count_outcome(message).await?;
        }
        Ok(touched.into_iter().filter(is_sending).collect())
    }

    async fn count_outcome(&self, message: &MessageRecord) -> Result<()> {
        let (scope, meter) = (TenantScope::of(message.tenant_id), self.meter());
        match message.status {
            MessageStatus::Sent => {
                if let Some(kind) = self.channel_kind(&scope, message.channel_id).await? {
                    meter.messages(scope.tenant_id(), kind, Direction::Outbound, 1);
                }
            }
            MessageStatus::Failed => meter.trouble(scope.tenant_id(), Trouble::NotSent, 1),
            MessageStatus::Unknown => meter.trouble(scope.tenant_id(), Trouble::UnknownOutcome, 1),
            _ => {}
        }
        Ok(())
    }

    async fn end_sending(&self, turn: Turn, ids: Vec<MessageId>, delivery: Delivery) -> Result<()> {
        let scope = turn.scope;
        let settled = self
            .store()
            .write(&scope, move |unit| async move {
                let mut members = Vec::with_capacity(ids.len());
                for id in ids {
                    members.extend(messages::lock(&unit, &scope, id).await?);
                }
                let tries = turn.lease.attempts;
                let again = settle(&mut members, &delivery, tries);
                save(&unit, &members).await?;
                match again {
                    Some(delay) => turn.put_off(&unit, delay).await?,
                    None => turn.finish(&unit).await?,
                }
                Ok::<_, Error>(members)
            })
            .await?;
        for message in &settled {
            self.count_outcome(message).await?;
        }
        Ok(())
    }

    async fn drop_job(&self, turn: Turn) -> Result<()> {
        self.store()
            .write(&turn.scope.clone(), move |unit| async move {
                turn.finish(&unit).await
            })
            .await
    }

    pub(crate) async fn leave_lane(&self, lease: Lease, leave: Leave) -> Result<()> {
        let scope = lease.scope;
        self.store()
            .write(&scope, move |unit| async move {
                lanes::leave(&unit, &[(&lease, leave)]).await?;
                Ok(())
            })
            .await
    }
}

/// One leased job and how to leave its lane once it is done.
#[derive(Clone)]
struct Turn {
    scope: TenantScope,
    lease: Lease,
    job: i64,
    leave: Leave,
}

impl Turn {
    async fn finish(&self, unit: &UnitOfWork) -> Result<()> {
        jobs::done(unit, self.job).await?;
        lanes::leave(unit, &[(&self.lease, self.leave)]).await?;
        Ok(())
    }

    /// Leaves the job for later: after the wait that the channel asked for, or one of our own.
    async fn put_off(&self, unit: &UnitOfWork, after: Option<Duration>) -> Result<()> {
        let delay = after.unwrap_or_else(|| lanes::backoff(self.lease.attempts, &self.lease));
        lanes::leave(unit, &[(&self.lease, Leave::Retry(delay))]).await?;
        Ok(())
    }
}

fn is_sending(message: &MessageRecord) -> bool {
    message.status == MessageStatus::Sending
}

/// A message as sending begins, where that changes it.
fn begun(mut message: MessageRecord) -> Option<MessageRecord> {
    match message.status {
        MessageStatus::Queued if is_going(&message) => entomb(&mut message),
        MessageStatus::Queued => {
            message.status = MessageStatus::Sending;
            message.error = None;
        }
        MessageStatus::Sending => {
            message.status = MessageStatus::Unknown;
            message.error = Some(SendError {
                code: "interrupted".to_owned(),
                detail: "the server stopped while sending".to_owned(),
            });
        }
        _ => return None,
    }
    Some(message)
}

async fn save(unit: &UnitOfWork, changed: &[MessageRecord]) -> Result<()> {
    messages::update(unit, changed).await?;
    for message in changed {
        unit.emit(message_updated(message));
    }
    Ok(())
}
