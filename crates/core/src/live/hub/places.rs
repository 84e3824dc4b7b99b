//! What visitors who wait are told of their place in the queue.
//!
//! One look at the head of the queue serves all of a company's visitors, and no more often than [`EVERY`] however many
//! come and go. Whoever waits for a team stands among those who wait for the same team.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use omni_model::{ChannelKind, ConversationId, EventKind, TenantScope};
use omni_store::ConversationRecord;
use omni_store::live_views::{self, Waiting};

use super::Hub;
use crate::live::frame::{Body, Frame};
use crate::live::visitor::{Address, VisitorSeat};
use crate::{Core, Result};

/// How often places are told at most.
pub(super) const EVERY: Duration = Duration::from_secs(1);
/// Conversations of the queue that are looked at; whoever stands behind them is far back.
const HEAD: u64 = 500;
/// The last place that is told; one more says that it is beyond it.
const LAST: u8 = 50;

/// Whether an event of this kind may change places.
pub(super) const fn may_move(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::ConversationQueued
            | EventKind::ConversationAssigned
            | EventKind::ConversationUpdated
            | EventKind::ConversationRemoved
    )
}

impl Core {
    /// The place of somebody's newest conversation in the queue, if it waits there and the company tells places.
    pub(crate) async fn place_of(
        &self,
        scope: &TenantScope,
        talk: Option<&ConversationRecord>,
    ) -> Result<Option<u8>> {
        let Some(talk) = talk.filter(|talk| talk.waits()) else {
            return Ok(None);
        };
        if !self.hours(scope).await?.shows_position() {
            return Ok(None);
        }
        let queue = live_views::queue(self.store().reader(), scope, HEAD).await?;
        let place = places(&queue).get(&talk.id).copied();
        Ok(Some(place.unwrap_or(LAST + 1)))
    }
}

/// Tells those whose place is another now.
pub(super) async fn tell(core: &Core, hub: &Hub) -> Result<()> {
    // What changes from now on is looked at the next time.
    hub.queue_moved.store(false, Ordering::Release);
    if !hub.wants().visitors {
        return Ok(());
    }
    let db = core.store().reader();
    let queue = match core.hours(&hub.scope).await?.shows_position() {
        true => live_views::queue(db, &hub.scope, HEAD).await?,
        false => Vec::new(),
    };
    let is_whole = (queue.len() as u64) < HEAD;
    let places = places(&queue);
    let of_widgets = queue
        .iter()
        .filter(|one| one.channel == ChannelKind::Widget);
    let waiting: HashMap<_, _> = of_widgets
        .filter_map(|one| Some((one.identity, *places.get(&one.conversation)?)))
        .collect();
    let identities: Vec<_> = waiting.keys().copied().collect();
    let addresses = live_views::addresses(db, &hub.scope, &identities).await?;
    let by_address: HashMap<Address, u8> = addresses
        .into_iter()
        .filter_map(|(identity, (channel, external_id))| {
            let address = Address {
                channel,
                external_id,
            };
            Some((address, *waiting.get(&identity)?))
        })
        .collect();
    let table = hub.lock();
    for (address, seats) in &table.visitors {
        let place = by_address.get(address).copied();
        for (_, seat) in seats {
            tell_seat(seat, place, is_whole);
        }
    }
    Ok(())
}

fn tell_seat(seat: &Arc<VisitorSeat>, place: Option<u8>, is_whole: bool) {
    let told = seat.position.load(Ordering::Acquire);
    // Behind the head of the queue nobody has moved to the front.
    let is_far = place.is_none() && told > LAST && !is_whole;
    let now = place.unwrap_or(0);
    if told == now || is_far {
        return;
    }
    seat.position.store(now, Ordering::Release);
    let frame = Frame::fleeting(&Body::QueuePosition { position: place });
    seat.mailbox.put_fleeting(frame);
}

/// The places of those at the head of the queue, each among those who wait for the same team.
fn places(queue: &[Waiting]) -> HashMap<ConversationId, u8> {
    let mut last = HashMap::new();
    let place = |one: &Waiting| {
        let last = last.entry(one.team).or_insert(0_u8);
        *last = (*last + 1).min(LAST + 1);
        (one.conversation, *last)
    };
    queue.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use omni_model::{IdentityId, TeamId};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn everybody_stands_among_those_of_his_team() {
        let waiting = |n: u128, team: Option<u128>| Waiting {
            conversation: ConversationId(Uuid::from_u128(n)),
            identity: IdentityId(Uuid::from_u128(n)),
            team: team.map(|team| TeamId(Uuid::from_u128(team))),
            channel: ChannelKind::Widget,
        };
        let mut queue = vec![
            waiting(1, None),
            waiting(2, Some(7)),
            waiting(3, None),
            waiting(4, Some(7)),
        ];
        queue.extend((5..70).map(|n| waiting(n, None)));
        let places = places(&queue);
        let place = |n: u128| places[&ConversationId(Uuid::from_u128(n))];
        assert_eq!([place(1), place(2), place(3), place(4)], [1, 1, 2, 2]);
        assert_eq!([place(5), place(52), place(53), place(69)], [3, 50, 51, 51]);
    }
}
