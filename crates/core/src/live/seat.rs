//! An operator's seat at the hub.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use omni_model::{ConversationId, Holder, Principal, SessionId, UserId};
use tokio::sync::Notify;

use super::LiveOptions;
use super::mailbox::{Mailbox, WhenFull};
use super::render::Rendered;
use super::sight::Viewer;

/// What a socket is asked to do about its right to be open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Look at it anew.
    Recheck,
    /// Close: the session ended.
    End,
    /// Close: the client is to connect again.
    ComeAgain,
}

/// A request to a socket; the last one counts, and an end is final.
#[derive(Default)]
pub(super) struct Request {
    wanted: Notify,
    ended: AtomicBool,
    unseated: AtomicBool,
}

impl Request {
    pub(super) fn recheck(&self) {
        self.wanted.notify_one();
    }

    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.wanted.notify_one();
    }

    pub(super) fn come_again(&self) {
        self.unseated.store(true, Ordering::Release);
        self.wanted.notify_one();
    }

    pub(super) async fn asked(&self) -> Asked {
        self.wanted.notified().await;
        if self.ended.load(Ordering::Acquire) {
            Asked::End
        } else if self.unseated.load(Ordering::Acquire) {
            Asked::ComeAgain
        } else {
            Asked::Recheck
        }
    }
}

/// An operator's socket, as the hub knows it.
pub(super) struct OperatorSeat {
    viewer: Mutex<Viewer>,
    pub(super) mailbox: Mailbox,
    pub(super) request: Request,
    looks_at: Mutex<Option<ConversationId>>,
}

impl OperatorSeat {
    pub(super) fn new(viewer: Viewer, options: &LiveOptions) -> Self {
        Self {
            viewer: Mutex::new(viewer),
            mailbox: Mailbox::new(WhenFull::Resync, options.queue_frames, options.queue_bytes),
            request: Request::default(),
            looks_at: Mutex::default(),
        }
    }

    /// Notes which conversation he looks at; answers which it was before.
    pub(super) fn look(&self, at: Option<ConversationId>) -> Option<ConversationId> {
        // Replaced whole.
        let mut looks_at = self.looks_at.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *looks_at, at)
    }

    fn viewer(&self) -> MutexGuard<'_, Viewer> {
        // Replaced whole.
        self.viewer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn current(&self) -> Viewer {
        self.viewer().clone()
    }

    /// Replaces the viewer; says whether what he sees may differ.
    pub(super) fn set(&self, viewer: Viewer) -> bool {
        let mut current = self.viewer();
        let differs = current.scope != viewer.scope
            || current.principal.role != viewer.principal.role
            || current.principal.permissions != viewer.principal.permissions;
        *current = viewer;
        differs
    }

    pub(super) fn principal(&self) -> Principal {
        self.viewer().principal.clone()
    }

    pub(super) fn session(&self) -> Option<SessionId> {
        self.viewer().principal.session()
    }

    pub(super) fn user(&self) -> Option<UserId> {
        self.viewer().principal.person()
    }

    pub(super) fn is_limited(&self) -> bool {
        self.viewer().is_limited()
    }

    pub(super) fn sees(&self, holder: Holder) -> bool {
        self.viewer().sees(holder)
    }

    /// Puts what this operator may see of a batch.
    pub(super) fn put(&self, batch: &[Rendered], head: i64) {
        let viewer = self.viewer();
        let frames = batch
            .iter()
            .flat_map(|rendered| rendered.frames_for(&viewer));
        self.mailbox.put(frames, head);
    }
}
