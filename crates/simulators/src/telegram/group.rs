//! A group that people share with bots.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::customer::Customer;
use super::render;
use super::world::{Shared, World};

/// A group as the server knows it.
#[derive(Clone, Debug)]
pub(super) struct Room {
    id: i64,
    title: String,
    /// The bots that are in it.
    pub(super) bots: BTreeSet<i64>,
}

impl Room {
    pub(super) fn new(id: i64, title: &str) -> Self {
        Self {
            id,
            title: title.to_owned(),
            bots: BTreeSet::new(),
        }
    }

    pub(super) fn as_chat(&self) -> Value {
        json!({"id": self.id, "type": "supergroup", "title": self.title})
    }
}

/// A group, played by a test. Its id is negative.
#[derive(Clone)]
pub struct Group {
    shared: Shared,
    id: i64,
}

impl Group {
    /// The group of this id, made where there is none.
    pub(super) fn open(shared: Shared, id: i64, title: &str) -> Self {
        shared.change(|world| {
            let room = || Room::new(id, title);
            world.rooms.entry(id).or_insert_with(room);
        });
        Self { shared, id }
    }

    /// Somebody lets his bot in: the bot hears of it, and of the message that says so.
    pub fn lets_in(&self, who: &Customer) {
        self.shared.change(|world| {
            let Some(bot_id) = who.bot_id(world) else {
                return;
            };
            let Some(room) = world.rooms.get_mut(&self.id) else {
                return;
            };
            if room.bots.insert(bot_id) {
                change_membership(world, bot_id, self.id, who.id(), ["left", "member"]);
                self.say(world, bot_id, who.id(), |message, bot| {
                    message["new_chat_members"] = json!([bot]);
                });
            }
        });
    }

    /// Somebody says something that his bot hears, if it is in.
    pub fn hears(&self, who: &Customer, text: &str) {
        self.shared.change(|world| {
            if let Some(bot_id) = who.bot_id(world) {
                self.say(world, bot_id, who.id(), |message, _| {
                    render::add_text(message, text);
                });
            }
        });
    }

    /// Whether a person's bot is in.
    pub fn has_bot_of(&self, who: &Customer) -> bool {
        self.shared.look_mut(|world| {
            let bot_id = who.bot_id(world);
            let room = world.rooms.get(&self.id);
            room.zip(bot_id)
                .is_some_and(|(room, bot_id)| room.bots.contains(&bot_id))
        })
    }

    fn say(
        &self,
        world: &mut World,
        bot_id: i64,
        person: i64,
        content: impl FnOnce(&mut Value, Value),
    ) {
        let date = world.date();
        let (Some(room), Some(person)) = (world.rooms.get(&self.id), world.people.get(&person))
        else {
            return;
        };
        if !room.bots.contains(&bot_id) {
            return;
        }
        let (chat, from) = (room.as_chat(), person.as_user());
        let Some(bot) = world.bot_mut(bot_id) else {
            return;
        };
        let mut message = render::message(bot.take_message_id(), from, chat, date);
        content(&mut message, bot.as_user());
        world.update(bot_id, "message", &format!("chat:{}", self.id), &message);
    }
}

/// Tells a bot that it came or went.
pub(super) fn change_membership(
    world: &mut World,
    bot_id: i64,
    group: i64,
    by: i64,
    [old, new]: [&str; 2],
) {
    let date = world.date();
    let Some(chat) = world.rooms.get(&group).map(Room::as_chat) else {
        return;
    };
    let Some(bot) = world.bot(bot_id).map(super::bot::Bot::as_user) else {
        return;
    };
    let from = match world.people.get(&by) {
        Some(person) => person.as_user(),
        None => bot.clone(),
    };
    let member = |status: &str| json!({"status": status, "user": bot});
    let change = json!({
        "chat": chat,
        "from": from,
        "date": date,
        "old_chat_member": member(old),
        "new_chat_member": member(new),
    });
    world.update(
        bot_id,
        "my_chat_member",
        &format!("member:{group}"),
        &change,
    );
}
