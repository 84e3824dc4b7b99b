//! A customer, played by a test or by a person at the page.

use bytes::Bytes;
use serde_json::{Value, json};

use super::bot::Bot;
use super::files::NewFile;
use super::render::{self, FileKind};
use super::world::{Shared, World};

/// A customer with the phone in hand. Every act puts an update in the bot's line.
#[derive(Clone)]
pub struct Customer {
    shared: Shared,
    id: i64,
    bot_id: Option<i64>,
}

impl Customer {
    pub(super) const fn new(shared: Shared, id: i64, bot_id: Option<i64>) -> Self {
        Self { shared, id, bot_id }
    }

    /// The person's id, which is also the chat's.
    pub const fn id(&self) -> i64 {
        self.id
    }

    /// The bot he has to do with.
    pub(super) fn bot_id(&self, world: &mut World) -> Option<i64> {
        self.bot(world).map(|bot| bot.id)
    }

    /// Writes a text; answers the message's id.
    pub fn writes(&self, text: &str) -> i64 {
        self.says(None, |_, message| render::add_text(message, text))
    }

    /// Answers a message with a text.
    pub fn replies(&self, to: i64, text: &str) -> i64 {
        self.says(Some(to), |_, message| render::add_text(message, text))
    }

    /// Sends a photo.
    pub fn sends_photo(&self, bytes: impl Into<Bytes>, caption: Option<&str>) -> i64 {
        let file = new_file("photo.jpg", "image/jpeg", bytes.into());
        self.sends(FileKind::Photo, file, caption, None)
    }

    /// Sends photos as an album: one message each, tied by `media_group_id`.
    pub fn sends_album(&self, photos: &[Bytes], caption: Option<&str>) -> Vec<i64> {
        let album = self.shared.change(|world| {
            world.next_callback += 1;
            world.next_callback.to_string()
        });
        let caption_of = |position| if position == 0 { caption } else { None };
        photos
            .iter()
            .enumerate()
            .map(|(position, bytes)| {
                let file = new_file("photo.jpg", "image/jpeg", bytes.clone());
                self.sends(FileKind::Photo, file, caption_of(position), Some(&album))
            })
            .collect()
    }

    /// Sends a file.
    pub fn sends_document(&self, name: &str, mime_type: &str, bytes: impl Into<Bytes>) -> i64 {
        let file = new_file(name, mime_type, bytes.into());
        self.sends(FileKind::Document, file, None, None)
    }

    /// Sends a file of a size that is only told, not there.
    pub fn sends_huge_document(&self, name: &str, size: u64) -> i64 {
        let file = new_file(
            name,
            "application/octet-stream",
            Bytes::from_static(b"huge"),
        );
        self.says(None, |world, message| {
            let mut kept = world.files.keep(FileKind::Document.folder(), file);
            world.files.pretend_size(&mut kept, size);
            render::add_file(message, FileKind::Document, &kept);
        })
    }

    /// Sends a voice message.
    pub fn sends_voice(&self, bytes: impl Into<Bytes>) -> i64 {
        let file = new_file("voice.oga", "audio/ogg", bytes.into());
        self.sends(FileKind::Voice, file, None, None)
    }

    /// Sends a file of any kind under its own name.
    pub fn sends_video(&self, name: &str, bytes: impl Into<Bytes>) -> i64 {
        let file = new_file(name, "video/mp4", bytes.into());
        self.sends(FileKind::Video, file, None, None)
    }

    /// Sends where he is.
    pub fn sends_location(&self, latitude: f64, longitude: f64) -> i64 {
        let place = json!({"latitude": latitude, "longitude": longitude});
        self.says(None, |_, message| message["location"] = place)
    }

    /// Shares his own phone number.
    pub fn shares_phone(&self, phone: &str) -> i64 {
        let id = self.id;
        self.says(None, |_, message| {
            let name = message["from"]["first_name"].clone();
            message["contact"] = json!({"phone_number": phone, "first_name": name, "user_id": id});
        })
    }

    /// Sends whatever a message may carry, as Telegram writes it.
    pub fn sends_field(&self, name: &str, value: Value) -> i64 {
        self.says(None, |_, message| message[name] = value)
    }

    /// Changes a text that he wrote.
    pub fn edits(&self, message_id: i64, text: &str) {
        self.shared.change(|world| {
            let date = world.date();
            let Some(bot) = self.bot(world) else {
                return;
            };
            let bot_id = bot.id;
            let chat = bot.chats.entry(self.id).or_default();
            let Some(message) = chat.messages.get_mut(&message_id) else {
                return;
            };
            render::add_text(message, text);
            message["edit_date"] = date.into();
            let edited = message.clone();
            world.update(bot_id, "edited_message", &self.lane(), &edited);
        });
    }

    /// Presses the button that carries `data` under a message of the bot; answers the press's id.
    pub fn presses(&self, message_id: i64, data: &str) -> Option<String> {
        self.shared.change(|world| {
            world.next_callback += 1;
            let id = world.next_callback.to_string();
            let from = world.people.get(&self.id)?.as_user();
            let bot = self.bot(world)?;
            let bot_id = bot.id;
            let message = bot.chats.get(&self.id)?.messages.get(&message_id)?.clone();
            bot.callbacks.insert(id.clone());
            let query = json!({
                "id": id,
                "from": from,
                "message": message,
                "chat_instance": "-3200000000000000001",
                "data": data,
            });
            // Presses wait in a line of their own, so they may overtake messages.
            let lane = format!("callback:{}", self.id);
            world.update(bot_id, "callback_query", &lane, &query);
            Some(id)
        })
    }

    /// The titles of the buttons in place of his keyboard.
    pub fn keyboard(&self) -> Vec<String> {
        let of = |button: &Value| {
            let title = button.as_str().or_else(|| button["text"].as_str());
            title.unwrap_or_default().to_owned()
        };
        self.buttons().iter().map(of).collect()
    }

    /// Taps the button of his keyboard with this title; answers the id of the message that it sends. What is asked
    /// for he sends: his number, or where he is.
    pub fn taps(&self, title: &str, phone: &str) -> Option<i64> {
        let titled = |button: &Value| button["text"] == title || button == title;
        let button = self.buttons().into_iter().find(titled)?;
        Some(match &button {
            it if it["request_contact"] == true => self.shares_phone(phone),
            it if it["request_location"] == true => self.sends_location(55.75, 37.61),
            _ => self.writes(title),
        })
    }

    fn buttons(&self) -> Vec<Value> {
        self.shared.look_mut(|world| {
            let bot = self.bot(world);
            let chat = bot.and_then(|bot| bot.chats.get(&self.id));
            let rows = chat.and_then(|chat| chat.keyboard.as_ref()?["keyboard"].as_array());
            let rows = rows.into_iter().flatten().filter_map(Value::as_array);
            rows.flatten().cloned().collect()
        })
    }

    /// Reacts to a message in place of his earlier reaction; `None` takes it back.
    pub fn reacts(&self, message_id: i64, emoji: Option<&str>) {
        self.shared.change(|world| {
            let date = world.date();
            let Some(person) = world.people.get(&self.id) else {
                return;
            };
            let (user, chat) = (person.as_user(), person.as_chat());
            let Some(bot) = self.bot(world) else {
                return;
            };
            let bot_id = bot.id;
            let known = bot.chats.entry(self.id).or_default();
            let reactions = known.reactions.entry(message_id).or_default();
            let now = emoji.map(str::to_owned);
            let old = std::mem::replace(&mut reactions.of_person, now.clone());
            let list = |emoji: Option<String>| -> Value {
                let of = |emoji| json!({"type": "emoji", "emoji": emoji});
                emoji.into_iter().map(of).collect()
            };
            let change = json!({
                "chat": chat,
                "message_id": message_id,
                "user": user,
                "date": date,
                "old_reaction": list(old),
                "new_reaction": list(now),
            });
            // They wait in a line of their own.
            let lane = format!("reaction:{}", self.id);
            world.update(bot_id, "message_reaction", &lane, &change);
        });
    }

    /// The bot's reaction to a message.
    pub fn reaction_of_bot(&self, message_id: i64) -> Option<String> {
        self.shared.look_mut(|world| {
            let chat = self.bot(world)?.chats.get(&self.id)?;
            chat.reactions.get(&message_id)?.of_bot.clone()
        })
    }

    /// Blocks the bot.
    pub fn blocks_bot(&self) {
        self.changes_membership("member", "kicked");
    }

    /// Lets the bot in again.
    pub fn unblocks_bot(&self) {
        self.changes_membership("kicked", "member");
    }

    /// Deletes his account.
    pub fn leaves_telegram(&self) {
        self.shared.change(|world| {
            if let Some(person) = world.people.get_mut(&self.id) {
                person.deactivated = true;
            }
        });
    }

    /// The messages of the chat as both see it, oldest first.
    pub fn sees(&self) -> Vec<Value> {
        self.shared.look(|world| {
            let bot = match self.bot_id {
                Some(id) => world.bot(id),
                None => world.bots.first(),
            };
            let chat = bot.and_then(|bot| bot.chats.get(&self.id));
            chat.map(|chat| chat.messages.values().cloned().collect())
                .unwrap_or_default()
        })
    }

    /// Sends a file under the field of its kind; of an album where one is named.
    pub(super) fn sends(
        &self,
        kind: FileKind,
        file: NewFile,
        caption: Option<&str>,
        album: Option<&str>,
    ) -> i64 {
        self.says(None, |world, message| {
            let kept = world.files.keep(kind.folder(), file);
            render::add_file(message, kind, &kept);
            if let Some(caption) = caption {
                render::add_caption(message, caption);
            }
            if let Some(album) = album {
                message["media_group_id"] = album.into();
            }
        })
    }

    fn says(&self, to: Option<i64>, content: impl FnOnce(&mut World, &mut Value)) -> i64 {
        self.shared.change(|world| {
            let date = world.date();
            let Some(person) = world.people.get(&self.id) else {
                return 0;
            };
            let (from, chat) = (person.as_user(), person.as_chat());
            let Some(bot) = self.bot(world) else {
                return 0;
            };
            let (bot_id, id) = (bot.id, bot.take_message_id());
            let known = bot.chats.entry(self.id).or_default();
            let answered = to.and_then(|to| known.messages.get(&to).cloned());
            let mut message = render::message(id, from, chat, date);
            if let Some(answered) = &answered {
                render::add_reply(&mut message, answered);
            }
            content(world, &mut message);
            if let Some(bot) = world.bot_mut(bot_id) {
                let chat = bot.chats.entry(self.id).or_default();
                chat.messages.insert(id, message.clone());
            }
            world.update(bot_id, "message", &self.lane(), &message);
            id
        })
    }

    fn changes_membership(&self, old: &str, new: &str) {
        self.shared.change(|world| {
            let date = world.date();
            let Some(person) = world.people.get(&self.id) else {
                return;
            };
            let (from, chat) = (person.as_user(), person.as_chat());
            let Some(bot) = self.bot(world) else {
                return;
            };
            bot.chats.entry(self.id).or_default().blocked = new == "kicked";
            let (bot_id, user) = (bot.id, bot.as_user());
            let member = |status: &str| match status {
                "kicked" => json!({"status": status, "user": user, "until_date": 0}),
                _ => json!({"status": status, "user": user}),
            };
            let change = json!({
                "chat": chat,
                "from": from,
                "date": date,
                "old_chat_member": member(old),
                "new_chat_member": member(new),
            });
            let lane = format!("member:{}", self.id);
            world.update(bot_id, "my_chat_member", &lane, &change);
        });
    }

    fn bot<'a>(&self, world: &'a mut World) -> Option<&'a mut Bot> {
        match self.bot_id {
            Some(id) => world.bot_mut(id),
            None => world.bots.first_mut(),
        }
    }

    fn lane(&self) -> String {
        format!("chat:{}", self.id)
    }
}

fn new_file(name: &str, mime_type: &str, bytes: Bytes) -> NewFile {
    NewFile {
        name: name.to_owned(),
        mime_type: mime_type.to_owned(),
        bytes,
    }
}
