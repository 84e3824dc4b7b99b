//! Live: what happens reaches the screens that may show it.
//!
//! One [`hub`](hub) a tenant reads the event log in commit order, renders each event once and puts it
//! into the bounded [`mailbox`](mailbox) of everybody who may see it. The log is the truth and the bus only
//! a hint: a lost hint costs the time until the next look at the heads, never an event.
//!
//! Joining has no gap and no double: a socket first joins the hub, then reads the head `H`. The hub hands
//! out everything after some `P <= H`; the socket replays up to `H` from the log and skips what the
//! mailbox holds up to `H`.

mod dispatch;
mod feed;
mod frame;
mod hub;
mod mailbox;
mod options;
mod receipts;
mod render;
mod seat;
mod shown;
mod sight;
mod viewing;
mod visitor;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use omni_model::{TenantId, TenantScope};
use omni_store::events;
use tokio::sync::Semaphore;

use crate::{Core, Error, Result};
use hub::{Hub, NoSeat};

pub use feed::{OperatorControl, OperatorFeed, Resume};
pub use frame::Frame;
pub use options::LiveOptions;
pub use seat::Asked;
pub use shown::shown_to_visitor;
pub use visitor::{VisitorControl, VisitorFeed};

/// Pages of missed events rendered at once: many sockets that come back together take turns, and the
/// database keeps answering others.
const REPLAYS: usize = 2;

/// When somebody with too many sockets may try again.
const FULL: Duration = Duration::from_secs(10);

/// The hubs of all tenants that somebody listens to.
pub(crate) struct Live {
    hubs: Mutex<Hubs>,
    replays: Semaphore,
}

#[derive(Default)]
struct Hubs {
    by_tenant: HashMap<TenantId, Arc<Hub>>,
    /// Whether signals are being passed on: only while there is a hub.
    dispatching: bool,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            hubs: Mutex::default(),
            replays: Semaphore::new(REPLAYS),
        }
    }
}

/// A seat at a hub, given back when dropped.
struct Place {
    core: Core,
    hub: Arc<Hub>,
    id: u64,
    address: Option<visitor::Address>,
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.hub.leave(self.id, self.address.as_ref()) {
            self.core.live().forget(&self.hub);
        }
    }
}

impl Core {
    /// How many sockets are open, by tenant: for metrics.
    pub fn open_sockets(&self) -> Vec<(TenantId, usize)> {
        let hubs = self.live().all();
        hubs.iter()
            .map(|hub| (hub.scope.tenant_id(), hub.seats()))
            .collect()
    }
}

impl Live {
    fn lock(&self) -> MutexGuard<'_, Hubs> {
        // Held for look-ups and inserts only.
        self.hubs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Joins the tenant's hub, starting it for the first who comes.
    async fn join(
        &self,
        core: &Core,
        scope: TenantScope,
        address: Option<&visitor::Address>,
        sit: impl Fn(&Hub) -> Result<u64, NoSeat>,
    ) -> Result<Place> {
        loop {
            let running = self.lock().by_tenant.get(&scope.tenant_id()).cloned();
            let hub = match running {
                Some(hub) => hub,
                None => {
                    let (head, _) = events::head(core.store().reader(), &scope).await?;
                    self.open(core, scope, head)
                }
            };
            match sit(&hub) {
                Ok(id) => {
                    let (core, address) = (core.clone(), address.cloned());
                    return Ok(Place {
                        core,
                        hub,
                        id,
                        address,
                    });
                }
                // The last one left at this very moment.
                Err(NoSeat::Closed) => self.forget(&hub),
                Err(NoSeat::Full) => return Err(Error::rate_limited(FULL)),
            }
        }
    }

    fn open(&self, core: &Core, scope: TenantScope, cursor: i64) -> Arc<Hub> {
        let mut hubs = self.lock();
        let hub = hubs
            .by_tenant
            .entry(scope.tenant_id())
            .or_insert_with(|| Hub::start(core, scope, cursor));
        let hub = Arc::clone(hub);
        if !hubs.dispatching {
            hubs.dispatching = true;
            dispatch::start(core);
        }
        hub
    }

    fn forget(&self, hub: &Arc<Hub>) {
        let mut hubs = self.lock();
        let tenant = hub.scope.tenant_id();
        if hubs
            .by_tenant
            .get(&tenant)
            .is_some_and(|current| Arc::ptr_eq(current, hub))
        {
            hubs.by_tenant.remove(&tenant);
        }
    }

    fn hub(&self, tenant: TenantId) -> Option<Arc<Hub>> {
        self.lock().by_tenant.get(&tenant).cloned()
    }

    /// All hubs; none means that passing signals on ends.
    fn all(&self) -> Vec<Arc<Hub>> {
        self.lock().by_tenant.values().cloned().collect()
    }

    /// Ends the passing on of signals if nobody listens any more.
    fn may_end(&self) -> bool {
        let mut hubs = self.lock();
        hubs.dispatching = !hubs.by_tenant.is_empty();
        !hubs.dispatching
    }
}
