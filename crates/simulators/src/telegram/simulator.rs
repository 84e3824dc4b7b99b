//! The server's handle.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use omni_model::{Clock, SystemClock};
use serde_json::Value;
use tokio::task::JoinHandle;
use url::Url;

use super::bot::Bot;
use super::customer::Customer;
use super::faults::Fault;
use super::group::Group;
use super::ledger::Sent;
use super::world::Shared;
use super::{http, webhook};

/// The token of the bot that is there from the start.
pub const DEFAULT_TOKEN: &str = "100001:SIMULATED-bot-token-for-trying-things-out";

/// How the server behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Every well-formed token is a bot's, from its first call on. Otherwise only those that were
    /// added are, as in reality.
    pub any_token: bool,
    /// Webhooks may also be `http://` to this machine, on any port.
    pub http_webhooks: bool,
    /// How long a webhook may take to answer.
    pub webhook_patience: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            any_token: false,
            http_webhooks: true,
            webhook_patience: Duration::from_secs(60),
        }
    }
}

/// A running server. Ends when dropped.
pub struct TelegramSimulator {
    shared: Shared,
    address: SocketAddr,
    tasks: Vec<JoinHandle<()>>,
}

impl TelegramSimulator {
    /// A server for a test, on a free port.
    pub async fn start() -> io::Result<Self> {
        Self::start_with(Options::default()).await
    }

    /// The same with other options.
    pub async fn start_with(options: Options) -> io::Result<Self> {
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self::run(free, options, Arc::new(SystemClock)).await
    }

    /// A server for a person, who plays a customer on the page at `/`: any token will do.
    pub async fn serve(address: SocketAddr) -> io::Result<Self> {
        let options = Options {
            any_token: true,
            ..Options::default()
        };
        Self::run(address, options, Arc::new(SystemClock)).await
    }

    /// A server with everything said.
    pub async fn run(
        address: SocketAddr,
        options: Options,
        clock: Arc<dyn Clock>,
    ) -> io::Result<Self> {
        let listener = tokio::net::TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let shared = Shared::new(clock, options);
        if !options.any_token {
            shared.change(|world| world.bots.push(Bot::new(DEFAULT_TOKEN)));
        }
        let tasks = vec![
            tokio::spawn(http::serve(listener, shared.clone())),
            tokio::spawn(webhook::deliver(shared.clone())),
        ];
        Ok(Self {
            shared,
            address,
            tasks,
        })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What goes into `TELEGRAM_API_URL`.
    pub fn base_url(&self) -> Url {
        Url::parse(&format!("http://{}", self.address)).expect("a socket address makes a URL")
    }

    /// Adds a bot; answers its id.
    pub fn add_bot(&self, token: &str) -> i64 {
        let bot = Bot::new(token);
        let id = bot.id;
        self.shared.change(|world| {
            if world.bot_by_token(token).is_none() {
                world.bots.push(bot);
            }
        });
        id
    }

    /// Takes a bot's token back, as its owner can: all its calls are 401 from now on.
    pub fn revoke(&self, token: &str) {
        self.shared
            .change(|world| world.bots.retain(|bot| bot.token != token));
    }

    /// Gives a bot a new token, as its owner can: calls with the old one are 401 from now on, and so is a poll that
    /// waits. Chats, updates in line and their numbers stay.
    pub fn renew(&self, old: &str, new: &str) {
        self.shared.change(|world| {
            if let Some(bot) = world.bot_by_token(old) {
                bot.renew(new);
            }
        });
    }

    /// A customer, who writes to the bot that came first. He is known to Telegram from now on, but the
    /// bot cannot write to him before he wrote.
    pub fn customer(&self, id: i64, name: &str) -> Customer {
        self.shared.change(|world| {
            world.person_mut(id, name);
        });
        Customer::new(self.shared.clone(), id, None)
    }

    /// A customer of a certain bot.
    pub fn customer_of(&self, bot_id: i64, id: i64, name: &str) -> Customer {
        self.shared.change(|world| {
            world.person_mut(id, name);
        });
        Customer::new(self.shared.clone(), id, Some(bot_id))
    }

    /// A group that nobody's bot is in yet; its id is negative.
    pub fn group(&self, id: i64, title: &str) -> Group {
        Group::open(self.shared.clone(), id, title)
    }

    /// What happens to the next call of a method (`file` for downloads) in place of its normal course.
    pub fn fault(&self, method: &str, fault: Fault) {
        self.fault_times(method, fault, 1);
    }

    /// The same for the next so many calls.
    pub fn fault_times(&self, method: &str, fault: Fault, times: usize) {
        self.shared
            .change(|world| world.faults.script(method, fault, times));
    }

    /// How many faults of a method have not happened yet.
    pub fn faults_left(&self, method: &str) -> usize {
        self.shared.look(|world| world.faults.left(method))
    }

    /// Takes back all faults that have not happened yet.
    pub fn clear_faults(&self) {
        self.shared.change(|world| world.faults.clear());
    }

    /// All that bots sent, in the order in which it was accepted.
    pub fn ledger(&self) -> Vec<Sent> {
        self.shared.look(|world| world.ledger.clone())
    }

    /// Waits until bots sent at least `count` messages; answers the ledger, or `None` when `patience` ends.
    pub async fn sent(&self, count: usize, patience: Duration) -> Option<Vec<Sent>> {
        let mut changes = self.shared.changes();
        let enough = async {
            loop {
                let ledger = self.ledger();
                if ledger.len() >= count {
                    return ledger;
                }
                // The sender lives as long as `self`.
                let _ = changes.changed().await;
            }
        };
        tokio::time::timeout(patience, enough).await.ok()
    }

    /// Chat actions that bots showed, as (chat, action).
    pub fn actions(&self) -> Vec<(i64, String)> {
        self.shared.look(|world| world.actions.clone())
    }

    /// Button presses that bots answered.
    pub fn answered_callbacks(&self) -> Vec<String> {
        self.shared.look(|world| world.answered.clone())
    }

    /// Updates that still wait for the bot that came first.
    pub fn pending(&self) -> usize {
        self.shared
            .look(|world| world.bots.first().map_or(0, |bot| bot.queue.len()))
    }

    /// Puts an update in the first bot's line just as it is: unknown kinds, doubles, any order.
    pub fn inject(&self, update: &Value) {
        let update_id = update.get("update_id").and_then(Value::as_i64);
        let bytes = Bytes::from(update.to_string());
        self.inject_raw(update_id.unwrap_or(0), bytes);
    }

    /// The same for a body that need not be JSON. Each injected update has a lane of its own, so that
    /// webhooks get them in this order but wait for none.
    pub fn inject_raw(&self, update_id: i64, body: Bytes) {
        self.shared.change(|world| {
            if let Some(bot) = world.bots.first_mut() {
                let lane = format!("injected:{}:{update_id}", bot.queue.len());
                bot.note_update_id(update_id);
                bot.queue.push(update_id, &lane, body);
            }
        });
    }

    /// Numbers updates of the first bot from here on, as Telegram does after an idle week.
    pub fn jump_update_ids(&self, to: i64) {
        self.shared.change(|world| {
            if let Some(bot) = world.bots.first_mut() {
                bot.jump_update_ids(to);
            }
        });
    }

    /// Forgets a file, as Telegram does with old ones.
    pub fn forget_file(&self, file_id: &str) {
        self.shared.change(|world| world.files.forget(file_id));
    }

    /// The webhook of the first bot, if one is set.
    pub fn webhook_url(&self) -> Option<String> {
        self.shared.look(|world| {
            let webhook = world.bots.first()?.webhook.as_ref()?;
            Some(webhook.url.to_string())
        })
    }

    /// A bot's webhook is removed by somebody else.
    pub fn loses_webhook(&self, bot_id: i64) {
        self.shared.change(|world| {
            if let Some(bot) = world.bot_mut(bot_id) {
                bot.webhook = None;
            }
        });
    }

    /// A bot's updates are asked for by another program, which ends a poll that waits.
    pub fn is_polled_elsewhere(&self, bot_id: i64) {
        self.shared.change(|world| {
            if let Some(bot) = world.bot_mut(bot_id) {
                bot.polling.begin(0, Duration::ZERO, 1);
            }
        });
    }

    /// The secret that the first bot's webhook was set with: what a load generator needs to play us.
    pub fn webhook_secret(&self) -> Option<String> {
        self.shared.look(|world| {
            let webhook = world.bots.first()?.webhook.as_ref()?;
            Some(webhook.secret.clone())
        })
    }

    /// The same of a certain bot.
    pub fn webhook_secret_of(&self, bot_id: i64) -> Option<String> {
        self.shared.look(|world| {
            let webhook = world.bot(bot_id)?.webhook.as_ref()?;
            Some(webhook.secret.clone())
        })
    }
}

impl Drop for TelegramSimulator {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
