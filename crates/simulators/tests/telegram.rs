//! The Bot API simulator, seen from outside: what bots and webhooks of any make may rely on.
#![expect(
    clippy::unwrap_used,
    reason = "in tests it says that something must hold"
)]

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use omni_outbound::{Call, Outbound};
use omni_simulators::telegram::{DEFAULT_TOKEN, Fault, Options, TelegramSimulator};
use serde_json::{Value, json};
use url::Url;

const PATIENCE: Duration = Duration::from_secs(8);

struct Stage {
    server: TelegramSimulator,
    outbound: Outbound,
}

impl Stage {
    async fn set() -> Self {
        Self::with(Options::default()).await
    }

    async fn with(options: Options) -> Self {
        let server = TelegramSimulator::start_with(options).await.unwrap();
        let outbound = Outbound::new(vec!["127.0.0.1".parse().unwrap()]).unwrap();
        Self { server, outbound }
    }

    fn url(&self, path: &str) -> Url {
        self.server.base_url().join(path).unwrap()
    }

    async fn call(&self, method: &str, body: Value) -> (u16, Value) {
        let url = self.url(&format!("/bot{DEFAULT_TOKEN}/{method}"));
        let call = Call::to(&url).within(PATIENCE);
        let answer = self.outbound.post_json(call, &body).await.unwrap();
        (answer.status, serde_json::from_slice(&answer.body).unwrap())
    }

    async fn result(&self, method: &str, body: Value) -> Value {
        let (status, answer) = self.call(method, body).await;
        assert_eq!(status, 200, "{method}: {answer}");
        answer["result"].clone()
    }

    async fn refusal(&self, method: &str, body: Value) -> String {
        let (status, answer) = self.call(method, body).await;
        assert_eq!(answer["error_code"], status, "{method}: {answer}");
        answer["description"].as_str().unwrap().to_owned()
    }
}

/// A webhook that answers as scripted (200 when the script ends) and keeps what it is given.
#[derive(Clone, Default)]
struct Hook {
    calls: Arc<Mutex<Vec<Received>>>,
    script: Arc<Mutex<Vec<(&'static str, Answer)>>>,
}

#[derive(Clone)]
struct Received {
    at: Instant,
    secret: Option<String>,
    words: String,
}

/// A status, and the wait asked for.
type Answer = (u16, Option<&'static str>);

impl Hook {
    async fn listen(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route("/hook", post(receive))
            .with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}/hook")
    }

    /// What the next call with these words is answered.
    fn answers(&self, words: &'static str, answer: Answer) {
        self.script.lock().unwrap().push((words, answer));
    }

    async fn received(&self, count: usize) -> Vec<Received> {
        let begun = Instant::now();
        loop {
            let calls = self.calls.lock().unwrap().clone();
            if calls.len() >= count {
                return calls;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "{} calls of {count}",
                calls.len()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

async fn receive(State(hook): State<Hook>, headers: HeaderMap, body: String) -> Response {
    let update: Value = serde_json::from_str(&body).unwrap();
    let words = update["message"]["text"].as_str().unwrap_or_default();
    let secret = headers.get("x-telegram-bot-api-secret-token");
    hook.calls.lock().unwrap().push(Received {
        at: Instant::now(),
        secret: secret.map(|value| value.to_str().unwrap().to_owned()),
        words: words.to_owned(),
    });
    let mut script = hook.script.lock().unwrap();
    let next = script.iter().position(|(expected, _)| *expected == words);
    let (status, wait) = next.map_or((200, None), |at| script.remove(at).1);
    let status = StatusCode::from_u16(status).unwrap();
    match wait {
        Some(wait) => (status, [("retry-after", wait)]).into_response(),
        None => status.into_response(),
    }
}

fn words(calls: &[Received]) -> Vec<&str> {
    calls.iter().map(|call| call.words.as_str()).collect()
}

#[tokio::test]
async fn parameters_come_in_every_form_and_names_in_every_case() {
    let stage = Stage::set().await;
    stage.server.customer(111, "Anna").writes("/start");
    let sent = stage
        .result("SENDMESSAGE", json!({"chat_id": 111, "text": "json"}))
        .await;
    assert_eq!(sent["text"], "json");
    let path = format!("/bot{DEFAULT_TOKEN}/sendmessage");
    let query = stage.url(&format!("{path}?chat_id=111&text=%D1%8F+%26"));
    let answer = stage.outbound.get(Call::to(&query)).await.unwrap();
    assert_eq!(answer.status, 200);
    let form = "application/x-www-form-urlencoded";
    let body = "chat_id=111&text=form".into();
    let url = stage.url(&path);
    let answer = stage
        .outbound
        .post_bytes(Call::to(&url), form, body)
        .await
        .unwrap();
    assert_eq!(answer.status, 200);
    let texts: Vec<_> = stage
        .server
        .ledger()
        .into_iter()
        .filter_map(|s| s.text)
        .collect();
    assert_eq!(texts, ["json", "я &", "form"]);
}

#[tokio::test]
async fn refusals_come_in_telegrams_words() {
    let stage = Stage::set().await;
    let anna = stage.server.customer(111, "Anna");
    anna.writes("/start");
    stage.server.customer(222, "Boris");
    let to = |id: i64, text: &str| json!({"chat_id": id, "text": text});
    let with = |fields: Value| {
        let mut body = to(111, "x");
        for (name, value) in fields.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let button = |button: Value| with(json!({"reply_markup": {"inline_keyboard": [[button]]}}));
    let cases = [
        (json!({"text": "x"}), "Bad Request: chat_id is empty"),
        (to(999, "x"), "Bad Request: chat not found"),
        (
            to(222, "x"),
            "Forbidden: bot can't initiate conversation with a user",
        ),
        (to(111, ""), "Bad Request: message text is empty"),
        (to(111, " \n\u{200b}"), "Bad Request: message text is empty"),
        (
            to(111, &"👍".repeat(2049)),
            "Bad Request: message is too long",
        ),
        (
            with(json!({"reply_parameters": {"message_id": 99}})),
            "Bad Request: message to be replied not found",
        ),
        (
            with(json!({"reply_parameters": "7"})),
            "Bad Request: can't parse reply parameters JSON object",
        ),
        (
            button(json!({"text": "Да", "callback_data": "я".repeat(33)})),
            "Bad Request: BUTTON_DATA_INVALID",
        ),
        (
            button(json!({"text": "Да"})),
            "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(stage.refusal("sendMessage", body).await, expected);
    }
    anna.blocks_bot();
    let blocked = "Forbidden: bot was blocked by the user";
    assert_eq!(stage.refusal("sendMessage", to(111, "x")).await, blocked);
    assert_eq!(
        stage.refusal("noSuchMethod", json!({})).await,
        "Not Found: method not found"
    );
    assert_eq!(
        stage.refusal("getFile", json!({"file_id": "x"})).await,
        "Bad Request: invalid file_id"
    );
    let old = "Bad Request: query is too old and response timeout expired or query ID is invalid";
    assert_eq!(
        stage
            .refusal("answerCallbackQuery", json!({"callback_query_id": "1"}))
            .await,
        old
    );
    for (token, expected) in [
        ("1:x", "Unauthorized"),
        ("nonsense", "Unauthorized: invalid token specified"),
    ] {
        let url = stage.url(&format!("/bot{token}/getMe"));
        let answer = stage.outbound.get(Call::to(&url)).await.unwrap();
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(
            (answer.status, &body["description"]),
            (401, &json!(expected))
        );
    }
    assert!(stage.server.ledger().is_empty());
}

#[tokio::test]
async fn waiting_is_told_in_body_and_header() {
    let stage = Stage::set().await;
    stage
        .server
        .fault("getMe", Fault::TooManyRequests { retry_after: 5 });
    let url = stage.url(&format!("/bot{DEFAULT_TOKEN}/getMe"));
    let answer = stage.outbound.get(Call::to(&url)).await.unwrap();
    let body: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(answer.retry_after, Some(Duration::from_secs(5)));
    assert_eq!(body["description"], "Too Many Requests: retry after 5");
    assert_eq!(body["parameters"]["retry_after"], 5);
}

#[tokio::test]
async fn webhooks_carry_the_secret_and_keep_the_order_of_a_chat() {
    let stage = Stage::set().await;
    let hook = Hook::default();
    let anna = stage.server.customer(111, "Anna");
    anna.writes("1");
    anna.writes("2");
    // What waits for polls goes to the webhook once one is set.
    let url = hook.listen().await;
    let set = json!({"url": url, "secret_token": "s3-cret_"});
    stage.result("setWebhook", set).await;
    hook.answers("1", (500, None));
    for text in ["3", "4", "5"] {
        anna.writes(text);
    }
    let calls = hook.received(6).await;
    assert_eq!(words(&calls), ["1", "1", "2", "3", "4", "5"]);
    assert!(
        calls
            .iter()
            .all(|call| call.secret.as_deref() == Some("s3-cret_"))
    );
    let info = stage.result("getWebhookInfo", json!({})).await;
    let error = "Wrong response from the webhook: 500 Internal Server Error";
    assert_eq!(info["last_error_message"], error);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(stage.server.pending(), 0);
}

#[tokio::test]
async fn a_failing_update_is_retried_later_and_holds_up_only_its_chat() {
    let stage = Stage::set().await;
    let hook = Hook::default();
    let url = hook.listen().await;
    stage.result("setWebhook", json!({"url": url})).await;
    hook.answers("a1", (502, None));
    hook.answers("a1", (503, None));
    hook.answers("b1", (429, Some("1")));
    let (anna, boris) = (stage.server.customer(1, "A"), stage.server.customer(2, "B"));
    for customer in [&anna, &boris] {
        let name = if customer.id() == 1 { "a" } else { "b" };
        customer.writes(&format!("{name}1"));
        customer.writes(&format!("{name}2"));
    }
    stage.server.customer(3, "C").writes("c1");
    let calls = hook.received(8).await;
    let of = |letter: &str| -> Vec<Received> {
        let mine = calls.iter().filter(|call| call.words.starts_with(letter));
        mine.cloned().collect()
    };
    assert_eq!(words(&of("a")), ["a1", "a1", "a1", "a2"]);
    assert_eq!(words(&of("b")), ["b1", "b1", "b2"]);
    let (a, b, c) = (of("a"), of("b"), of("c"));
    assert!(
        a[1].at - a[0].at < Duration::from_millis(500),
        "the first retry comes at once"
    );
    assert!(
        a[2].at - a[1].at >= Duration::from_millis(1900),
        "then the delay doubles from 1 s"
    );
    assert!(
        b[1].at - b[0].at >= Duration::from_millis(950),
        "a wait that was asked for is kept"
    );
    assert!(c[0].at < b[1].at, "others do not wait");
    assert!(calls.iter().all(|call| call.secret.is_none()));
}

#[tokio::test]
async fn a_lost_200_brings_the_update_again() {
    let options = Options {
        webhook_patience: Duration::from_millis(200),
        ..Options::default()
    };
    let stage = Stage::with(options).await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let keep = Arc::clone(&seen);
    let slow = post(async move |body: String| {
        let times = {
            let mut seen = keep.lock().unwrap();
            seen.push(body);
            seen.len()
        };
        if times == 1 {
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
    });
    let router = Router::new().route("/hook", slow);
    tokio::spawn(async move { axum::serve(listener, router).await });
    stage.result("setWebhook", json!({"url": url})).await;
    stage.server.customer(1, "A").writes("ещё раз");
    let begun = Instant::now();
    while seen.lock().unwrap().len() < 2 {
        assert!(begun.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let seen = seen.lock().unwrap().clone();
    assert_eq!(seen[0], seen[1]);
    let info = stage.result("getWebhookInfo", json!({})).await;
    assert_eq!(info["last_error_message"], "Read timeout expired");
}

#[tokio::test]
async fn a_bot_that_slept_through_a_jump_of_the_numbers_loses_nothing() {
    let stage = Stage::set().await;
    let anna = stage.server.customer(1, "A");
    anna.writes("до");
    let ids = async |offset: i64| -> Vec<i64> {
        let updates = stage.result("getUpdates", json!({"offset": offset})).await;
        let updates = updates.as_array().unwrap().iter();
        updates
            .map(|update| update["update_id"].as_i64().unwrap())
            .collect()
    };
    assert_eq!(ids(0).await, [700_000_001]);
    assert_eq!(ids(700_000_002).await, Vec::<i64>::new());
    stage.server.jump_update_ids(1_234);
    anna.writes("после");
    assert_eq!(ids(700_000_002).await, [1_234]);
    assert_eq!(ids(1_235).await, Vec::<i64>::new());
}

#[tokio::test]
async fn only_wanted_kinds_come() {
    let stage = Stage::set().await;
    let anna = stage.server.customer(1, "A");
    let wanted = json!({"allowed_updates": ["message"], "offset": 1});
    stage.result("getUpdates", wanted).await;
    let id = anna.writes("раз");
    anna.edits(id, "два");
    anna.blocks_bot();
    assert_eq!(stage.server.pending(), 1);
    stage
        .result("getUpdates", json!({"allowed_updates": [], "offset": 2}))
        .await;
    anna.unblocks_bot();
    assert_eq!(stage.server.pending(), 2);
}

#[tokio::test]
async fn the_page_is_served_and_only_itself_may_act() {
    let stage = Stage::set().await;
    for path in [
        "/",
        "/phone.css",
        "/chat.css",
        "/phone.js",
        "/words.js",
        "/phone/state",
    ] {
        let answer = stage
            .outbound
            .get(Call::to(&stage.url(path)))
            .await
            .unwrap();
        assert_eq!(answer.status, 200, "{path}");
    }
    let url = stage.url("/phone/customers");
    let who = json!({"name": "Анна", "language": "ru"});
    let foreign = stage
        .outbound
        .post_json(Call::to(&url), &who)
        .await
        .unwrap();
    assert_eq!(foreign.status, 403);
    let own = Call::to(&url).header("x-phone", "1");
    assert_eq!(
        stage.outbound.post_json(own, &who).await.unwrap().status,
        200
    );
}
