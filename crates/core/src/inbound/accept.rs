//! Storing raw events before they are acknowledged. Webhooks that arrive while a commit is under way
//! share the next one.

use std::sync::Arc;

use omni_channels::telegram::Envelope;
use omni_model::{ChannelId, Clock, PlatformScope, TenantScope, codes};
use omni_store::raw_events::{self, NewRawEvent};
use omni_store::{Store, StoreError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use crate::{Core, Error, Result};

/// Events in one commit at most.
const BATCH: usize = 256;
/// Events that wait for their commit at most; more are refused with 503, and the provider tries again.
const WAITING: usize = 4096;
/// Kilobytes of bodies that wait at most.
const WAITING_KB: usize = 64 * 1024;

/// A raw event on its way into the store.
#[derive(Debug)]
pub struct RawInbound {
    pub scope: TenantScope,
    pub channel_id: ChannelId,
    pub envelope: Envelope,
    /// The body as it came; valid JSON, hence UTF-8.
    pub payload: String,
}

struct Waiting {
    event: NewRawEvent,
    answer: oneshot::Sender<Result<(), StoreError>>,
    _memory: OwnedSemaphorePermit,
}

/// The group commit. Cheap to clone.
#[derive(Clone)]
pub struct Acceptor {
    queue: mpsc::Sender<Waiting>,
    memory: Arc<Semaphore>,
    clock: Arc<dyn Clock>,
}

impl Acceptor {
    /// Starts the committing task; it ends when the last clone is dropped and everything is stored.
    pub fn start(store: Store, clock: Arc<dyn Clock>) -> Self {
        let (queue, events) = mpsc::channel(WAITING);
        tokio::spawn(commit_groups(store, events));
        Self {
            queue,
            memory: Arc::new(Semaphore::new(WAITING_KB)),
            clock,
        }
    }

    async fn accept(&self, raw: RawInbound) -> Result<()> {
        let overloaded = || Error::refused(codes::UNAVAILABLE, "too much is waiting to be stored");
        let kilobytes = u32::try_from(raw.payload.len() / 1024 + 1).unwrap_or(u32::MAX);
        let memory = Arc::clone(&self.memory)
            .try_acquire_many_owned(kilobytes)
            .map_err(|_| overloaded())?;
        let (answer, stored) = oneshot::channel();
        let event = NewRawEvent {
            scope: raw.scope,
            channel_id: raw.channel_id,
            provider_event_id: raw.envelope.provider_event_id,
            order_key: raw.envelope.order_key,
            kind: raw.envelope.kind,
            payload: raw.payload,
            received_at: self.clock.now(),
        };
        self.queue
            .try_send(Waiting {
                event,
                answer,
                _memory: memory,
            })
            .map_err(|_| overloaded())?;
        stored
            .await
            .map_err(|_| Error::refused(codes::UNAVAILABLE, "the server is stopping"))?
            .map_err(Error::from)
    }
}

impl Core {
    /// Stores a raw event; returns when it is durable. One that is stored already has no effect.
    pub async fn accept_raw(&self, raw: RawInbound) -> Result<()> {
        self.acceptor().accept(raw).await
    }
}

async fn commit_groups(store: Store, mut events: mpsc::Receiver<Waiting>) {
    let mut group = Vec::with_capacity(BATCH);
    while events.recv_many(&mut group, BATCH).await > 0 {
        let (new, answers): (Vec<_>, Vec<_>) = group
            .drain(..)
            .map(|w| (w.event, (w.answer, w._memory)))
            .unzip();
        match commit(&store, new.clone()).await {
            Ok(()) => answers
                .into_iter()
                .for_each(|(answer, _)| drop(answer.send(Ok(())))),
            Err(error) if !error.is_transient() && new.len() > 1 => {
                // Something in the group cannot be stored: only the culprit fails.
                for (event, (answer, _)) in new.into_iter().zip(answers) {
                    drop(answer.send(commit(&store, vec![event]).await));
                }
            }
            Err(error) => {
                let error = Arc::new(error);
                for (answer, _) in answers {
                    drop(answer.send(Err(StoreError::Shared(Arc::clone(&error)))));
                }
            }
        }
    }
}

async fn commit(store: &Store, events: Vec<NewRawEvent>) -> Result<(), StoreError> {
    let why = PlatformScope::for_reason("a group commit holds the events of all tenants");
    store
        .write_platform(why, move |unit| async move {
            raw_events::accept(&unit, &events).await
        })
        .await
}
