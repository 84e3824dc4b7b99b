//! Side errands of channels: fetching files that customers sent, answering button presses.

use omni_channels::{Delivery, FetchError};
use omni_model::{FileId, Job, TenantScope};
use omni_store::files::{FileRecord, FileState};
use omni_store::lanes::{self, Leave};
use omni_store::{Lease, UnitOfWork, files, jobs, messages};

use crate::conversations::message_updated;
use crate::files::is_storage;
use crate::{Core, Result};

/// Tries of an errand before it is given up.
const MAX_TRIES: i64 = 8;
/// Wait for the place for files to come back.
const STORAGE_PAUSE: std::time::Duration = std::time::Duration::from_secs(3);

/// How an errand ended.
enum Errand {
    Done,
    /// Another step follows.
    Next(Job),
    /// A file was fetched, or will never be.
    Settled(Box<FileRecord>),
    Again(Option<std::time::Duration>),
    /// There is no place to put it just now, which is no fault of the errand's.
    Wait,
}

impl Core {
    /// Runs the first job of a leased lane of errands.
    pub async fn run_errand(&self, lease: Lease) -> Result<()> {
        let waiting = jobs::of_lane(self.store().reader(), &lease, 2).await?;
        let done = match waiting.len() {
            0 | 1 => Leave::Drained,
            _ => Leave::More,
        };
        let Some(pending) = waiting.into_iter().next() else {
            return self.leave_lane(lease, done).await;
        };
        let last_try = lease.attempts >= MAX_TRIES;
        let errand = match pending.job {
            Job::FetchFile { file_id } => {
                self.fetch_file(&lease.scope, file_id, lease.attempts)
                    .await?
            }
            Job::Acknowledge {
                channel_id,
                ref callback,
            } => match self.channel_port(&lease.scope, channel_id).await? {
                Some(channel) => match channel.acknowledge(callback).await {
                    Delivery::RetryLater { after, .. } if !last_try => Errand::Again(after),
                    _ => Errand::Done,
                },
                None => Errand::Done,
            },
            job @ Job::RefuseGroup { .. } => self.refuse_group(&lease, job, last_try).await?,
            // These have a queue of their own.
            Job::Deliver { .. }
            | Job::Revise { .. }
            | Job::Retract { .. }
            | Job::React { .. }
            | Job::CallWebhook { .. }
            | Job::IndexCustomer { .. } => Errand::Done,
        };
        let scope = lease.scope;
        self.store()
            .write(&scope, move |unit| async move {
                let leave = match errand {
                    Errand::Done => {
                        jobs::done(&unit, pending.row_id).await?;
                        done
                    }
                    Errand::Next(job) => {
                        jobs::done(&unit, pending.row_id).await?;
                        unit.enqueue(lease.order_key.clone(), job);
                        done
                    }
                    Errand::Settled(file) => {
                        save_file(&unit, &scope, &file).await?;
                        jobs::done(&unit, pending.row_id).await?;
                        done
                    }
                    Errand::Again(after) => Leave::Retry(
                        after.unwrap_or_else(|| lanes::backoff(lease.attempts, &lease)),
                    ),
                    Errand::Wait => Leave::Postpone(STORAGE_PAUSE),
                };
                lanes::leave(&unit, &[(&lease, leave)]).await?;
                Ok(())
            })
            .await
    }

    /// Tells a group that people are answered one by one; then leaves it.
    async fn refuse_group(&self, lease: &Lease, job: Job, last_try: bool) -> Result<Errand> {
        let Job::RefuseGroup {
            channel_id,
            chat,
            locale,
            says,
        } = job
        else {
            return Ok(Errand::Done);
        };
        let Some(channel) = self.channel_port(&lease.scope, channel_id).await? else {
            return Ok(Errand::Done);
        };
        let outcome = match says {
            true => channel.tell_group(&chat, locale.as_deref()).await,
            false => channel.leave_group(&chat).await,
        };
        Ok(match outcome {
            Delivery::RetryLater { after, .. } if !last_try => Errand::Again(after),
            // Said, or not to be said: what may have arrived is not said twice.
            _ if says => Errand::Next(Job::RefuseGroup {
                channel_id,
                chat,
                locale,
                says: false,
            }),
            _ => Errand::Done,
        })
    }

    async fn fetch_file(&self, scope: &TenantScope, id: FileId, tries: i64) -> Result<Errand> {
        let last_try = tries >= MAX_TRIES;
        let Some(mut file) = files::find(self.store().reader(), scope, id).await? else {
            return Ok(Errand::Done);
        };
        let (FileState::Pending, Some(remote), Some(channel_id)) =
            (file.state, file.remote.clone(), file.channel_id)
        else {
            return Ok(Errand::Done);
        };
        if tries > MAX_TRIES {
            // Whoever tried it last did not live to say how it went.
            fail(&mut file, "unavailable");
            return Ok(Errand::Settled(Box::new(file)));
        }
        let fetched = match self.channel_port(scope, channel_id).await? {
            Some(channel) => channel.fetch_file(&remote.handle).await,
            None => Err(FetchError::Gone),
        };
        match fetched {
            Ok(fetched) => {
                let declared = fetched.mime_type.or(remote.mime_type);
                match self.keep_bytes(scope, id, fetched.body).await {
                    Ok(kept) => {
                        file.describe(kept.size, Some(kept.mime_type(declared.as_deref())));
                        file.state = FileState::Ready;
                    }
                    Err(error) if is_storage(&error) => return Ok(Errand::Wait),
                    Err(_) if !last_try => return Ok(Errand::Again(None)),
                    Err(_) => fail(&mut file, "unavailable"),
                }
            }
            Err(FetchError::RetryLater { after, .. }) if !last_try => {
                return Ok(Errand::Again(after));
            }
            Err(FetchError::RetryLater { error, .. } | FetchError::Refused(error)) => {
                fail(&mut file, &error.code);
            }
            Err(FetchError::TooLarge) => fail(&mut file, "too_large"),
            Err(FetchError::Gone) => fail(&mut file, "gone"),
        }
        Ok(Errand::Settled(Box::new(file)))
    }
}

/// Writes the file's row and tells of the messages that show it.
async fn save_file(unit: &UnitOfWork, scope: &TenantScope, file: &FileRecord) -> Result<()> {
    files::update(unit, scope, file).await?;
    for message in messages::of_file(unit.db(), scope, file.id).await? {
        unit.emit(message_updated(&message));
    }
    Ok(())
}

fn fail(file: &mut FileRecord, code: &str) {
    file.state = FileState::Failed;
    file.error = Some(code.to_owned());
}
