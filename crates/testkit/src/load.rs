//! A provider that hands updates over and keeps account of what was acknowledged.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use tokio::task::JoinHandle;

use crate::http_client;

/// Between two messages of a chat: the machine has other things to do, too.
const PAUSE: Duration = Duration::from_millis(5);
/// Before an update that was not acknowledged is handed over again.
const AGAIN: Duration = Duration::from_millis(20);

/// By chat: the numbers of the messages that were acknowledged, each with that of its update, in order.
type Acknowledged = HashMap<i64, Vec<(u64, i64)>>;

/// Chats that write `chat:number`; each repeats an update until it is acknowledged, as providers do.
#[derive(Clone)]
pub struct Load {
    client: reqwest::Client,
    url: String,
    secret: String,
    next_update: Arc<AtomicI64>,
    acknowledged: Arc<Mutex<Acknowledged>>,
    chats: i64,
}

impl Load {
    pub(crate) fn new(url: String, secret: String, chats: i64) -> Self {
        Self {
            client: http_client(),
            url,
            secret,
            next_update: Arc::new(AtomicI64::new(1)),
            acknowledged: Arc::default(),
            chats,
        }
    }

    /// How many updates were acknowledged so far.
    pub fn acknowledged(&self) -> usize {
        self.lock().values().map(Vec::len).sum()
    }

    /// Starts writing, until told to stop. An update under way when the server dies is repeated.
    pub fn start(&self) -> Writing {
        let stop = Arc::new(AtomicBool::new(false));
        let chats = (1..=self.chats)
            .map(|chat| tokio::spawn(self.clone().write(chat, Arc::clone(&stop))))
            .collect();
        Writing { stop, chats }
    }

    /// Looks whether everything acknowledged is among what is stored by chat, once and in order.
    ///
    /// # Panics
    /// When it is not.
    pub fn expect_in(&self, stored: &HashMap<i64, Vec<u64>>) {
        for (chat, acknowledged) in self.lock().iter() {
            // What was stored but not acknowledged may be there, too: order and uniqueness hold all the same.
            let numbers = stored.get(chat).expect("a conversation for each chat");
            assert!(
                numbers.is_sorted_by(|one, next| one < next),
                "chat {chat} is out of order or has doubles: {numbers:?}"
            );
            for (number, _) in acknowledged {
                let found = numbers.binary_search(number);
                assert!(found.is_ok(), "chat {chat} lost {number}");
            }
        }
    }

    /// Hands over everything acknowledged once more, as a provider does whom the answer did not reach.
    ///
    /// # Panics
    /// When a repeat is not acknowledged.
    pub async fn hand_over_again(&self) {
        let acknowledged = self.lock().clone();
        let chats = acknowledged.into_iter().map(|(chat, updates)| async move {
            for (number, update) in updates {
                assert!(self.post(chat, number, update).await, "a repeat is taken");
            }
        });
        join_all(chats).await;
    }

    async fn write(self, chat: i64, stop: Arc<AtomicBool>) {
        for number in 0.. {
            // A provider repeats the very same update: same id, same body.
            let update = self.next_update.fetch_add(1, Ordering::Relaxed);
            while !self.post(chat, number, update).await {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                tokio::time::sleep(AGAIN).await;
            }
            self.lock().entry(chat).or_default().push((number, update));
            if stop.load(Ordering::Relaxed) {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Hands an update over; whether it was acknowledged.
    async fn post(&self, chat: i64, number: u64, update: i64) -> bool {
        let body = json!({"update_id": update, "message": {
            "message_id": number + 1, "date": 1_790_000_000,
            "from": {"id": chat, "is_bot": false, "first_name": format!("Chat {chat}")},
            "chat": {"id": chat, "type": "private"}, "text": format!("{chat}:{number}")}});
        let answer = self
            .client
            .post(&self.url)
            .timeout(Duration::from_secs(2))
            .header("X-Telegram-Bot-Api-Secret-Token", &self.secret)
            .json(&body)
            .send()
            .await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }

    fn lock(&self) -> MutexGuard<'_, Acknowledged> {
        self.acknowledged.lock().expect("no chat panics")
    }
}

/// Chats that are writing.
pub struct Writing {
    stop: Arc<AtomicBool>,
    chats: Vec<JoinHandle<()>>,
}

impl Writing {
    /// Lets each chat finish what it is at.
    ///
    /// # Panics
    /// When one panicked.
    pub async fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        for chat in self.chats {
            chat.await.expect("a chat does not panic");
        }
    }
}
