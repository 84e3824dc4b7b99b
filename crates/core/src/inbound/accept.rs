//! Storing raw events before they are acknowledged. Webhooks that arrive while a commit is under way
//! share the next one.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use omni_channels::telegram::Envelope;
use omni_model::{ChannelId, Clock, TenantScope, codes};
use omni_store::raw_events::{self, NewRawEvent, RawEvent, Taken};
use omni_store::{Lease, Store, StoreError};
use tokio::sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::handover::{Handed, Handover};
use crate::{Core, Error, Result};

/// Events in one commit at most.
const BATCH: usize = 256;
/// Where the last commit had more events than a few, the next one waits this long for company: it costs the same for
/// many.
const FEW: usize = 2;
const LINGER: Duration = Duration::from_millis(2);
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
    answer: Answer,
}

/// Where the outcome goes, and the memory that is free again then.
struct Answer {
    to: oneshot::Sender<Result<(), StoreError>>,
    _memory: OwnedSemaphorePermit,
    _unanswered: Weak<()>,
}

impl Answer {
    /// Nobody may be waiting any more; the event is stored all the same.
    fn give(self, outcome: Result<(), StoreError>) {
        drop(self.to.send(outcome));
    }
}

/// The group commit. Cheap to clone.
#[derive(Clone)]
pub struct Acceptor {
    queue: mpsc::Sender<Waiting>,
    handover: Arc<Handover>,
    memory: Arc<Semaphore>,
    /// Each event holds a weak reference until it is answered.
    unanswered: Arc<()>,
    clock: Arc<dyn Clock>,
}

impl Acceptor {
    /// Starts the committing task; it ends when the last clone is dropped and everything is stored.
    pub fn start(store: Store, clock: Arc<dyn Clock>) -> Self {
        let (queue, events) = mpsc::channel(WAITING);
        let handover = Arc::<Handover>::default();
        tokio::spawn(commit_groups(store, events, Arc::clone(&handover)));
        Self {
            queue,
            handover,
            memory: Arc::new(Semaphore::new(WAITING_KB)),
            unanswered: Arc::default(),
            clock,
        }
    }

    /// Where events go on from here, if they can.
    pub(super) fn handover(&self) -> &Handover {
        &self.handover
    }

    /// How many events wait for their commit now, or for its end.
    pub(super) fn waiting(&self) -> usize {
        Arc::weak_count(&self.unanswered)
    }

    async fn accept(&self, raw: RawInbound) -> Result<()> {
        let overloaded = || Error::refused(codes::UNAVAILABLE, "too much is waiting to be stored");
        let kilobytes = u32::try_from(raw.payload.len() / 1024 + 1).unwrap_or(u32::MAX);
        let memory = Arc::clone(&self.memory)
            .try_acquire_many_owned(kilobytes)
            .map_err(|_| overloaded())?;
        let (to, stored) = oneshot::channel();
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
                answer: Answer {
                    to,
                    _memory: memory,
                    _unanswered: Arc::downgrade(&self.unanswered),
                },
            })
            .map_err(|_| overloaded())?;
        stored
            .await
            .map_err(|_| Error::refused(codes::UNAVAILABLE, "the server is stopping"))?
            .map_err(Error::from)
    }
}

impl Core {
    /// Where this process's worker takes inbound lanes that need not be claimed.
    pub fn handover(&self) -> &Handover {
        self.acceptor().handover()
    }

    /// Stores a raw event; returns when it is durable. One that is stored already has no effect.
    pub async fn accept_raw(&self, raw: RawInbound) -> Result<()> {
        self.acceptor().accept(raw).await
    }
}

/// What waits for its commit. Shared with the transaction, which takes its group out as late as possible:
/// when its turn has come.
struct Inbox {
    queue: mpsc::Receiver<Waiting>,
    /// The group of this commit, and where its answers go. They outlive the transaction, so that each is
    /// answered whatever becomes of it.
    events: Vec<NewRawEvent>,
    answers: Vec<Answer>,
}

impl Inbox {
    fn new(queue: mpsc::Receiver<Waiting>) -> Self {
        Self {
            queue,
            events: Vec::with_capacity(BATCH),
            answers: Vec::with_capacity(BATCH),
        }
    }

    /// Waits until there is something to commit; `false` at the end.
    async fn first(&mut self) -> bool {
        let first = self.queue.recv().await;
        let more = first.is_some();
        first.into_iter().for_each(|waiting| self.add(waiting));
        more
    }

    fn gather(&mut self) {
        while self.events.len() < BATCH
            && let Ok(waiting) = self.queue.try_recv()
        {
            self.add(waiting);
        }
    }

    fn add(&mut self, waiting: Waiting) {
        self.events.push(waiting.event);
        self.answers.push(waiting.answer);
    }
}

async fn commit_groups(store: Store, queue: mpsc::Receiver<Waiting>, handover: Arc<Handover>) {
    let inbox = Arc::new(Mutex::new(Inbox::new(queue)));
    let mut company = false;
    while inbox.lock().await.first().await {
        // One writer alone makes them wait for each other anyhow.
        if company && !store.dialect().is_exclusive() {
            tokio::time::sleep(LINGER).await;
        }
        let since = Instant::now();
        let owner = handover.owner();
        let outcome = commit(&store, owner, Arc::clone(&inbox)).await;
        let mut inbox = inbox.lock().await;
        let events = std::mem::take(&mut inbox.events);
        let answers = std::mem::take(&mut inbox.answers);
        drop(inbox);
        company = events.len() > FEW;
        match outcome {
            Ok(taken) => {
                answers.into_iter().for_each(|answer| answer.give(Ok(())));
                hand_over(&store, &handover, since, taken.with(events)).await;
            }
            Err(error) if !error.is_transient() && events.len() > 1 => {
                // Something in the group cannot be stored: only the culprit fails.
                for (event, answer) in events.into_iter().zip(answers) {
                    answer.give(commit_one(&store, event).await);
                }
            }
            Err(error) => {
                let error = Arc::new(error);
                for answer in answers {
                    answer.give(Err(StoreError::Shared(Arc::clone(&error))));
                }
            }
        }
    }
}

async fn commit(
    store: &Store,
    owner: Option<String>,
    inbox: Arc<Mutex<Inbox>>,
) -> Result<Taken, StoreError> {
    let gather = move || async move {
        let mut inbox = inbox.lock_owned().await;
        inbox.gather();
        OwnedMutexGuard::map(inbox, |inbox| &mut inbox.events)
    };
    raw_events::accept_next(store, owner.as_deref(), gather).await
}

async fn commit_one(store: &Store, event: NewRawEvent) -> Result<(), StoreError> {
    let gather = move || async move { Box::new(vec![event]) };
    raw_events::accept_next(store, None, gather).await.map(drop)
}

async fn hand_over(
    store: &Store,
    handover: &Handover,
    since: Instant,
    leased: Vec<(Lease, Vec<RawEvent>)>,
) {
    let handed = leased.into_iter().map(|(lease, events)| Handed {
        lease,
        events,
        since,
    });
    let handed: Vec<_> = handed.collect();
    if handed.is_empty() {
        return;
    }
    if let Err(refused) = handover.put(handed) {
        // The worker stopped meanwhile. What cannot be given back runs out by itself.
        let leases: Vec<_> = refused.into_iter().map(|handed| handed.lease).collect();
        if let Err(error) = store.give_back(&leases).await {
            tracing::warn!(%error, "lanes could not be given back");
        }
    }
}
