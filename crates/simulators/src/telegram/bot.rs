//! A bot, as its server knows it.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};
use tokio::time::Instant;

use super::chat::Chat;
use super::poll::Polling;
use super::queue::Queue;
use super::webhook::Webhook;

/// Kinds of updates that come only where they were asked for by name.
const ASKED_FOR_ONLY: &[&str] = &["chat_member", "message_reaction", "message_reaction_count"];

/// One bot with everything that belongs to it.
#[derive(Debug)]
pub(super) struct Bot {
    pub(super) id: i64,
    pub(super) token: String,
    /// Tokens that were its own before.
    former_tokens: Vec<String>,
    pub(super) name: String,
    pub(super) username: String,
    /// Private chats by the person's id.
    pub(super) chats: BTreeMap<i64, Chat>,
    next_message_id: i64,
    next_update_id: i64,
    pub(super) queue: Queue,
    pub(super) polling: Polling,
    pub(super) webhook: Option<Webhook>,
    pub(super) next_set_webhook: Option<Instant>,
    /// `None`: all but those that must be asked for.
    pub(super) allowed_updates: Option<Vec<String>>,
    /// Button presses that wait for an answer.
    pub(super) callbacks: HashSet<String>,
}

impl Bot {
    pub(super) fn new(token: &str) -> Self {
        let id = token
            .split(':')
            .next()
            .and_then(|id| id.parse().ok())
            .unwrap_or(1);
        Self {
            id,
            token: token.to_owned(),
            former_tokens: Vec::new(),
            name: format!("Bot {id}"),
            username: format!("simulated_{id}_bot"),
            chats: BTreeMap::new(),
            next_message_id: 1,
            next_update_id: 700_000_001,
            queue: Queue::default(),
            polling: Polling::default(),
            webhook: None,
            next_set_webhook: None,
            allowed_updates: None,
            callbacks: HashSet::new(),
        }
    }

    /// A new token in place of the old one, whose webhook goes with it.
    pub(super) fn renew(&mut self, token: &str) {
        let old = std::mem::replace(&mut self.token, token.to_owned());
        self.former_tokens.push(old);
        self.webhook = None;
        self.next_set_webhook = None;
    }

    /// Whether this token was the bot's and is no more.
    pub(super) fn gave_up(&self, token: &str) -> bool {
        self.former_tokens.iter().any(|former| former == token)
    }

    /// The bot as the author of its messages.
    pub(super) fn as_user(&self) -> Value {
        json!({
            "id": self.id,
            "is_bot": true,
            "first_name": self.name,
            "username": self.username,
        })
    }

    /// Message ids count per bot, over all of its private chats.
    pub(super) fn take_message_id(&mut self) -> i64 {
        let id = self.next_message_id;
        self.next_message_id += 1;
        id
    }

    pub(super) fn take_update_id(&mut self) -> i64 {
        let id = self.next_update_id;
        self.next_update_id += 1;
        id
    }

    /// An update came in from elsewhere: numbering goes on behind it.
    pub(super) fn note_update_id(&mut self, id: i64) {
        self.next_update_id = self.next_update_id.max(id.saturating_add(1));
    }

    /// Whether an offset is one that a bot can have been told. Telegram ignores others, so that a bot
    /// which slept through a jump of the numbering loses nothing.
    pub(super) const fn knows_offset(&self, offset: i64) -> bool {
        offset <= self.next_update_id.saturating_add(10)
    }

    /// As after a week without updates: numbering goes on somewhere else.
    pub(super) const fn jump_update_ids(&mut self, to: i64) {
        self.next_update_id = to;
    }

    pub(super) fn wants(&self, kind: &str) -> bool {
        match &self.allowed_updates {
            Some(kinds) => kinds.iter().any(|wanted| wanted == kind),
            None => !ASKED_FOR_ONLY.contains(&kind),
        }
    }
}
