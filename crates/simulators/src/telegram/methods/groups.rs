//! Groups.

use super::super::answer::{Outcome, Refusal, done};
use super::super::group::change_membership;
use super::super::input::Input;
use super::super::world::Shared;
use super::{gone, recipient};

pub(super) fn leave(shared: &Shared, bot_id: i64, input: &Input) -> Outcome {
    shared.change(|world| {
        world.bot(bot_id).ok_or_else(gone)?;
        let id = recipient::number(input)?;
        if world.people.contains_key(&id) {
            let words = "chat member status can't be changed in private chats";
            return Err(Refusal::bad(words));
        }
        let room = world.rooms.get_mut(&id).ok_or_else(recipient::unknown)?;
        if !room.bots.remove(&bot_id) {
            return Err(recipient::outside());
        }
        change_membership(world, bot_id, id, bot_id, ["member", "left"]);
        done()
    })
}
