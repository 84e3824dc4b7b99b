//! Who is at his screen, and what happens to the work of those who left.
//!
//! The rule, in one place:
//! - An operator whose last socket has been gone for a minute is away, if he was online. One who never
//!   opened a socket (a program that only calls the API) did not leave and stays as he is.
//! - The open conversations of an operator who is not online go back to the queue once he has been
//!   neither online nor seen for the tenant's `requeue_after_seconds` (0 = never). They keep their
//!   place by age, so their customers are first in line.
//! - Being away by his own word while a socket of his lives is a break, not leaving: what he has stays
//!   with him. Being offline is leaving, socket or not.
//! - What somebody has who may not come in any more, such as a conversation that its customer opened again, goes back
//!   at once.
//! - Nothing tells when a conversation was given by hand to somebody who is not there; it comes back when
//!   it has been quiet for as long.
//!
//! What other processes know comes through `operator_presence`; it also tells, after a crash, who was
//! here before.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use omni_bus::Signal;
use omni_model::{
    AssignReason, EventKind, NewEvent, OperatorStatus, PlatformScope, Queue, TenantId, TenantScope,
    Timestamp, UserId,
};
use omni_store::conversations::{self, Change};
use omni_store::presence::{self, Absent};
use omni_store::{ConversationRecord, UnitOfWork, staff};

use crate::{Core, Error, Result};

/// Conversations put back in one unit of work at most.
const BATCH: u64 = 200;
/// How long arrivals and departures are gathered before they are written.
const GATHER: Duration = Duration::from_millis(500);

type Person = (TenantId, UserId);

/// The sockets of this process, by operator.
pub(crate) struct Presence {
    state: Mutex<State>,
    started: Instant,
}

impl Default for Presence {
    fn default() -> Self {
        Self {
            state: Mutex::default(),
            started: Instant::now(),
        }
    }
}

#[derive(Default)]
struct State {
    /// Those with a socket, and those whose last one went a moment ago.
    near: HashMap<Person, Near>,
    /// Whose being seen is to be written.
    unwritten: HashSet<Person>,
}

#[derive(Default)]
struct Near {
    sockets: usize,
    /// Counts departures: a timer of an earlier one means nothing.
    departures: u64,
}

impl Presence {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Held for counting only.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_near(&self, tenant: TenantId, operator: UserId) -> bool {
        self.lock().near.contains_key(&(tenant, operator))
    }

    /// The operators with sockets, by tenant.
    fn present(&self) -> HashMap<TenantId, Vec<UserId>> {
        let mut by_tenant: HashMap<TenantId, Vec<UserId>> = HashMap::new();
        for ((tenant, operator), near) in &self.lock().near {
            if near.sockets > 0 {
                by_tenant.entry(*tenant).or_default().push(*operator);
            }
        }
        by_tenant
    }
}

/// A socket of an operator. Dropped when it closes.
pub(crate) struct Present {
    core: Core,
    scope: TenantScope,
    operator: UserId,
}

impl Drop for Present {
    fn drop(&mut self) {
        self.core.left(self.scope, self.operator);
    }
}

impl Core {
    /// Counts a socket of an operator in, for as long as the answer is kept.
    pub(crate) fn enter(&self, scope: TenantScope, operator: UserId) -> Present {
        let person = (scope.tenant_id(), operator);
        let first = {
            let mut state = self.presence().lock();
            let near = state.near.entry(person).or_default();
            near.sockets += 1;
            near.sockets == 1
        };
        if first {
            self.write_soon(person);
        }
        Present {
            core: self.clone(),
            scope,
            operator,
        }
    }

    fn left(&self, scope: TenantScope, operator: UserId) {
        let person = (scope.tenant_id(), operator);
        let departure = {
            let mut state = self.presence().lock();
            let Some(near) = state.near.get_mut(&person) else {
                return;
            };
            near.sockets -= 1;
            if near.sockets > 0 {
                return;
            }
            near.departures += 1;
            near.departures
        };
        self.write_soon(person);
        let core = self.clone();
        spawn(async move {
            tokio::time::sleep(core.options().live.away_after).await;
            core.stayed_away(scope, operator, departure).await;
        });
    }

    /// The minute after a departure is over.
    async fn stayed_away(&self, scope: TenantScope, operator: UserId, departure: u64) {
        let person = (scope.tenant_id(), operator);
        {
            let mut state = self.presence().lock();
            let gone = |near: &Near| near.sockets == 0 && near.departures == departure;
            if !state.near.get(&person).is_some_and(gone) {
                return;
            }
            state.near.remove(&person);
        }
        if let Err(error) = self.make_away(scope, operator).await {
            // The next sweep finds him.
            tracing::warn!(tenant_id = %scope.tenant_id(), %error, "an operator who left was not made away");
        }
    }

    /// Gathers for a moment, since after a break many come back at once.
    fn write_soon(&self, person: Person) {
        let first = {
            let mut state = self.presence().lock();
            state.unwritten.insert(person);
            state.unwritten.len() == 1
        };
        if !first {
            return;
        }
        let core = self.clone();
        spawn(async move {
            tokio::time::sleep(GATHER.min(core.options().live.away_after / 4)).await;
            let people = std::mem::take(&mut core.presence().lock().unwritten);
            let mut by_tenant: HashMap<TenantId, Vec<UserId>> = HashMap::new();
            for (tenant, operator) in people {
                by_tenant.entry(tenant).or_default().push(operator);
            }
            core.write_seen(by_tenant).await;
        });
    }

    async fn write_seen(&self, by_tenant: HashMap<TenantId, Vec<UserId>>) {
        for (tenant, operators) in by_tenant {
            let scope = TenantScope::of(tenant);
            let written = self
                .store()
                .write(&scope, move |unit| async move {
                    presence::seen(&unit, &scope, &operators).await
                })
                .await;
            if let Err(error) = written {
                tracing::warn!(tenant_id = %tenant, %error, "presence was not written");
            }
        }
    }

    /// Makes an operator away whom nobody, here or elsewhere, has seen of late.
    async fn make_away(&self, scope: TenantScope, operator: UserId) -> Result<()> {
        let patience = self.options().live.away_after / 2;
        let changed = self
            .store()
            .write(&scope, move |unit| async move {
                let before = unit.now().minus(patience);
                let changed = presence::make_away(&unit, &scope, operator, before).await?;
                if changed {
                    unit.wake(Queue::Route, "");
                }
                Ok::<_, Error>(changed)
            })
            .await?;
        if changed {
            self.bus().send(Signal::OperatorStatus {
                tenant_id: scope.tenant_id(),
                operator_id: operator,
                status: OperatorStatus::Away,
            });
        }
        Ok(())
    }

    async fn put_all_back(&self, scope: TenantScope, operator: UserId) -> Result<()> {
        self.store()
            .write(&scope, move |unit| async move {
                put_all_back(&unit, scope, operator).await
            })
            .await
    }

    /// Keeps the rule of this module: workers call it every ten seconds.
    pub async fn requeue_absent(&self) -> Result<()> {
        self.write_seen(self.presence().present()).await;
        let db = self.store().reader();
        let why = || PlatformScope::for_reason("one sweep serves all tenants");
        let away_after = self.options().live.away_after;
        // Nobody could be seen while the installation was down: everybody gets his minute to come back.
        if self.presence().started.elapsed() >= away_after {
            let before = self.clock().now().minus(away_after);
            for absent in presence::gone_since(db, why(), before).await? {
                if !self.presence().is_near(absent.tenant_id, absent.operator) {
                    self.make_away(TenantScope::of(absent.tenant_id), absent.operator)
                        .await?;
                }
            }
        }
        for absent in presence::leaving_work(db, why()).await? {
            self.requeue_of(absent).await?;
        }
        Ok(())
    }

    async fn requeue_of(&self, absent: Absent) -> Result<()> {
        let (scope, operator) = (TenantScope::of(absent.tenant_id), absent.operator);
        if absent.disabled {
            return self.put_all_back(scope, operator).await;
        }
        let settings = self.routing_settings(&scope).await?;
        let seconds = u64::try_from(settings.requeue_after_seconds).unwrap_or(0);
        if seconds == 0 {
            return Ok(());
        }
        let before = self.clock().now().minus(Duration::from_secs(seconds));
        let on_a_break = absent.status == OperatorStatus::Away
            && (self.presence().is_near(scope.tenant_id(), operator)
                || absent.seen_at > Some(before));
        if absent.status_since > before || on_a_break {
            return Ok(());
        }
        self.store()
            .write(&scope, move |unit| async move {
                put_back(&unit, scope, operator, before).await
            })
            .await
    }
}

/// Puts back whatever somebody has who may not come in any more.
pub(crate) async fn put_all_back(
    unit: &UnitOfWork,
    scope: TenantScope,
    operator: UserId,
) -> Result<()> {
    loop {
        let held = staff::lock_active_of(unit, &scope, operator, BATCH).await?;
        let is_last = (held.len() as u64) < BATCH;
        release(unit, operator, held).await?;
        if is_last {
            return Ok(());
        }
    }
}

/// Puts the open conversations of an operator who left back into the queue.
async fn put_back(
    unit: &UnitOfWork,
    scope: TenantScope,
    operator: UserId,
    before: Timestamp,
) -> Result<()> {
    let held = presence::lock_open_of(unit, &scope, operator, BATCH).await?;
    // He may have come back while the locks were waited for.
    if presence::is_online(unit.db(), &scope, operator).await? {
        return Ok(());
    }
    let left = held
        .into_iter()
        .filter(|conversation| !was_given_by_hand_since(conversation, before));
    release(unit, operator, left).await
}

async fn release(
    unit: &UnitOfWork,
    operator: UserId,
    held: impl IntoIterator<Item = ConversationRecord>,
) -> Result<()> {
    let changes: Vec<Change> = held
        .into_iter()
        .map(|conversation| {
            let mut change = Change::of(conversation);
            change.after.assigned_to = None;
            change.after.assigned_reason = Some(AssignReason::OperatorLeft { operator });
            change
        })
        .collect();
    conversations::save(unit, &changes).await?;
    for change in &changes {
        let kind = match change.after.waits() {
            true => EventKind::ConversationQueued,
            false => EventKind::ConversationUpdated,
        };
        let left = NewEvent::about(kind, change.after.id, change.after.holder());
        unit.emit(NewEvent {
            assigned_from: Some(operator),
            ..left
        });
    }
    if !changes.is_empty() {
        unit.wake(Queue::Route, "");
    }
    Ok(())
}

/// Whether somebody may have given it to him, knowing that he is not there, after `before`.
fn was_given_by_hand_since(conversation: &ConversationRecord, before: Timestamp) -> bool {
    matches!(
        conversation.assigned_reason,
        Some(AssignReason::Manual { .. })
    ) && conversation.updated_at > before
}

/// Runs `work` if there still is a runtime: sockets also close while it shuts down.
fn spawn(work: impl Future<Output = ()> + Send + 'static) {
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(work);
    }
}
