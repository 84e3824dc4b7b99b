//! Everything the server knows.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use omni_model::Clock;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::bot::Bot;
use super::chat::Person;
use super::faults::Faults;
use super::files::Files;
use super::group::Room;
use super::ledger::Sent;
use super::simulator::Options;

/// The state behind its lock, and word of every change.
#[derive(Clone)]
pub(super) struct Shared {
    world: Arc<Mutex<World>>,
    changes: watch::Sender<u64>,
    pub(super) options: Options,
}

/// The state.
pub(super) struct World {
    pub(super) clock: Arc<dyn Clock>,
    /// In the order in which they came.
    pub(super) bots: Vec<Bot>,
    pub(super) people: BTreeMap<i64, Person>,
    /// Groups.
    pub(super) rooms: BTreeMap<i64, Room>,
    pub(super) files: Files,
    pub(super) faults: Faults,
    pub(super) ledger: Vec<Sent>,
    /// Chat actions as (chat, action).
    pub(super) actions: Vec<(i64, String)>,
    /// Answered button presses.
    pub(super) answered: Vec<String>,
    pub(super) next_callback: u64,
}

impl Shared {
    pub(super) fn new(clock: Arc<dyn Clock>, options: Options) -> Self {
        let world = World {
            clock,
            bots: Vec::new(),
            people: BTreeMap::new(),
            rooms: BTreeMap::new(),
            files: Files::default(),
            faults: Faults::default(),
            ledger: Vec::new(),
            actions: Vec::new(),
            answered: Vec::new(),
            next_callback: 4_382_000_000_001,
        };
        Self {
            world: Arc::new(Mutex::new(world)),
            changes: watch::Sender::new(0),
            options,
        }
    }

    /// Looks without changing anything.
    pub(super) fn look<T>(&self, f: impl FnOnce(&World) -> T) -> T {
        f(&self.lock())
    }

    /// Changes something, and tells whoever waits.
    pub(super) fn change<T>(&self, f: impl FnOnce(&mut World) -> T) -> T {
        let outcome = f(&mut self.lock());
        self.changes.send_modify(|version| *version += 1);
        outcome
    }

    /// Changes something that nobody waits for.
    pub(super) fn look_mut<T>(&self, f: impl FnOnce(&mut World) -> T) -> T {
        f(&mut self.lock())
    }

    /// Word of changes from now on.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// A test that panicked while it held the lock must not hide its own failure behind others.
    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl World {
    /// The time as Telegram tells it.
    pub(super) fn date(&self) -> i64 {
        self.clock.now().seconds()
    }

    pub(super) fn bot_by_token(&mut self, token: &str) -> Option<&mut Bot> {
        self.bots.iter_mut().find(|bot| bot.token == token)
    }

    pub(super) fn bot(&self, id: i64) -> Option<&Bot> {
        self.bots.iter().find(|bot| bot.id == id)
    }

    pub(super) fn bot_mut(&mut self, id: i64) -> Option<&mut Bot> {
        self.bots.iter_mut().find(|bot| bot.id == id)
    }

    pub(super) fn person_mut(&mut self, id: i64, name: &str) -> &mut Person {
        self.people
            .entry(id)
            .or_insert_with(|| Person::new(id, name))
    }

    /// A chat as messages in it show it: of a person, or a group.
    pub(super) fn chat(&self, id: i64) -> Option<Value> {
        let person = self.people.get(&id).map(Person::as_chat);
        person.or_else(|| self.rooms.get(&id).map(Room::as_chat))
    }

    /// Puts an update in a bot's line, if the bot wants its kind; answers its number.
    pub(super) fn update(
        &mut self,
        bot_id: i64,
        kind: &str,
        lane: &str,
        content: &Value,
    ) -> Option<i64> {
        let bot = self.bot_mut(bot_id).filter(|bot| bot.wants(kind))?;
        let update_id = bot.take_update_id();
        let body = json!({"update_id": update_id, kind: content}).to_string();
        bot.queue.push(update_id, lane, Bytes::from(body));
        Some(update_id)
    }
}
