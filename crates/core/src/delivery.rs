//! The way out: queued messages are handed to their channel, in order per conversation.
//!
//! `sending` is committed before the call, so that a crash shows: whoever finds a message in that state
//! marks it `unknown` and does not send it again. Only a refusal before anything can have been sent is
//! tried again by itself.

use std::time::Instant;

use omni_channels::{Delivery, OutboundContent, OutboundMessage};
use omni_model::{Content, Direction, Job, MessageId, MessageStatus, SendError, TenantScope};
use omni_store::lanes::{self, LEASE, Leave};
use omni_store::{Lease, MessageRecord, UnitOfWork, files, identities, jobs, messages};

use crate::conversations::message_updated;
use crate::meter::Trouble;
use crate::{Core, Error, Result};

/// Tries of a message that surely was not sent, before a person must look at it.
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
        let Job::Deliver { message_id } = first.job else {
            return self.drop_job(turn).await;
        };
        let begun = Instant::now();
        let Some(message) = self.begin_sending(&turn, message_id).await? else {
            return Ok(());
        };
        let delivery = match self.compose(&turn.scope, &message).await? {
            Ok((channel, outbound)) => {
                // A process that was stopped in between may have been given up long ago.
                if begun.elapsed() > LEASE / 3 {
                    self.assert_held(&turn.lease).await?;
                }
                channel.send(outbound).await
            }
            Err(error) => Delivery::Refused(error),
        };
        self.end_sending(turn, message_id, delivery).await
    }

    async fn assert_held(&self, lease: &Lease) -> Result<()> {
        let lease = lease.clone();
        self.store()
            .write(&lease.scope.clone(), move |unit| async move {
                Ok(lanes::assert_held(&unit, &lease).await?)
            })
            .await
    }

    /// Moves the message to `sending`. `None` when there is nothing to send: then the job is done.
    async fn begin_sending(
        &self,
        turn: &Turn,
        message_id: MessageId,
    ) -> Result<Option<MessageRecord>> {
        let turn = turn.clone();
        let found = self
            .store()
            .write(&turn.scope.clone(), move |unit| async move {
                lanes::assert_held(&unit, &turn.lease).await?;
                let found = messages::find(unit.db(), &turn.scope, message_id).await?;
                let Some(mut message) = found else {
                    turn.finish(&unit).await?;
                    return Ok(None);
                };
                match message.status {
                    MessageStatus::Queued => {
                        message.status = MessageStatus::Sending;
                        message.error = None;
                        save(&unit, &message).await?;
                        Ok(Some(message))
                    }
                    MessageStatus::Sending => {
                        message.status = MessageStatus::Unknown;
                        message.error = Some(SendError {
                            code: "interrupted".to_owned(),
                            detail: "the server stopped while sending".to_owned(),
                        });
                        save(&unit, &message).await?;
                        turn.finish(&unit).await?;
                        Ok(Some(message))
                    }
                    _ => {
                        turn.finish(&unit).await?;
                        Ok::<_, Error>(None)
                    }
                }
            })
            .await?;
        if let Some(message) = &found {
            self.count_outcome(message).await?;
        }
        Ok(found.filter(|message| message.status == MessageStatus::Sending))
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

    /// The channel and what it is to send; or why it cannot be sent.
    async fn compose(
        &self,
        scope: &TenantScope,
        message: &MessageRecord,
    ) -> Result<Result<(std::sync::Arc<dyn omni_channels::Channel>, OutboundMessage), SendError>>
    {
        let refused = |code: &str, detail: &str| {
            Ok(Err(SendError {
                code: code.to_owned(),
                detail: detail.to_owned(),
            }))
        };
        let reader = self.store().reader();
        let Some(channel) = self.channel_port(scope, message.channel_id).await? else {
            return refused("channel_gone", "the channel is not connected any more");
        };
        let identity = identities::of_conversation(reader, scope, message.conversation_id).await?;
        let Some(identity) = identity else {
            return refused(
                "recipient_gone",
                "the customer has no address here any more",
            );
        };
        let content = match self.outbound_content(scope, &message.content).await? {
            Ok(content) => content,
            Err(error) => return Ok(Err(error)),
        };
        let reply_to_provider_id = match message.reply_to {
            Some(id) => messages::find(reader, scope, id)
                .await?
                .and_then(|m| m.provider_id),
            None => None,
        };
        let external_id = identity.external_id;
        Ok(Ok((
            channel,
            OutboundMessage {
                external_id,
                content,
                reply_to_provider_id,
            },
        )))
    }

    async fn outbound_content(
        &self,
        scope: &TenantScope,
        content: &Content,
    ) -> Result<Result<OutboundContent, SendError>> {
        Ok(Ok(match content.clone() {
            Content::Text { text } => OutboundContent::Text { text },
            Content::Location {
                latitude,
                longitude,
            } => OutboundContent::Location {
                latitude,
                longitude,
            },
            Content::Contact { name, phone } => OutboundContent::Contact { name, phone },
            Content::Interactive { text, buttons } => {
                OutboundContent::Interactive { text, buttons }
            }
            Content::File {
                kind,
                file_id,
                caption,
            } => {
                let file = files::find(self.store().reader(), scope, file_id).await?;
                let bytes = self.blobs().get(scope, file_id).await;
                let (Some(file), Ok(Some(bytes))) = (file, bytes) else {
                    return Ok(Err(SendError {
                        code: "file_gone".to_owned(),
                        detail: "the file is not here any more".to_owned(),
                    }));
                };
                OutboundContent::File {
                    kind,
                    bytes,
                    file_name: file.file_name,
                    mime_type: file.mime_type,
                    caption,
                }
            }
        }))
    }

    async fn end_sending(
        &self,
        turn: Turn,
        message_id: MessageId,
        delivery: Delivery,
    ) -> Result<()> {
        let scope = turn.scope;
        let stored = self
            .store()
            .write(&scope, move |unit| async move {
                let found = messages::find(unit.db(), &scope, message_id).await?;
                let Some(mut message) = found else {
                    turn.finish(&unit).await?;
                    return Ok::<_, Error>(None);
                };
                match settle(&mut message, delivery, turn.lease.attempts) {
                    Settled::Done => {
                        save(&unit, &message).await?;
                        turn.finish(&unit).await?;
                    }
                    Settled::Again(delay) => {
                        let lease = &turn.lease;
                        let delay = delay.unwrap_or_else(|| lanes::backoff(lease.attempts, lease));
                        save(&unit, &message).await?;
                        lanes::leave(&unit, &[(lease, Leave::Retry(delay))]).await?;
                    }
                }
                Ok(Some(message))
            })
            .await?;
        match stored {
            Some(message) => self.count_outcome(&message).await,
            None => Ok(()),
        }
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
}

enum Settled {
    Done,
    Again(Option<std::time::Duration>),
}

/// What a delivery makes of the message.
fn settle(message: &mut MessageRecord, delivery: Delivery, tries: i64) -> Settled {
    message.error = None;
    match delivery {
        Delivery::Sent { provider_ids } => {
            message.status = MessageStatus::Sent;
            note_pieces(message, &provider_ids);
            Settled::Done
        }
        Delivery::RetryLater { after, error } if tries < MAX_TRIES => {
            message.status = MessageStatus::Queued;
            message.error = Some(error);
            Settled::Again(after)
        }
        Delivery::RetryLater { error, .. } | Delivery::Refused(error) => {
            message.status = MessageStatus::Failed;
            message.error = Some(error);
            Settled::Done
        }
        Delivery::Unknown {
            provider_ids_so_far,
            error,
        } => {
            message.status = MessageStatus::Unknown;
            message.error = Some(error);
            note_pieces(message, &provider_ids_so_far);
            Settled::Done
        }
    }
}

/// Keeps the provider's ids: the first names the message, all of them are kept where it took several.
fn note_pieces(message: &mut MessageRecord, provider_ids: &[String]) {
    message.provider_id = provider_ids.first().cloned();
    if provider_ids.len() > 1
        && let serde_json::Value::Object(metadata) = &mut message.metadata
    {
        metadata.insert("pieces".to_owned(), provider_ids.into());
    }
}

async fn save(unit: &UnitOfWork, message: &MessageRecord) -> Result<()> {
    messages::update(unit, std::slice::from_ref(message)).await?;
    unit.emit(message_updated(message));
    Ok(())
}
