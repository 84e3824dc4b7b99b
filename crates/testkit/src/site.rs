//! A company with a bot on a server process: where stories of crashes and faults begin.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::path::Path;
use std::time::Duration;

use omni_simulators::telegram::{Options, TelegramSimulator};
use omni_store::testing::number;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::salon::{id_of, sign_in};
use crate::{Answer, Api, Load, PASSWORD, Process, Screen, Socket, eventually, seqs, within};

const OWNER: &str = "owner@salon.example";
/// How long recovery may take: where others may hold leases, those of a dead process must run out first.
pub const RECOVERY: Duration = Duration::from_secs(45);

/// Settings of a server over this database and folder.
pub fn settings(
    url: &str,
    folder: &Path,
    telegram: &TelegramSimulator,
) -> Vec<(&'static str, String)> {
    let mut settings = vec![
        ("DATABASE_URL", url.to_owned()),
        ("DATA_DIR", folder.display().to_string()),
        ("TELEGRAM_API_URL", telegram.base_url().to_string()),
    ];
    for limit in [
        "RATE_LIMIT_SESSION_PER_MINUTE",
        "RATE_LIMIT_UPLOAD_PER_MINUTE",
        "RATE_LIMIT_LOGIN_PER_MINUTE",
        "RATE_LIMIT_ADDRESS_PER_MINUTE",
        "RATE_LIMIT_TELEGRAM_PER_SECOND",
    ] {
        settings.push((limit, "0".to_owned()));
    }
    settings
}

/// Telegram, played by us, which takes any token.
pub async fn telegram() -> TelegramSimulator {
    let options = Options {
        any_token: true,
        ..Options::default()
    };
    TelegramSimulator::start_with(options)
        .await
        .expect("a free port")
}

/// Waits until no work is left in the database at `url`.
pub async fn finished(url: &str) {
    within(RECOVERY, "an end of all work", || async {
        (number(url, "SELECT COUNT(*) FROM lanes").await == 0).then_some(())
    })
    .await;
}

/// The texts that left, in their order.
///
/// # Panics
/// When one left twice, or when a chat did not get its own in the order in which they were written: texts ascend.
pub fn sent_texts(telegram: &TelegramSimulator) -> Vec<String> {
    let mut newest: HashMap<i64, String> = HashMap::new();
    let mut texts = Vec::new();
    for sent in telegram.ledger() {
        let text = sent.text.expect("a text");
        let before = newest.insert(sent.chat_id, text.clone());
        assert!(
            before.as_ref().is_none_or(|before| *before < text),
            "chat {} got {text} after {before:?}",
            sent.chat_id
        );
        texts.push(text);
    }
    texts
}

/// A company with a bot on a running server.
pub struct Site {
    pub owner: Api,
    pub owner_id: Uuid,
    /// Where Telegram calls, and what proves that it does; nothing where it is us who ask.
    webhook: Option<(String, String)>,
}

impl Site {
    /// A new company whose bot is called.
    pub async fn open(process: &Process, telegram: &TelegramSimulator) -> Self {
        let site = Self::with_bot(process, "webhook").await;
        let url = telegram.webhook_url().expect("a webhook was set");
        let path = url
            .split_once("/api/")
            .map(|(_, rest)| format!("/api/{rest}"))
            .expect("the path of the webhook");
        let secret = telegram.webhook_secret().expect("with a secret");
        Self {
            webhook: Some((path, secret)),
            ..site
        }
    }

    /// A new company whose bot asks for its updates.
    pub async fn open_polled(process: &Process) -> Self {
        Self::with_bot(process, "polling").await
    }

    async fn with_bot(process: &Process, mode: &str) -> Self {
        let created = process.creates_tenant("salon", OWNER, PASSWORD).await;
        let owner = sign_in(&process.stranger(), OWNER).await;
        let body = json!({"type": "telegram", "name": "Bot", "settings": {"mode": mode},
            "secrets": {"bot_token": "4242:simulated"}});
        owner.post("/api/v1/channels", &body).await.expect(201);
        Self {
            owner,
            owner_id: id_of(&created["owner_id"]),
            webhook: None,
        }
    }

    /// The same company on another server over the same data, or over a new connection to the same one.
    pub async fn at(&self, process: &Process) -> Self {
        Self {
            owner: sign_in(&process.stranger(), OWNER).await,
            owner_id: self.owner_id,
            webhook: self.webhook.clone(),
        }
    }

    /// A new operator who takes so many conversations at once; his id.
    pub async fn hires(&self, name: &str, capacity: i32) -> Uuid {
        let body = json!({"email": format!("{name}@salon.example"), "name": name,
            "role": "operator", "password": PASSWORD, "capacity": capacity});
        let hired = self.owner.post("/api/v1/operators", &body).await;
        id_of(&hired.expect(201)["id"])
    }

    /// The same, and online.
    pub async fn hires_online(&self, name: &str, capacity: i32) -> Uuid {
        let id = self.hires(name, capacity).await;
        let path = format!("/api/v1/operators/{id}/status");
        let online = self.owner.put(&path, &json!({"status": "online"})).await;
        online.expect(200);
        id
    }

    /// Signs in somebody who was hired under this name.
    pub async fn signs_in(&self, name: &str) -> Api {
        sign_in(&self.owner, &format!("{name}@salon.example")).await
    }

    /// Customers who have written `chat:0`, so that the bot may write to them; their conversations, by chat.
    pub async fn meets(
        &self,
        telegram: &TelegramSimulator,
        chats: RangeInclusive<i64>,
    ) -> Vec<Value> {
        let names: Vec<String> = chats
            .map(|chat| {
                let name = format!("Chat {chat}");
                telegram.customer(chat, &name).writes(&format!("{chat}:0"));
                name
            })
            .collect();
        eventually("a conversation with each", || async {
            let found = self.conversations().await;
            let with = |name: &String| {
                let named = |it: &&Value| it["customer"]["name"] == *name;
                found.iter().find(named).cloned()
            };
            names.iter().map(with).collect::<Option<Vec<_>>>()
        })
        .await
    }

    /// Chats that will write.
    pub fn load(&self, chats: i64) -> Load {
        let (path, secret) = self.webhook();
        let url = format!("http://{}{path}", self.owner.addr());
        Load::new(url, secret.to_owned(), chats)
    }

    /// Telegram hands over a message of this size in bytes, at least.
    pub async fn receives(&self, update: i64, size: usize) -> Answer {
        self.owner.send(self.handed_over(update, size)).await
    }

    /// Like [`Site::receives`], where the server may die over it: the status, if it answered.
    pub async fn try_receives(&self, update: i64, size: usize) -> Option<u16> {
        let answer = self.handed_over(update, size).send().await.ok()?;
        Some(answer.status().as_u16())
    }

    fn handed_over(&self, update: i64, size: usize) -> RequestBuilder {
        let (path, secret) = self.webhook();
        let body = json!({"update_id": update, "message": {"message_id": update, "date": 1_790_000_000,
            "from": {"id": 7, "is_bot": false, "first_name": "Ира"}, "chat": {"id": 7, "type": "private"},
            "text": format!("{update}"), "padding": "x".repeat(size)}});
        self.owner
            .request(Method::POST, path)
            .header("X-Telegram-Bot-Api-Secret-Token", secret)
            .json(&body)
    }

    fn webhook(&self) -> (&str, &str) {
        let (path, secret) = self.webhook.as_ref().expect("the bot is called");
        (path, secret)
    }

    /// Writes to the customer of a conversation; the stored message. The text is the key, too, under which the
    /// request can be repeated.
    pub async fn replies(&self, conversation: &Value, text: &str) -> Value {
        let answer = self.owner.send(self.reply(conversation, text)).await;
        answer.expect(201)["message"].clone()
    }

    /// Like [`Site::replies`], where the server may die over it: the status, if it answered.
    pub async fn try_replies(&self, conversation: &Value, text: &str) -> Option<u16> {
        let answer = self.reply(conversation, text).send().await.ok()?;
        Some(answer.status().as_u16())
    }

    fn reply(&self, conversation: &Value, text: &str) -> RequestBuilder {
        let body = json!({"content_type": "text", "content": {"text": text}});
        let path = format!("/api/v1/conversations/{}/messages", id(conversation));
        self.owner
            .request(Method::POST, &path)
            .header("Idempotency-Key", text)
            .json(&body)
    }

    /// The company's conversations, the latest activity first.
    pub async fn conversations(&self) -> Vec<Value> {
        let path = "/api/v1/conversations?limit=200";
        let list = self.owner.get(path).await.expect(200);
        list["items"].as_array().expect("items").clone()
    }

    /// All messages of a conversation.
    ///
    /// # Panics
    /// When they are not numbered from one on without a gap.
    pub async fn thread(&self, conversation: &Value) -> Vec<Value> {
        let (mut all, mut after) = (Vec::new(), "0".to_owned());
        loop {
            let path = format!(
                "/api/v1/conversations/{}/messages?after={after}&limit=200",
                id(conversation)
            );
            let page = self.owner.get(&path).await.expect(200);
            let items = page["items"].as_array().expect("items");
            all.extend(items.iter().cloned());
            match items.last() {
                Some(last) if page["has_after"] == true => after = id(last).to_owned(),
                _ => break,
            }
        }
        for (message, seq) in all.iter().zip(1..) {
            assert_eq!(message["seq"], json!(seq), "{message:#}");
        }
        all
    }

    /// Waits until the message with this text has this status; the message.
    pub async fn becomes(&self, conversation: &Value, text: &str, status: &str) -> Value {
        let what = format!("{text} to be {status}");
        within(RECOVERY, &what, || async {
            let thread = self.thread(conversation).await;
            thread
                .into_iter()
                .find(|it| it["content"]["text"] == text && it["status"] == status)
        })
        .await
    }

    /// The numbers that a customer wrote, in order: of the conversation of latest activity.
    pub async fn stored(&self) -> Vec<i64> {
        let Some(first) = self.conversations().await.into_iter().next() else {
            return Vec::new();
        };
        let written = self.written(&first).await;
        written
            .iter()
            .map(|text| text.parse().expect("a number"))
            .collect()
    }

    /// By chat: the numbers of what was written as `chat:number`, in order.
    pub async fn stored_by_chat(&self) -> HashMap<i64, Vec<u64>> {
        let mut stored: HashMap<i64, Vec<u64>> = HashMap::new();
        for conversation in self.conversations().await {
            for text in self.written(&conversation).await {
                let (chat, number) = text.split_once(':').expect("chat:number");
                stored
                    .entry(chat.parse().expect("a chat"))
                    .or_default()
                    .push(number.parse().expect("a number"));
            }
        }
        stored
    }

    /// What the customer of a conversation wrote.
    async fn written(&self, conversation: &Value) -> Vec<String> {
        let thread = self.thread(conversation).await;
        thread
            .iter()
            .filter(|message| message["direction"] == "inbound")
            .map(|message| {
                message["content"]["text"]
                    .as_str()
                    .expect("a text")
                    .to_owned()
            })
            .collect()
    }

    /// What was written to the customer of a conversation.
    pub async fn replied(&self, conversation: &Value) -> Vec<Value> {
        let mut thread = self.thread(conversation).await;
        thread.retain(|message| message["direction"] == "outbound");
        thread
    }

    /// The owner's page, which knows all events up to `last_seq`, or is new.
    pub async fn screen(&self, last_seq: Option<i64>) -> Screen {
        let mut socket = self.socket(last_seq).await;
        socket.expect("operator.connected").await;
        Screen::of(socket)
    }

    /// The number of the newest event.
    pub async fn head(&self) -> i64 {
        let connected = self.socket(None).await.expect("operator.connected").await;
        connected["seq"].as_i64().expect("a number")
    }

    /// Looks whether the log of events has no gap and nothing twice, from its beginning to its end.
    ///
    /// # Panics
    /// When it has.
    pub async fn expect_whole_log(&self) {
        let mut socket = self.socket(Some(0)).await;
        let connected = socket.expect("operator.connected").await;
        let head = connected["seq"].as_i64().expect("a number");
        let told = seqs(&socket.up_to(head).await);
        assert_eq!(told, (1..=head).collect::<Vec<_>>());
    }

    async fn socket(&self, last_seq: Option<i64>) -> Socket {
        let owner = &self.owner;
        Socket::operator(owner.addr(), self.owner_id, owner.token(), last_seq).await
    }
}

fn id(of: &Value) -> &str {
    of["id"].as_str().expect("an id")
}
