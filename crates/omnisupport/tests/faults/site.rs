//! A server process with one company and one bot.

use std::path::Path;

use omni_simulators::telegram::{Options, TelegramSimulator};
use omni_testkit::{Answer, Api, Process};
use reqwest::{Method, RequestBuilder};
use serde_json::json;

const PASSWORD: &str = "correct-horse-battery";

/// Settings of a server over this database and folder.
pub(crate) fn settings(
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
        "RATE_LIMIT_LOGIN_PER_MINUTE",
        "RATE_LIMIT_TELEGRAM_PER_SECOND",
    ] {
        settings.push((limit, "0".to_owned()));
    }
    settings
}

/// Telegram, played by us, which takes any token.
pub(crate) async fn telegram() -> TelegramSimulator {
    let options = Options {
        any_token: true,
        ..Options::default()
    };
    TelegramSimulator::start_with(options)
        .await
        .expect("a free port")
}

/// The binary under test.
pub(crate) fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_omnisupport"))
}

async fn sign_in(process: &Process) -> Api {
    let body = json!({"email": "owner@salon.example", "password": PASSWORD});
    let signed_in = process
        .stranger()
        .post("/api/v1/auth/login", &body)
        .await
        .expect(200);
    let token = signed_in["access_token"].as_str().expect("a token");
    process.stranger().with_token(token)
}

/// A company with a bot on a running server.
pub(crate) struct Site {
    pub(crate) owner: Api,
    webhook: String,
    secret: String,
}

impl Site {
    pub(crate) async fn open(process: &Process, telegram: &TelegramSimulator) -> Self {
        process
            .creates_tenant("salon", "owner@salon.example", PASSWORD)
            .await;
        let owner = sign_in(process).await;
        let body = json!({"type": "telegram", "name": "Bot", "settings": {"mode": "webhook"},
            "secrets": {"bot_token": "4242:simulated"}});
        owner.post("/api/v1/channels", &body).await.expect(201);
        let url = telegram.webhook_url().expect("a webhook was set");
        let webhook = url
            .split_once("/api/")
            .map(|(_, rest)| format!("/api/{rest}"))
            .expect("the path of the webhook");
        Self {
            owner,
            webhook,
            secret: telegram.webhook_secret().expect("with a secret"),
        }
    }

    /// The same company on another server over the same data.
    pub(crate) async fn at(&self, process: &Process) -> Self {
        Self {
            owner: sign_in(process).await,
            webhook: self.webhook.clone(),
            secret: self.secret.clone(),
        }
    }

    /// Telegram hands over a message of this size in bytes, at least.
    pub(crate) async fn receives(&self, update: i64, size: usize) -> Answer {
        self.owner.send(self.handed_over(update, size)).await
    }

    /// Like [`Site::receives`], where the server may die over it: the status, if it answered.
    pub(crate) async fn try_receives(&self, update: i64, size: usize) -> Option<u16> {
        let answer = self.handed_over(update, size).send().await.ok()?;
        Some(answer.status().as_u16())
    }

    fn handed_over(&self, update: i64, size: usize) -> RequestBuilder {
        let body = json!({"update_id": update, "message": {"message_id": update, "date": 1_790_000_000,
            "from": {"id": 7, "is_bot": false, "first_name": "Ира"}, "chat": {"id": 7, "type": "private"},
            "text": format!("{update}"), "padding": "x".repeat(size)}});
        self.owner
            .request(Method::POST, &self.webhook)
            .header("X-Telegram-Bot-Api-Secret-Token", &self.secret)
            .json(&body)
    }

    /// The numbers of the stored messages, in order.
    pub(crate) async fn stored(&self) -> Vec<i64> {
        let list = self.owner.get("/api/v1/conversations").await.expect(200);
        let Some(id) = list["items"][0]["id"].as_str() else {
            return Vec::new();
        };
        let (mut numbers, mut after) = (Vec::new(), "0".to_owned());
        loop {
            let path = format!("/api/v1/conversations/{id}/messages?after={after}&limit=200");
            let page = self.owner.get(&path).await.expect(200);
            for message in page["items"].as_array().expect("items") {
                numbers.push(
                    message["content"]["text"]
                        .as_str()
                        .expect("a text")
                        .parse()
                        .expect("a number"),
                );
                after = message["id"].as_str().expect("an id").to_owned();
            }
            if page["has_after"] != true {
                return numbers;
            }
        }
    }
}
