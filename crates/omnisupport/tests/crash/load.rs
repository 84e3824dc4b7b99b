//! A provider that hands updates over and keeps account of what was acknowledged.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use omni_testkit::http_client;
use serde_json::json;

/// Chats that write; each repeats an update until it is acknowledged, as providers do.
pub(crate) struct Load {
    client: reqwest::Client,
    url: String,
    secret: String,
    next_update: Arc<AtomicI64>,
    /// By chat: the numbers that were acknowledged, in order.
    acknowledged: Arc<Mutex<HashMap<i64, Vec<u64>>>>,
    chats: i64,
}

impl Load {
    pub(crate) fn new((url, secret): (String, String), chats: i64) -> Self {
        let client = http_client();
        Self {
            client,
            url,
            secret,
            next_update: Arc::new(AtomicI64::new(1)),
            acknowledged: Arc::default(),
            chats,
        }
    }

    /// How many updates were acknowledged.
    pub(crate) fn acknowledged(&self) -> usize {
        self.acknowledged
            .lock()
            .unwrap()
            .values()
            .map(Vec::len)
            .sum()
    }

    pub(crate) fn acknowledged_by_chat(&self) -> HashMap<i64, Vec<u64>> {
        self.acknowledged.lock().unwrap().clone()
    }

    /// Starts writing, until told to stop. An update under way when the server dies is repeated.
    pub(crate) fn start(&self) -> Writing {
        let stop = Arc::new(AtomicBool::new(false));
        let chats = (1..=self.chats)
            .map(|chat| tokio::spawn(self.share().write(chat, Arc::clone(&stop))))
            .collect();
        Writing { stop, chats }
    }

    async fn write(self, chat: i64, stop: Arc<AtomicBool>) {
        for number in 0.. {
            // A provider repeats the very same update: same id, same body.
            let update = self.number();
            while !self.hand_over(chat, number, update).await {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            if stop.load(Ordering::Relaxed) {
                return;
            }
        }
    }

    fn share(&self) -> Self {
        Self {
            client: self.client.clone(),
            url: self.url.clone(),
            secret: self.secret.clone(),
            next_update: Arc::clone(&self.next_update),
            acknowledged: Arc::clone(&self.acknowledged),
            chats: self.chats,
        }
    }

    fn number(&self) -> i64 {
        self.next_update.fetch_add(1, Ordering::Relaxed)
    }

    async fn hand_over(&self, chat: i64, number: u64, update: i64) -> bool {
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
        let acknowledged = answer.is_ok_and(|answer| answer.status().is_success());
        if acknowledged {
            self.acknowledged
                .lock()
                .unwrap()
                .entry(chat)
                .or_default()
                .push(number);
        }
        acknowledged
    }
}

/// Chats that are writing.
pub(crate) struct Writing {
    stop: Arc<AtomicBool>,
    chats: Vec<tokio::task::JoinHandle<()>>,
}

impl Writing {
    pub(crate) async fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        for chat in self.chats {
            chat.await.expect("a chat does not panic");
        }
    }
}
