//! What one operator's socket is to send: a greeting, what was missed, then what happens.

use std::sync::Arc;

use omni_model::{Epoch, Principal, TenantScope};
use omni_store::{events, sight};

use super::frame::{Body, Frame};
use super::hub::{self, Hub};
use super::render::{Wants, render};
use super::seat::{Asked, OperatorSeat};
use super::sight::Viewer;
use super::viewing::Looking;
use super::{Live, Place};
use crate::access::person;
use crate::presence::Present;
use crate::{Core, Result};

/// Frames handed to a socket at once.
pub(super) const PIECE: usize = 64;

/// Where a socket that was connected before stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resume {
    /// The last event it knows.
    pub last_seq: Option<i64>,
    /// The life of the log it knows.
    pub epoch: Option<Epoch>,
}

/// The frames of one operator's socket. Dropping it gives the seat back.
pub struct OperatorFeed {
    core: Core,
    scope: TenantScope,
    seat: Arc<OperatorSeat>,
    first: Vec<Frame>,
    /// The last event replayed, while there is more to replay.
    replayed: Option<i64>,
    /// The head at the moment of joining: the mailbox's events up to here are known already.
    head: i64,
    place: Place,
    _present: Present,
    _looking: Looking,
}

/// The other side of a feed: what may change while it runs.
#[derive(Clone)]
pub struct OperatorControl {
    core: Core,
    hub: Arc<Hub>,
    seat: Arc<OperatorSeat>,
}

impl Core {
    async fn sight_of(&self, principal: Principal) -> Result<Viewer> {
        let scope = self.sight(&principal).await?;
        Ok(Viewer { principal, scope })
    }

    /// Joins an operator's socket to what happens in his tenant, from where it stopped.
    pub async fn connect_operator(
        &self,
        principal: Principal,
        resume: Resume,
    ) -> Result<OperatorFeed> {
        let (scope, operator) = (principal.scope(), person(&principal)?);
        let viewer = self.sight_of(principal).await?;
        let seat = Arc::new(OperatorSeat::new(viewer, &self.options().live));
        let place = self
            .live()
            .join(self, scope, None, |hub| hub.join_operator(&seat))
            .await?;
        let (head, epoch) = events::head(self.store().reader(), &scope).await?;
        seat.mailbox.knows(head);
        let looking = Looking {
            core: self.clone(),
            seat: Arc::clone(&seat),
        };
        let mut feed = OperatorFeed {
            core: self.clone(),
            scope,
            seat,
            first: vec![Frame::of_event(head, &Body::OperatorConnected { epoch })],
            replayed: None,
            head,
            place,
            _present: self.enter(scope, operator),
            _looking: looking,
        };
        match self.resumes_at(&feed.seat, resume, head, epoch).await? {
            Start::Live => {}
            Start::Replay(from) => feed.replayed = Some(from),
            Start::Resync => feed.first.push(Frame::resync(head)),
        }
        Ok(feed)
    }

    async fn resumes_at(
        &self,
        seat: &OperatorSeat,
        resume: Resume,
        head: i64,
        epoch: Epoch,
    ) -> Result<Start> {
        let Some(last) = resume.last_seq else {
            return Ok(Start::Live);
        };
        if resume.epoch.is_some_and(|known| known != epoch) || last > head {
            return Ok(Start::Resync);
        }
        let (principal, reader) = (seat.principal(), self.store().reader());
        let scope = &principal.scope();
        // What he was told before he saw other conversations does not hold any more.
        let limited = seat.is_limited();
        if limited
            && let Some(changed) = sight::changed_at(reader, scope, principal.sees_as()).await?
            && last <= changed
        {
            return Ok(Start::Resync);
        }
        if last == head {
            return Ok(Start::Live);
        }
        let oldest = events::oldest(reader, scope).await?;
        Ok(match oldest {
            Some(oldest) if last >= oldest - 1 => Start::Replay(last),
            _ => Start::Resync,
        })
    }
}

enum Start {
    Live,
    Replay(i64),
    Resync,
}

impl OperatorFeed {
    /// The other side.
    pub fn control(&self) -> OperatorControl {
        OperatorControl {
            core: self.core.clone(),
            hub: Arc::clone(&self.place.hub),
            seat: Arc::clone(&self.seat),
        }
    }

    /// The next frames, as soon as there are any. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Result<Vec<Frame>> {
        if !self.first.is_empty() {
            return Ok(std::mem::take(&mut self.first));
        }
        while let Some(from) = self.replayed {
            let frames = self.replay(from).await?;
            if !frames.is_empty() {
                return Ok(frames);
            }
        }
        loop {
            // An operator's mailbox never ends: it says `resync` when it overflows.
            let mut frames = self.seat.mailbox.take(PIECE).await.unwrap_or_default();
            frames.retain(|frame| frame.seq.is_none_or(|seq| seq > self.head));
            if !frames.is_empty() {
                return Ok(frames);
            }
        }
    }

    async fn replay(&mut self, from: i64) -> Result<Vec<Frame>> {
        let live: &Live = self.core.live();
        let _turn = live.replays.acquire().await;
        let mut batch = hub::read(&self.core, &self.scope, from).await?;
        batch.retain(|told| told.event.seq <= self.head);
        let last = batch.last().map(|told| told.event.seq);
        let viewer = self.seat.current();
        let wants = Wants {
            holders: viewer.is_limited(),
            visitors: false,
        };
        let rendered = render(&self.core, &self.scope, batch, wants).await?;
        let mut frames: Vec<Frame> = rendered
            .iter()
            .flat_map(|rendered| rendered.frames_for(&viewer))
            .collect();
        match last {
            Some(last) if last < self.head => self.replayed = Some(last),
            Some(_) => {
                self.replayed = None;
                // Says that nothing more was missed, unless the last event says it.
                if frames.last().and_then(|frame| frame.seq) != Some(self.head) {
                    frames.push(Frame::of_event(self.head, &Body::Sync));
                }
            }
            None => {
                // What was to come has been forgotten meanwhile.
                self.replayed = None;
                frames.push(Frame::resync(self.head));
            }
        }
        Ok(frames)
    }
}

impl OperatorControl {
    /// Waits until the socket's right to be open is to be looked at.
    pub async fn asked(&self) -> Asked {
        self.seat.request.asked().await
    }

    pub(super) fn core(&self) -> &Core {
        &self.core
    }

    pub(super) fn seat(&self) -> &OperatorSeat {
        &self.seat
    }

    /// The operator, as known now.
    pub fn principal(&self) -> Principal {
        self.seat.principal()
    }

    /// Puts an answer to a frame of the client behind what waits.
    pub fn answer(&self, frame: Frame) {
        self.seat.mailbox.put_fleeting(frame);
    }

    /// Takes the operator as authenticated anew. If he sees more or less than before, what he was told
    /// does not hold any more: he fetches anew.
    pub async fn renew(&self, principal: Principal) -> Result<()> {
        let viewer = self.core.sight_of(principal).await?;
        if self.seat.set(viewer) {
            self.seat.mailbox.resync(self.hub.published());
        }
        Ok(())
    }
}
