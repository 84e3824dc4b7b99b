//! Commit hints and fleeting events.

use std::sync::Arc;

use omni_model::{ApiKeyId, ConversationId, OperatorStatus, Queue, SessionId, TenantId, UserId};
use omni_store::{CommitListener, Committed, Growth};
use tokio::sync::{Notify, broadcast};

/// How many signals a slow listener may lag behind before he misses some. Missing some costs a re-read.
const BACKLOG: usize = 4096;

/// A hint or a fleeting event, for whoever listens right now.
#[derive(Clone, Debug)]
pub enum Signal {
    /// A tenant's event log grew.
    Events(Growth),
    /// The customer of a conversation started or stopped typing.
    CustomerTyping {
        tenant_id: TenantId,
        conversation_id: ConversationId,
        is_typing: bool,
    },
    /// An operator started or stopped typing to the customer; nobody by name where a program does.
    OperatorTyping {
        tenant_id: TenantId,
        conversation_id: ConversationId,
        operator_id: Option<UserId>,
        is_typing: bool,
    },
    /// An operator looks at a conversation, still or not any more.
    OperatorViewing {
        tenant_id: TenantId,
        conversation_id: ConversationId,
        operator_id: UserId,
        is_viewing: bool,
    },
    /// An operator's status changed.
    OperatorStatus {
        tenant_id: TenantId,
        operator_id: UserId,
        status: OperatorStatus,
    },
    /// A session ended before its time: its sockets must close.
    SessionEnded { session_id: SessionId },
    /// A person's rights, password or role changed: his sessions must be looked at anew.
    UserChanged {
        tenant_id: TenantId,
        user_id: UserId,
    },
    /// A key was changed or revoked.
    ApiKeyChanged { key_id: ApiKeyId },
    /// A tenant's settings or channels changed, or it was suspended or restored: caches of them are stale.
    TenantChanged { tenant_id: TenantId },
}

/// The in-process bus. Cheap to clone.
#[derive(Clone)]
pub struct Bus {
    inner: Arc<Inner>,
}

struct Inner {
    signals: broadcast::Sender<Signal>,
    queues: Vec<Notify>,
}

impl Default for Bus {
    fn default() -> Self {
        Self::new()
    }
}

impl Bus {
    /// A bus without listeners.
    pub fn new() -> Self {
        let queues = Queue::ALL.iter().map(|_| Notify::new()).collect();
        Self {
            inner: Arc::new(Inner {
                signals: broadcast::channel(BACKLOG).0,
                queues,
            }),
        }
    }

    /// Tells all listeners. Nobody listening is fine.
    pub fn send(&self, signal: Signal) {
        let _ = self.inner.signals.send(signal);
    }

    /// Listens from now on.
    pub fn listen(&self) -> broadcast::Receiver<Signal> {
        self.inner.signals.subscribe()
    }

    /// Wakes a worker of `queue`; one that is busy looks again when it is done.
    pub fn wake(&self, queue: Queue) {
        self.notify(queue).notify_one();
    }

    /// Waits until somebody wakes `queue`.
    pub async fn woken(&self, queue: Queue) {
        self.notify(queue).notified().await;
    }

    fn notify(&self, queue: Queue) -> &Notify {
        let at = Queue::ALL
            .iter()
            .position(|q| *q == queue)
            .unwrap_or_default();
        &self.inner.queues[at]
    }
}

impl CommitListener for Bus {
    fn committed(&self, commit: &Committed) {
        for queue in &commit.queues {
            self.wake(*queue);
        }
        if let Some(growth) = &commit.events {
            self.send(Signal::Events(growth.clone()));
        }
    }
}
