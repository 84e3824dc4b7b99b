//! What the server says of itself: the settings that it does not start with, by their names and never their values
//! (S46), and a log without a word that people wrote and without a secret (S70).

use std::path::Path;

use omni_simulators::telegram::{Fault, TelegramSimulator};
use omni_testkit::site::finished;
use omni_testkit::{PASSWORD, Process, Socket, TestDatabase, both_engines, eventually};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::site::{Site, binary, settings, telegram};

/// Two keys that nobody can guess.
const KEY: &str = "5f8d3a1c9be7204466c1f0a2d97b3e58c4a6b1d0e2f37985";
const OTHER: &str = "Ryl0IQf0ZGh1vV9i4yq1T2m0bq8m3nJ7wW5xQeUu6kA=";
/// Whatever people write in these stories has this word in it, and nothing else has.
const WORD: &str = "canary";
/// The number of a customer, which no word fits into.
const PHONE: &str = "79990001122";

fn production(
    folder: &Path,
    jwt: Option<&str>,
    encryption: Option<&str>,
) -> Vec<(&'static str, String)> {
    let mut settings = vec![
        ("ENVIRONMENT", "production".to_owned()),
        ("PUBLIC_URL", "https://support.example".to_owned()),
        ("DATA_DIR", folder.display().to_string()),
    ];
    settings.extend(jwt.map(|key| ("JWT_SECRET_KEY", key.to_owned())));
    settings.extend(encryption.map(|key| ("ENCRYPTION_KEY", key.to_owned())));
    settings
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn production_does_not_start_on_keys_that_can_be_guessed() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for (jwt, encryption, named) in [
        (None, Some(KEY), "JWT_SECRET_KEY"),
        (Some(KEY), None, "ENCRYPTION_KEY"),
        (Some("too-short"), Some(KEY), "JWT_SECRET_KEY"),
        (Some(KEY), Some("0123456789abcdef"), "ENCRYPTION_KEY"),
        (
            Some("change-me-in-production-0123456789abcdef"),
            Some(KEY),
            "JWT_SECRET_KEY",
        ),
        (Some(KEY), Some(KEY), "ENCRYPTION_KEY"),
    ] {
        let mut settings = production(&data, jwt, encryption);
        settings.push(("HTTP_ADDR", "127.0.0.1:0".to_owned()));
        let ended = Process::refused(binary(), &settings).await;
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(1), "{said}");
        assert!(said.contains(named), "{named} is not named: {said}");
        for key in [jwt, encryption].into_iter().flatten() {
            assert!(!said.contains(key), "a key is told: {said}");
        }
        assert!(!data.exists(), "nothing was begun");
    }
    let good = production(&data, Some(KEY), Some(OTHER));
    let mut process = Process::start(binary(), &good).await;
    assert!(process.terminate().await);
}

both_engines!(
    the_log_holds_no_word_of_anybody_and_no_secret,
    |database: TestDatabase| async move {
        let telegram = telegram().await;
        let (data, log) = (
            database.folder().join("data"),
            database.folder().join("log"),
        );
        let mut settings = settings(&database.url, &data, &telegram);
        settings.push(("LOG_FORMAT", "json".to_owned()));
        settings.push(("DEBUG", "true".to_owned()));
        let mut process = Process::start_logged(binary(), &settings, &log).await;
        let site = Site::open(&process, &telegram).await;
        let mut secrets = people_write(&site, &telegram).await;
        strangers_guess(&site, &telegram).await;
        finished(&database.url).await;
        let key = |name: &str| std::fs::read_to_string(data.join(name)).expect("a key is kept");
        secrets.extend([
            PHONE.to_owned(),
            PASSWORD.to_owned(),
            "owner@salon.example".to_owned(),
            "4242:simulated".to_owned(),
            site.owner.token().to_owned(),
            telegram.webhook_secret().expect("a secret was set"),
            webhook(&telegram).rsplit('/').next().unwrap().to_owned(),
            key("jwt_secret_key").trim().to_owned(),
            key("encryption_key").trim().to_owned(),
        ]);
        assert!(process.terminate().await, "it stops well");

        let log = std::fs::read_to_string(&log).expect("it logged");
        for expected in ["/api/v1/auth/login", "bad_signature", "request_id"] {
            assert!(log.contains(expected), "{expected} is not in\n{log}");
        }
        for line in log.lines() {
            let read: Result<Value, _> = serde_json::from_str(line);
            assert!(read.is_ok(), "not JSON: {line}");
            assert!(!line.to_lowercase().contains(WORD), "{line}");
            let told = secrets.iter().find(|secret| line.contains(*secret));
            assert_eq!(told, None, "{line}");
        }
    }
);

/// Customers, visitors and the team write and upload; what of it is secret.
async fn people_write(site: &Site, telegram: &TelegramSimulator) -> Vec<String> {
    let owner = &site.owner;
    let customer = telegram.customer_of(4242, 7, "Canary Customer");
    customer.writes("canary text");
    customer.shares_phone(PHONE);
    customer.sends_document("canary.txt", "text/plain", b"canary bytes".to_vec());
    let conversation = eventually("what the customer sent", || async {
        let found = site.conversations().await.pop()?;
        (site.thread(&found).await.len() == 3).then_some(found)
    })
    .await;
    // A failure is what one writes most about.
    telegram.fault("sendMessage", Fault::Reset);
    site.replies(&conversation, "canary-reply").await;
    site.becomes(&conversation, "canary-reply", "unknown").await;
    let thread = format!(
        "/api/v1/conversations/{}/messages",
        conversation["id"].as_str().expect("an id")
    );
    let profile = format!(
        "/api/v1/customers/{}",
        conversation["customer"]["id"].as_str().expect("an id")
    );
    let note = json!({"content_type": "text", "content": {"text": "canary note"}, "private": true});
    owner.post(&thread, &note).await.expect(201);
    let named = json!({"name": "Canary Renamed", "email": "canary@example.com"});
    owner.patch(&profile, &named).await.expect(200);
    let colleague = json!({"email": "canary-anna@example.com", "name": "Canary Anna",
        "role": "operator", "password": "canary-password"});
    owner
        .post("/api/v1/operators", &colleague)
        .await
        .expect(201);
    owner
        .get("/api/v1/conversations?q=canary")
        .await
        .expect(200);
    let file = owner
        .upload(
            "/api/v1/files",
            "canary.txt",
            "text/plain",
            b"canary".to_vec(),
        )
        .await;
    let file = file.expect(201)["file"]["url"].clone();

    let shop = json!({"type": "widget", "name": "Canary Shop"});
    let widget = owner.post("/api/v1/channels", &shop).await.expect(201);
    let visitor = json!({"widget_key": widget["widget_key"], "visitor": {
        "name": "Canary Visitor", "email": "canary@example.com", "external_id": "canary",
        "page_url": "https://shop.example/canary?q=canary",
    }});
    let opened = owner.post("/api/v1/widget/sessions", &visitor).await;
    let session = opened.expect(200)["session_token"].clone();
    let visitor = owner.with_token(session.as_str().expect("a token"));
    let words = json!({"content_type": "text", "content": {"text": "canary question"}});
    visitor
        .post("/api/v1/widget/messages", &words)
        .await
        .expect(201);
    let forged = json!({"widget_key": widget["widget_key"], "visitor": {
        "external_id": "canary", "identity_hash": "canary",
    }});
    let refused = owner.post("/api/v1/widget/sessions", &forged).await;
    refused.refused(401, "bad_identity_hash");

    let login = json!({"email": "owner@salon.example", "password": PASSWORD});
    let pair = owner.post("/api/v1/auth/login", &login).await.expect(200);
    let file = file.as_str().expect("an address");
    let (_, signature) = file.rsplit_once("signature=").expect("a signed one");
    [
        &widget["identity_secret"],
        &session,
        &pair["access_token"],
        &pair["refresh_token"],
        &json!(signature),
    ]
    .map(|secret| secret.as_str().expect("a word").to_owned())
    .into()
}

/// Strangers try what comes to their minds, each time with the word in it.
async fn strangers_guess(site: &Site, telegram: &TelegramSimulator) {
    let guess = site.owner.with_token("canary-token");
    for (path, status) in [
        ("/api/v1/auth/me", 401),
        ("/api/v1/widget/messages", 401),
        ("/api/v1/canary?canary=canary", 404),
        ("/api/v1/files/canary/content?signature=canary", 404),
    ] {
        guess.get(path).await.expect(status);
    }
    let hook = webhook(telegram);
    for (path, body, status) in [
        (
            "/api/v1/auth/login",
            json!({"email": "canary@example.com", "password": "canary-guess"}),
            401,
        ),
        (
            "/api/v1/auth/login",
            json!({"email": "owner@salon.example", "password": "canary-guess"}),
            401,
        ),
        ("/api/v1/auth/login", json!({"canary": ["canary"]}), 422),
        (
            "/api/v1/auth/refresh",
            json!({"refresh_token": "canary"}),
            401,
        ),
        (
            "/api/v1/widget/sessions",
            json!({"widget_key": "canary"}),
            404,
        ),
        (
            "/api/v1/telegram/webhook/canary",
            json!({"update_id": 1}),
            404,
        ),
        (hook.as_str(), json!({"update_id": 1}), 401),
    ] {
        guess.post(path, &body).await.expect(status);
    }
    let secret = telegram.webhook_secret().expect("a secret was set");
    for (secret, body, status) in [
        ("canary-secret", r#"{"update_id":1}"#, 401),
        (&secret, "{canary", 400),
        (&secret, r#"{"update_id":"canary","message":"canary"}"#, 200),
        (
            &secret,
            r#"{"update_id":9,"message":{"message_id":"canary","chat":{"id":7}}}"#,
            200,
        ),
    ] {
        let call = guess
            .request(Method::POST, &hook)
            .header("X-Telegram-Bot-Api-Secret-Token", secret)
            .body(body);
        guess.send(call).await.expect(status);
    }
    let mut socket = Socket::operator(guess.addr(), Uuid::nil(), "canary-token", None).await;
    assert_eq!(socket.closed().await, 4401);
}

/// The path that Telegram calls.
fn webhook(telegram: &TelegramSimulator) -> String {
    let url = telegram.webhook_url().expect("a webhook was set");
    let (_, path) = url.split_once("/api/").expect("an address of ours");
    format!("/api/{path}")
}
