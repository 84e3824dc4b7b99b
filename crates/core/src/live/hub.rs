//! A tenant's hub: reads the event log in order, renders each event once, and hands it to everybody who
//! listens and may see it. It lives while somebody listens; when nobody does, nothing is read.

mod availability;
mod fleeting;
mod places;

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use omni_model::{SessionId, TenantScope};
use omni_store::{Growth, ToldEvent, events};
use tokio::sync::{Notify, mpsc};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::frame::{Body, Frame};
use super::mailbox::Mailbox;
use super::render::{Rendered, Wants, render};
use super::seat::OperatorSeat;
use super::visitor::{Address, VisitorSeat};
use crate::{Core, Error, Result};

pub(super) use fleeting::Fleeting;

/// Events read and rendered at once.
const BATCH: u64 = 256;
/// Events kept in memory until they are handed out.
const TOLD: usize = 1024;
/// Fleeting events that wait to be told; more are dropped.
const FLEETING: usize = 256;

/// Sockets of one person at most: many tabs are fine, a loop that opens them is not.
const SOCKETS: usize = 64;

/// A tenant's hub.
pub(super) struct Hub {
    pub(super) scope: TenantScope,
    table: Mutex<Table>,
    next_seat: AtomicU64,
    /// The newest head that somebody spoke of.
    known_head: AtomicI64,
    /// Events told at their commit and not handed out yet, by number. There may be gaps; the log has none.
    told: Mutex<BTreeMap<i64, ToldEvent>>,
    wake: Notify,
    /// Whether places in the queue may have changed since they were told.
    queue_moved: AtomicBool,
    fleeting: mpsc::Sender<Fleeting>,
    stop: CancellationToken,
}

/// Who listens.
#[derive(Default)]
struct Table {
    operators: HashMap<u64, Arc<OperatorSeat>>,
    visitors: HashMap<Address, Vec<(u64, Arc<VisitorSeat>)>>,
    /// Whether somebody is there to answer, as visitors were told last.
    told_online: Option<bool>,
    /// The last event handed out.
    published: i64,
    /// Nobody may join any more: a new hub takes over.
    closed: bool,
}

impl Table {
    fn is_empty(&self) -> bool {
        self.operators.is_empty() && self.visitors.is_empty()
    }
}

/// Why somebody cannot join.
pub(super) enum NoSeat {
    /// The hub was closed at this very moment.
    Closed,
    /// One person holds as many sockets as anybody may.
    Full,
}

impl Hub {
    /// Starts a hub that tells of what follows `cursor`.
    pub(super) fn start(core: &Core, scope: TenantScope, cursor: i64) -> Arc<Self> {
        let (fleeting, waiting) = mpsc::channel(FLEETING);
        let hub = Arc::new(Self {
            scope,
            table: Mutex::new(Table {
                published: cursor,
                ..Table::default()
            }),
            next_seat: AtomicU64::new(1),
            known_head: AtomicI64::new(cursor),
            told: Mutex::default(),
            wake: Notify::new(),
            queue_moved: AtomicBool::new(false),
            fleeting,
            stop: CancellationToken::new(),
        });
        // What was committed since the cursor was read has been signalled to nobody here.
        hub.wake.notify_one();
        hub.known_head.fetch_add(1, Ordering::Relaxed);
        tokio::spawn(run(core.clone(), Arc::clone(&hub), waiting));
        hub
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        // Held for moves within memory only, each of which leaves the table whole.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Joins an operator: from now on every event after the last one handed out reaches his mailbox.
    pub(super) fn join_operator(&self, seat: &Arc<OperatorSeat>) -> Result<u64, NoSeat> {
        let user = seat.user();
        let mut table = self.lock();
        if table.closed {
            return Err(NoSeat::Closed);
        }
        if table
            .operators
            .values()
            .filter(|other| other.user() == user)
            .count()
            >= SOCKETS
        {
            return Err(NoSeat::Full);
        }
        let id = self.next_seat.fetch_add(1, Ordering::Relaxed);
        table.operators.insert(id, Arc::clone(seat));
        Ok(id)
    }

    /// Joins a visitor.
    pub(super) fn join_visitor(&self, seat: &Arc<VisitorSeat>) -> Result<u64, NoSeat> {
        let mut table = self.lock();
        if table.closed {
            return Err(NoSeat::Closed);
        }
        let seats = table.visitors.entry(seat.address.clone()).or_default();
        if seats.len() >= SOCKETS {
            return Err(NoSeat::Full);
        }
        let id = self.next_seat.fetch_add(1, Ordering::Relaxed);
        seats.push((id, Arc::clone(seat)));
        Ok(id)
    }

    /// Takes a seat away; says whether the hub closed with it.
    pub(super) fn leave(&self, id: u64, address: Option<&Address>) -> bool {
        let mut table = self.lock();
        match address {
            None => drop(table.operators.remove(&id)),
            Some(address) => {
                if let Some(seats) = table.visitors.get_mut(address) {
                    seats.retain(|(seat, _)| *seat != id);
                    if seats.is_empty() {
                        table.visitors.remove(address);
                    }
                }
            }
        }
        table.closed = table.is_empty();
        if table.closed {
            self.stop.cancel();
        }
        table.closed
    }

    /// The log has grown by these events.
    pub(super) fn told(&self, growth: &Growth) {
        {
            let mut told = self.lock_told();
            // Beyond that, reading the log in large pieces is as good.
            if told.len() < TOLD {
                let events = growth.events.iter().cloned();
                told.extend(events.map(|told| (told.event.seq, told)));
            }
        }
        self.grew(growth.head);
    }

    /// Takes what was told of the events right after `cursor`, at most a batch; nothing if that begins with a gap.
    fn take_told(&self, cursor: i64) -> Vec<ToldEvent> {
        let mut told = self.lock_told();
        *told = told.split_off(&(cursor + 1));
        let mut batch = Vec::new();
        for seq in (cursor + 1..).take(BATCH as usize) {
            let Some(event) = told.remove(&seq) else {
                break;
            };
            batch.push(event);
        }
        batch
    }

    fn lock_told(&self) -> MutexGuard<'_, BTreeMap<i64, ToldEvent>> {
        // Held for moves within memory only.
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The log has grown to `head`.
    pub(super) fn grew(&self, head: i64) {
        if self.known_head.fetch_max(head, Ordering::AcqRel) < head {
            self.wake.notify_one();
        }
    }

    /// Whether places are told, or how, may have changed.
    pub(super) fn settings_changed(&self) {
        self.queue_moved.store(true, Ordering::Release);
        self.wake.notify_one();
    }

    /// Tells what is fleeting, unless too much of it waits.
    pub(super) fn tell(&self, fleeting: Fleeting) {
        let _ = self.fleeting.try_send(fleeting);
    }

    /// Has the seats that `concerned` picks look at their right to be here anew.
    pub(super) fn recheck(&self, concerned: impl Fn(&OperatorSeat) -> bool) {
        let table = self.lock();
        table
            .operators
            .values()
            .filter(|seat| concerned(seat))
            .for_each(|seat| seat.request.recheck());
    }

    /// Has the visitors look anew, too: their channel may be gone.
    pub(super) fn recheck_visitors(&self) {
        let table = self.lock();
        table
            .visitors
            .values()
            .flatten()
            .for_each(|(_, seat)| seat.request.recheck());
    }

    /// Has the sockets of one visitor look anew.
    pub(super) fn recheck_visitor(&self, address: &Address) {
        let table = self.lock();
        let seats = table.visitors.get(address).into_iter().flatten();
        seats.for_each(|(_, seat)| seat.request.recheck());
    }

    /// Closes the sockets of a session that ended.
    pub(super) fn end_session(&self, session: SessionId) {
        let table = self.lock();
        table
            .operators
            .values()
            .filter(|seat| seat.session() == Some(session))
            .for_each(|seat| seat.request.end());
    }

    /// The last event handed out.
    pub(super) fn published(&self) -> i64 {
        self.lock().published
    }

    /// How many listen.
    pub(super) fn seats(&self) -> usize {
        let table = self.lock();
        table.operators.len() + table.visitors.values().map(Vec::len).sum::<usize>()
    }

    fn wants(&self) -> Wants {
        let table = self.lock();
        Wants {
            holders: table.operators.values().any(|seat| seat.is_limited()),
            visitors: !table.visitors.is_empty(),
        }
    }

    /// Hands out a batch. Costs each reader a push of shared frames, whether he reads or not.
    fn publish(&self, batch: &[Rendered], head: i64) {
        let mut table = self.lock();
        for seat in table.operators.values() {
            seat.put(batch, head);
        }
        if !table.visitors.is_empty() {
            for (address, frame) in batch
                .iter()
                .filter_map(|rendered| rendered.visitor.as_ref())
            {
                for (_, seat) in table.visitors.get(address).into_iter().flatten() {
                    seat.mailbox.put([frame.clone()], head);
                }
            }
        }
        table.published = head;
    }

    /// Something in the log up to `head` cannot be shown: everybody fetches anew.
    fn skip_to(&self, head: i64) {
        let mut table = self.lock();
        let operators = table.operators.values().map(|seat| &seat.mailbox);
        let visitors = table
            .visitors
            .values()
            .flatten()
            .map(|(_, seat)| &seat.mailbox);
        operators
            .chain(visitors)
            .for_each(|mailbox: &Mailbox| mailbox.resync(head));
        table.published = head;
    }

    /// The log ends at `head` now, before what was handed out: everybody connects again, and finds a new log.
    pub(super) fn fall_back(&self, head: i64) {
        self.lock_told().clear();
        self.skip_to(head);
        let table = self.lock();
        table
            .operators
            .values()
            .for_each(|seat| seat.request.come_again());
        self.known_head.store(head, Ordering::Release);
    }

    /// Tells the head to those whom the newest events passed by.
    fn sync(&self) {
        let table = self.lock();
        let frame = Frame::of_event(table.published, &Body::Sync);
        table
            .operators
            .values()
            .for_each(|seat| seat.mailbox.sync(table.published, &frame));
    }
}

async fn run(core: Core, hub: Arc<Hub>, mut waiting: mpsc::Receiver<Fleeting>) {
    let mut sync = interval(core.options().live.sync);
    sync.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut places = interval(places::EVERY);
    places.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = hub.stop.cancelled() => return,
            () = hub.wake.notified() => {
                if let Err(error) = catch_up(&core, &hub).await {
                    // The look at the heads wakes the hub again while it lags behind.
                    hub.known_head.store(hub.published(), Ordering::Release);
                    tracing::warn!(tenant_id = %hub.scope.tenant_id(), %error, "the event log could not be read");
                }
            }
            Some(told) = waiting.recv() => {
                if let Err(error) = fleeting::tell(&core, &hub, told).await {
                    tracing::debug!(tenant_id = %hub.scope.tenant_id(), %error, "a fleeting event was not told");
                }
            }
            _ = sync.tick() => hub.sync(),
            _ = places.tick(), if hub.queue_moved.load(Ordering::Acquire) => {
                if let Err(error) = places::tell(&core, &hub).await {
                    tracing::debug!(tenant_id = %hub.scope.tenant_id(), %error, "places were not told");
                }
            }
        }
    }
}

/// Reads and hands out everything up to the head.
async fn catch_up(core: &Core, hub: &Hub) -> Result<()> {
    loop {
        let cursor = hub.published();
        let head = hub.known_head.load(Ordering::Acquire);
        if head <= cursor {
            return Ok(());
        }
        let mut batch = hub.take_told(cursor);
        if batch.is_empty() {
            batch = read(core, &hub.scope, cursor).await?;
        }
        let Some(last) = batch.last().map(|told| told.event.seq) else {
            // Spoken of, but not there; unless it was spoken of anew meanwhile, that is all.
            let _ =
                hub.known_head
                    .compare_exchange(head, cursor, Ordering::AcqRel, Ordering::Acquire);
            continue;
        };
        let moved = batch.iter().any(|told| places::may_move(told.event.kind));
        match render(core, &hub.scope, batch, hub.wants()).await {
            Ok(rendered) => {
                hub.publish(&rendered, last);
                hub.queue_moved.fetch_or(moved, Ordering::AcqRel);
            }
            Err(Error::Store(error)) if error.is_transient() => return Err(error.into()),
            Err(error) => {
                // One row that cannot be read must not silence the tenant for ever.
                tracing::error!(tenant_id = %hub.scope.tenant_id(), %error, seq = last, "events could not be shown");
                hub.skip_to(last);
            }
        }
    }
}

/// The first events after `cursor`, from the log.
pub(super) async fn read(core: &Core, scope: &TenantScope, cursor: i64) -> Result<Vec<ToldEvent>> {
    let events = events::after(core.store().key_reader(), scope, cursor, BATCH).await?;
    let told = |event| ToldEvent {
        event,
        message: None,
        conversation: None,
    };
    Ok(events.into_iter().map(told).collect())
}
