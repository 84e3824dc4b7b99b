//! Who answers: waiting conversations go to operators, first come first served, within capacity, and each
//! assignment says why.
//!
//! What came outside business hours may have to wait for the opening: then it is passed over, and a note is left
//! that wakes the lane when the first of those who are closed opens.
//!
//! Whoever hands out a tenant's conversations has the tenant's route turn meanwhile, so two never hand out the
//! same free place. Whoever stores new ones does it at once if the turn is free; otherwise, and whenever an
//! operator has room again, the tenant's `route` lane does it. Where conversations ask for teams or skills, the
//! lane does it always: whom one fits is looked at with the whole queue in view, so that one that fits nobody
//! keeps nobody waiting.

mod choose;
mod matching;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use omni_model::{
    AssignReason, ConversationStatus, EventKind, NewEvent, Queue, RoutingSettings, RoutingStrategy,
    TenantScope, UserId,
};
use omni_store::conversations::{self, Change};
use omni_store::lanes::{self, Leave};
use omni_store::users::{OnlineOperator, Taking};
use omni_store::{ConversationRecord, Lease, UnitOfWork, hours as reminders, route_turn, users};

use crate::hours::{Book, Shut};
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
        let scope = lease.scope;
        let (settings, hours) = (
            self.routing_settings(&scope).await?,
            self.hours(&scope).await?,
        );
        self.store()
            .write(&scope, move |unit| async move {
                route_turn::take(&unit, &scope).await?;
                let leave = assign_waiting(&unit, scope, settings, &hours).await?;
                lanes::leave(&unit, &[(&lease, leave)]).await?;
                Ok::<_, Error>(())
            })
            .await
    }
}

/// Hands out what waits, and what the caller is about to make wait: `held` are conversations that he has locked
/// or made, and will save. If somebody else is at it, or if it takes more than a look at who has room, the lane
/// sees to it.
pub(crate) async fn assign_now(
    unit: &UnitOfWork,
    scope: TenantScope,
    (settings, hours): (RoutingSettings, &Book),
    held: &mut [Change],
) -> Result<()> {
    if settings.strategy == RoutingStrategy::Manual {
        return Ok(());
    }
    let for_a_team = |change: &Change| change.after.waits() && change.after.assigned_team.is_some();
    let shut = hours.shut(unit.now());
    explain_wait(unit, hours, &shut, held);
    let choosy =
        settings.strategy == RoutingStrategy::Skills || shut.any() || held.iter().any(for_a_team);
    let left = if !choosy && route_turn::try_take(unit, &scope).await? {
        let taking = users::taking(unit.db(), &scope).await?;
        match taking.waiting_for_teams {
            0 => assign_in_order(unit, scope, settings, taking, held).await?,
            _ => Leave::More,
        }
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
    hours: &Book,
) -> Result<Leave> {
    if settings.strategy == RoutingStrategy::Manual {
        return Ok(Leave::Drained);
    }
    let shut = hours.shut(unit.now());
    if shut.any()
        && let Some(opening) = hours.first_opening(unit.now())
    {
        reminders::remind(unit, &scope, opening).await?;
    }
    if shut.all() {
        return Ok(Leave::Drained);
    }
    let taking = users::taking(unit.db(), &scope).await?;
    let choosy =
        settings.strategy == RoutingStrategy::Skills || shut.any() || taking.waiting_for_teams > 0;
    if choosy {
        matching::assign(unit, scope, settings, taking, &shut).await
    } else {
        assign_in_order(unit, scope, settings, taking, &mut []).await
    }
}

/// Says of what waits for the opening why it does.
fn explain_wait(unit: &UnitOfWork, hours: &Book, shut: &Shut, held: &mut [Change]) {
    let waiting = held.iter_mut().map(|change| &mut change.after);
    for conversation in waiting.filter(|one| one.waits() && shut.holds(one.assigned_team)) {
        let opening = hours.opening(conversation.assigned_team, unit.now());
        conversation.assigned_reason = Some(AssignReason::OutsideHours {
            until: opening.next_open_at,
        });
    }
}

/// Anybody may have any: those who have waited longest go to those who have least.
async fn assign_in_order(
    unit: &UnitOfWork,
    scope: TenantScope,
    settings: RoutingSettings,
    taking: Taking,
    held: &mut [Change],
) -> Result<Leave> {
    let seats = seats(taking.operators, settings, held);
    let room: i64 = seats.iter().map(|seat| seat.capacity - seat.open).sum();
    let limit = usize::try_from(room).unwrap_or(0).min(BATCH);
    if limit == 0 {
        return Ok(Leave::Drained);
    }
    // Whoever lets one wait that is not counted yet wakes the route lane.
    let queue = match taking.waiting {
        0 => Vec::new(),
        _ => conversations::lock_queue(unit, &scope, limit as u64).await?,
    };
    let mut earlier: Vec<Change> = queue.into_iter().map(Change::of).collect();
    let full_batch = earlier.len() == BATCH;
    // What the caller will write counts, not what was read besides.
    earlier.retain(|change| held.iter().all(|held| held.after.id != change.after.id));
    let mut waiting: Vec<&mut Change> = earlier
        .iter_mut()
        .chain(held.iter_mut().filter(|change| change.after.waits()))
        .collect();
    waiting.sort_by_key(|change| change.after.queued_at);
    let candidates = i64::try_from(seats.len()).unwrap_or(i64::MAX);
    // The fewest open conversations first; the id settles ties, so that a replay decides alike.
    let mut free: BinaryHeap<_> = seats
        .into_iter()
        .map(|seat| Reverse((seat.open, seat.operator, seat.capacity)))
        .collect();
    for change in waiting {
        let Some(Reverse((open, operator, capacity))) = free.pop() else {
            break;
        };
        let reason = AssignReason::LeastLoaded {
            active: open,
            capacity,
            candidates,
        };
        give(unit, &mut change.after, operator, reason);
        if open + 1 < capacity {
            free.push(Reverse((open + 1, operator, capacity)));
        }
    }
    conversations::save(unit, &earlier).await?;
    Ok(if full_batch {
        Leave::More
    } else {
        Leave::Drained
    })
}

/// Gives a conversation that waited to somebody, and tells of it.
fn give(
    unit: &UnitOfWork,
    conversation: &mut ConversationRecord,
    operator: UserId,
    reason: AssignReason,
) {
    let before = conversation.holder();
    conversation.assigned_to = Some(operator);
    conversation.assigned_reason = Some(reason);
    let (kind, now) = (EventKind::ConversationAssigned, conversation.holder());
    unit.emit(NewEvent::about(kind, conversation.id, now).coming_from(before));
}

/// Those with room.
fn seats(operators: Vec<OnlineOperator>, settings: RoutingSettings, held: &[Change]) -> Vec<Seat> {
    let added = open_added(held);
    operators
        .into_iter()
        .map(|operator| Seat {
            open: operator.open + added.get(&operator.id).copied().unwrap_or(0),
            capacity: operator
                .capacity
                .unwrap_or_else(|| i64::from(settings.capacity)),
            operator: operator.id,
        })
        .filter(|seat| seat.open < seat.capacity)
        .collect()
}

/// Open conversations that these changes will add to each operator's.
fn open_added(changes: &[Change]) -> HashMap<UserId, i64> {
    let mut added = HashMap::new();
    for change in changes {
        let sides = [(change.before.as_ref(), -1), (Some(&change.after), 1)];
        for (record, by) in sides {
            let open = record.filter(|record| record.status == ConversationStatus::Open);
            if let Some(operator) = open.and_then(|record| record.assigned_to) {
                *added.entry(operator).or_default() += by;
            }
        }
    }
    added
}
