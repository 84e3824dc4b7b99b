//! `kill -9` in the middle of a load: what was acknowledged is stored exactly once and in order, and no
//! message leaves twice.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod load;

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use omni_simulators::telegram::{Options, TelegramSimulator};
use omni_testkit::{Api, Process, TestDatabase, both_engines, eventually, within};
use serde_json::{Value, json};

use crate::load::Load;

const PASSWORD: &str = "correct-horse-battery";
const BOT: &str = "4242:simulated";
/// Where others may hold leases, those of a killed process must run out first.
const RECOVERY: Duration = Duration::from_secs(45);

both_engines!(
    acknowledged_is_stored_once_and_in_order_through_kills,
    |database: TestDatabase| async move {
        let mut site = Site::open(&database).await;
        let load = Load::new(site.webhook().await, 12);
        let writing = load.start();
        for kill in 0..kills() {
            // Not always after the same time.
            tokio::time::sleep(Duration::from_millis(300 + 170 * (kill as u64 % 5))).await;
            site.process.kill().await;
            site.process.start_again().await;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        writing.stop().await;
        let owner = site.owner().await;
        let expected = load.acknowledged_by_chat();
        within(RECOVERY, "all acknowledged messages", || async {
            let stored = stored_by_chat(&owner).await;
            let count: usize = stored.values().map(Vec::len).sum();
            (count >= load.acknowledged()).then_some(())
        })
        .await;
        let stored = stored_by_chat(&owner).await;
        for (chat, acknowledged) in expected {
            let texts = &stored[&chat];
            // What was stored but not acknowledged may be there, too: order and uniqueness must hold all the same.
            let mut sorted = texts.clone();
            sorted.sort_unstable();
            sorted.dedup();
            assert_eq!(&sorted, texts, "chat {chat} is out of order or has doubles");
            for text in acknowledged {
                assert!(texts.contains(&text), "chat {chat} lost {text}");
            }
        }
    }
);

both_engines!(
    no_reply_leaves_twice_through_kills,
    |database: TestDatabase| async move {
        let mut site = Site::open(&database).await;
        site.webhook().await;
        for chat in 1..=4 {
            site.telegram
                .customer(chat, &format!("Chat {chat}"))
                .writes("hello");
        }
        let mut owner = site.owner().await;
        let conversations = eventually("four conversations", || async {
            let list = owner.get("/api/v1/conversations").await.expect(200);
            let items = list["items"].as_array()?.clone();
            (items.len() == 4).then_some(items)
        })
        .await;
        let mut written = 0;
        for kill in 0..kills() {
            for (at, conversation) in conversations.iter().cycle().take(24).enumerate() {
                let id = conversation["id"].as_str().unwrap();
                let body =
                    json!({"content_type": "text", "content": {"text": format!("{kill}-{at}")}});
                let path = format!("/api/v1/conversations/{id}/messages");
                owner
                    .post_once(&path, &format!("{kill}-{at}"), &body)
                    .await
                    .expect(201);
                written += 1;
            }
            tokio::time::sleep(Duration::from_millis(20 * kill as u64)).await;
            site.process.kill().await;
            site.process.start_again().await;
            owner = site.owner().await;
        }
        // Leases of the killed process run out by themselves where others may hold some.
        let states = settle(&owner, &conversations, written).await;
        let unknown = states.iter().filter(|state| *state == "unknown").count();
        let in_flight = 4 * kills();
        assert!(
            unknown <= in_flight,
            "{unknown} unknown, but at most {in_flight} were in flight"
        );
        let mut texts: Vec<_> = site
            .telegram
            .ledger()
            .into_iter()
            .filter_map(|sent| sent.text)
            .collect();
        let sent = texts.len();
        texts.sort();
        texts.dedup();
        assert_eq!(texts.len(), sent, "a reply left twice");
        assert!(
            sent + unknown >= written,
            "{sent} sent and {unknown} unknown of {written}"
        );
    }
);

/// Three in the suite, thirty in a soak.
#[expect(
    clippy::disallowed_methods,
    reason = "the suite's one setting comes from the environment"
)]
fn kills() -> usize {
    if std::env::var_os("SOAK").is_some() {
        30
    } else {
        3
    }
}

/// Waits until every outbound message has come to an end; their states.
async fn settle(owner: &Api, conversations: &[Value], written: usize) -> Vec<String> {
    within(RECOVERY, "an end of each message", || async {
        let states = outbound_states(owner, conversations).await;
        let ended = states
            .iter()
            .all(|state| state != "queued" && state != "sending");
        (states.len() == written && ended).then_some(states)
    })
    .await
}

async fn outbound_states(owner: &Api, conversations: &[Value]) -> Vec<String> {
    let mut states = Vec::new();
    for conversation in conversations {
        for message in messages(owner, conversation["id"].as_str().unwrap()).await {
            if message["direction"] == "outbound" {
                states.push(message["status"].as_str().unwrap().to_owned());
            }
        }
    }
    states
}

async fn messages(owner: &Api, conversation: &str) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), "0".to_owned());
    loop {
        let path = format!("/api/v1/conversations/{conversation}/messages?after={after}&limit=200");
        let page = owner.get(&path).await.expect(200);
        let items = page["items"].as_array().unwrap();
        let Some(last) = items.last() else { return all };
        after = last["id"].as_str().unwrap().to_owned();
        all.extend(items.iter().cloned());
        if page["has_after"] != true {
            return all;
        }
    }
}

/// By chat: the numbers of the stored messages in the order of `seq`.
async fn stored_by_chat(owner: &Api) -> HashMap<i64, Vec<u64>> {
    let list = owner
        .get("/api/v1/conversations?limit=200")
        .await
        .expect(200);
    let mut stored: HashMap<i64, Vec<u64>> = HashMap::new();
    for conversation in list["items"].as_array().unwrap() {
        for message in messages(owner, conversation["id"].as_str().unwrap()).await {
            let text = message["content"]["text"].as_str().unwrap();
            let (chat, number) = text.split_once(':').unwrap();
            stored
                .entry(chat.parse().unwrap())
                .or_default()
                .push(number.parse().unwrap());
        }
    }
    stored
}

/// A server process with one company and one bot.
struct Site {
    process: Process,
    telegram: TelegramSimulator,
}

impl Site {
    async fn open(database: &TestDatabase) -> Self {
        let options = Options {
            any_token: true,
            ..Options::default()
        };
        let telegram = TelegramSimulator::start_with(options).await.unwrap();
        let mut settings = vec![
            ("DATABASE_URL", database.url.clone()),
            (
                "DATA_DIR",
                database.folder().join("data").display().to_string(),
            ),
            ("TELEGRAM_API_URL", telegram.base_url().to_string()),
        ];
        for limit in [
            "SESSION_PER_MINUTE",
            "LOGIN_PER_MINUTE",
            "TELEGRAM_PER_SECOND",
        ] {
            settings.push((
                match limit {
                    "SESSION_PER_MINUTE" => "RATE_LIMIT_SESSION_PER_MINUTE",
                    "LOGIN_PER_MINUTE" => "RATE_LIMIT_LOGIN_PER_MINUTE",
                    _ => "RATE_LIMIT_TELEGRAM_PER_SECOND",
                },
                "0".to_owned(),
            ));
        }
        let process = Process::start(Path::new(env!("CARGO_BIN_EXE_omnisupport")), &settings).await;
        process
            .creates_tenant("salon", "owner@salon.example", PASSWORD)
            .await;
        Self { process, telegram }
    }

    async fn owner(&self) -> Api {
        let api = self.process.stranger();
        let body = json!({"email": "owner@salon.example", "password": PASSWORD});
        let signed_in = api.post("/api/v1/auth/login", &body).await.expect(200);
        api.with_token(signed_in["access_token"].as_str().unwrap())
    }

    /// Connects the bot; where Telegram would call, and the secret it would show.
    async fn webhook(&self) -> (String, String) {
        let owner = self.owner().await;
        let body = json!({"type": "telegram", "name": "Bot", "secrets": {"bot_token": BOT},
            "settings": {"mode": "webhook"}});
        owner.post("/api/v1/channels", &body).await.expect(201);
        let url = self.telegram.webhook_url().expect("a webhook was set");
        (url, self.telegram.webhook_secret().expect("with a secret"))
    }
}
