//! Who answers: waiting conversations go to operators, first come first served, within capacity, and each
//! assignment says why.
//!
//! Whoever hands out a tenant's conversations has the tenant's route turn meanwhile, so two never hand out the
//! same free place. Whoever stores new ones does it at once if the turn is free; otherwise, and whenever an
//! operator has room again, the tenant's `route` lane does it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use omni_model::{
    AssignReason, EventKind, NewEvent, Queue, RoutingSettings, RoutingStrategy, TenantScope, UserId,
};
use omni_store::conversations::{self, Change};
use omni_store::lanes::{self, Leave};
use omni_store::{Lease, UnitOfWork, counters, users};

use crate::{Core, Error, Result};

/// Conversations handed out in one unit of work at most.
const BATCH: usize = 256;

/// An operator who takes conversations, with his room for more.
struct Seat {
    operator: UserId,
    open: i64,
    capacity: i64,
}

impl Core {
    /// Runs a tenant's leased route lane.
    pub async fn run_route(&self, lease: Lease) -> Result<()> {
        let settings = self.routing_settings(&lease.scope).await?;
        let scope = lease.scope;
        self.store()
            .write(&scope, move |unit| async move {
                lanes::take_route_turn(&unit, &scope).await?;
                let leave = assign_waiting(&unit, scope, settings).await?;
                lanes::leave(&unit, &[(&lease, leave)]).await?;
                Ok::<_, Error>(())
            })
            .await
    }
}

/// Hands out what waits, in the unit of work that made it wait, unless somebody else is at it: then the lane
/// sees to it.
pub(crate) async fn assign_now(
    unit: &UnitOfWork,
    scope: TenantScope,
    settings: RoutingSettings,
) -> Result<()> {
    let left = if lanes::try_route_turn(unit, &scope).await? {
        assign_waiting(unit, scope, settings).await?
    } else {
        Leave::More
    };
    if left == Leave::More {
        unit.wake(Queue::Route, "");
    }
    Ok(())
}

async fn assign_waiting(
    unit: &UnitOfWork,
    scope: TenantScope,
    settings: RoutingSettings,
) -> Result<Leave> {
    match settings.strategy {
        RoutingStrategy::Manual => return Ok(Leave::Drained),
        // Skills come with the issue that gives operators skills; until then any may take it.
        RoutingStrategy::LeastLoaded | RoutingStrategy::Skills => {}
    }
    let seats = seats(unit, scope, settings).await?;
    let room: i64 = seats.iter().map(|seat| seat.capacity - seat.open).sum();
    let limit = usize::try_from(room).unwrap_or(0).min(BATCH);
    if limit == 0 {
        return Ok(Leave::Drained);
    }
    let waiting = conversations::lock_queue(unit, &scope, limit as u64).await?;
    let full_batch = waiting.len() == BATCH;
    let candidates = i64::try_from(seats.len()).unwrap_or(i64::MAX);
    let mut changes = Vec::with_capacity(waiting.len());
    // The fewest open conversations first; the id settles ties, so that a replay decides alike.
    let mut free: BinaryHeap<_> = seats
        .into_iter()
        .map(|seat| Reverse((seat.open, seat.operator, seat.capacity)))
        .collect();
    for conversation in waiting {
        let Some(Reverse((open, operator, capacity))) = free.pop() else {
            break;
        };
        let mut change = Change::of(conversation);
        change.after.assigned_to = Some(operator);
        change.after.assigned_reason = Some(AssignReason::LeastLoaded {
            active: open,
            capacity,
            candidates,
        });
        unit.emit(NewEvent {
            kind: EventKind::ConversationAssigned,
            conversation_id: change.after.id,
            message_id: None,
            assigned_from: None,
            assigned_to: Some(operator),
        });
        changes.push(change);
        if open + 1 < capacity {
            free.push(Reverse((open + 1, operator, capacity)));
        }
    }
    conversations::save(unit, &changes).await?;
    Ok(if full_batch {
        Leave::More
    } else {
        Leave::Drained
    })
}

/// The online operators with room.
async fn seats(
    unit: &UnitOfWork,
    scope: TenantScope,
    settings: RoutingSettings,
) -> Result<Vec<Seat>> {
    let online = users::online_operators(unit.db(), &scope).await?;
    let open = counters::open_by_operator(unit.db(), &scope).await?;
    let added = unit.open_added();
    let open_of = |operator: UserId| {
        let in_totals = open.get(&operator).copied().unwrap_or(0);
        in_totals + added.get(&operator).copied().unwrap_or(0)
    };
    Ok(online
        .into_iter()
        .map(|operator| Seat {
            open: open_of(operator.id),
            capacity: operator
                .capacity
                .unwrap_or_else(|| i64::from(settings.capacity)),
            operator: operator.id,
        })
        .filter(|seat| seat.open < seat.capacity)
        .collect())
}
