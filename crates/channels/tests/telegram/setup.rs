//! Setting a bot up, polling, and the check of the settings page.

use std::time::{Duration, Instant};

use omni_channels::telegram::{CallError, Conflict, Telegram, envelope};
use omni_channels::{Channel, error_codes as codes};
use omni_model::ChannelStatus;
use omni_outbound::Outbound;
use omni_simulators::telegram::{DEFAULT_TOKEN, Fault};
use serde_json::json;

use crate::{Stage, bot_at};

const HOOK: &str = "http://127.0.0.1:9/api/v1/telegram/webhook/x";

#[tokio::test]
async fn a_bot_tells_who_it_is() {
    let stage = Stage::set().await;
    let bot = stage.bot.get_me().await.unwrap();
    assert_eq!(bot.id, 100_001);
    assert_eq!(bot.username.as_deref(), Some("simulated_100001_bot"));
    let stranger = bot_at(&stage.server, "424242:unknown");
    let error = stranger.get_me().await.unwrap_err();
    assert_eq!(error, CallError::Unauthorised { status: 401 });
}

#[tokio::test]
async fn tokens_appear_nowhere() {
    let stage = Stage::set().await;
    let secret = DEFAULT_TOKEN.split(':').nth(1).unwrap();
    stage.server.fault("getMe", Fault::Reset);
    let error = stage.bot.get_me().await.unwrap_err();
    for text in [
        format!("{error}"),
        format!("{error:?}"),
        format!("{:?}", stage.bot),
    ] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[tokio::test]
async fn telegrams_own_words_tell_what_is_wrong_with_a_webhook() {
    let stage = Stage::set().await;
    let refused = async |url: &str, secret: &str| {
        let outcome = stage.bot.set_webhook(url, secret).await;
        // Telegram takes one such call a second.
        tokio::time::sleep(Duration::from_millis(1050)).await;
        outcome.unwrap_err().to_string()
    };
    let https = "Bad Request: bad webhook: An HTTPS URL must be provided for webhook";
    assert_eq!(refused("http://shop.example/hook", "s").await, https);
    let secret = "Bad Request: secret token contains unallowed characters";
    assert_eq!(refused("https://shop.example/hook", "s p").await, secret);

    stage.bot.set_webhook(HOOK, "s3cret").await.unwrap();
    let again = stage.bot.set_webhook(HOOK, "s3cret").await;
    assert_eq!(
        again,
        Err(CallError::RateLimited {
            after: Some(Duration::from_secs(1))
        })
    );
    let info = stage.bot.get_webhook_info().await.unwrap();
    assert_eq!(info.url, HOOK);
    assert!(info.allowed_updates.contains(&"callback_query".to_owned()));
    stage.bot.delete_webhook().await.unwrap();
    assert_eq!(stage.bot.get_webhook_info().await.unwrap().url, "");
}

#[tokio::test]
async fn updates_are_polled_confirmed_and_never_fail_as_a_batch() {
    let stage = Stage::set().await;
    stage.anna.writes("один");
    stage
        .server
        .inject(&json!({"update_id": 700_000_050, "brand_new_kind": {"x": [1]}}));
    stage
        .server
        .inject(&json!({"update_id": 700_000_051, "message": "not an object"}));
    stage.server.jump_update_ids(700_100_000);
    stage.anna.writes("два");

    let short = Duration::ZERO;
    let updates = stage.bot.get_updates(0, short, 100).await.unwrap();
    let ids: Vec<i64> = updates
        .iter()
        .map(|raw| envelope(raw.get().as_bytes()).unwrap())
        .map(|envelope| envelope.provider_event_id.parse().unwrap())
        .collect();
    assert_eq!(
        ids,
        [
            700_000_001,
            700_000_002,
            700_000_050,
            700_000_051,
            700_100_000
        ]
    );
    let rest = stage.bot.get_updates(700_000_051, short, 1).await.unwrap();
    assert_eq!(rest.len(), 1);
    assert_eq!(stage.server.pending(), 2);
}

#[tokio::test]
async fn a_poll_waits_for_the_first_update() {
    let stage = Stage::set().await;
    let offset = 700_000_002;
    let begun = Instant::now();
    let (updates, ()) = tokio::join!(
        stage.bot.get_updates(offset, Duration::from_secs(5), 100),
        async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            stage.anna.writes("вот и я");
        }
    );
    assert_eq!(updates.unwrap().len(), 1);
    assert!(begun.elapsed() < Duration::from_secs(3));
    // An empty poll outlasts the deadline of an ordinary call.
    let nothing = stage
        .bot
        .get_updates(offset + 1, Duration::from_secs(1), 100)
        .await;
    assert_eq!(nothing.unwrap().len(), 0);
}

#[tokio::test]
async fn conflicts_are_told_apart() {
    let stage = Stage::set().await;
    let poll = |bot: Telegram, seconds| {
        tokio::spawn(async move {
            let outcome = bot
                .get_updates(700_000_002, Duration::from_secs(seconds), 10)
                .await;
            outcome.map(|updates| updates.len())
        })
    };
    let first = poll(stage.bot.clone(), 20);
    tokio::time::sleep(Duration::from_millis(150)).await;
    let second = poll(stage.bot.clone(), 20);
    assert_eq!(
        first.await.unwrap(),
        Err(CallError::Conflict(Conflict::OtherPoller))
    );
    // The next conflict is told late, so it needs the patience of a poll.
    stage.bot.set_webhook(HOOK, "s").await.unwrap();
    assert_eq!(
        second.await.unwrap(),
        Err(CallError::Conflict(Conflict::WebhookSet))
    );
    let third = poll(stage.bot.clone(), 20).await.unwrap();
    assert_eq!(third, Err(CallError::Conflict(Conflict::WebhookActive)));
}

#[tokio::test]
async fn the_check_says_in_words_how_the_bot_stands() {
    let stage = Stage::set().await;
    let check = stage.bot.check().await;
    assert_eq!((check.status, check.code), (ChannelStatus::Active, "ok"));
    let words =
        "Telegram knows @simulated_100001_bot and keeps updates until they are polled; 1 wait";
    assert_eq!(check.detail, words);
    assert_eq!(check.account.unwrap().id, "100001");

    stage.bot.set_webhook(HOOK, "s").await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let webhook = stage.bot.check().await.webhook.unwrap();
    assert_eq!(webhook.url.as_deref(), Some(HOOK));
    assert_eq!(webhook.pending, 1);
    assert_eq!(webhook.last_error.as_deref(), Some("Connection refused"));

    let stranger = bot_at(&stage.server, "424242:unknown").check().await;
    assert_eq!(stranger.status, ChannelStatus::Error);
    assert_eq!(stranger.code, codes::CHANNEL_UNAUTHORISED);

    stage.server.fault("getMe", Fault::BadGateway);
    let passing = stage.bot.check().await;
    assert_eq!(passing.status, ChannelStatus::Connecting);

    let guarded = Outbound::new(Vec::new()).unwrap();
    let bot = Telegram::new(guarded, &stage.server.base_url(), DEFAULT_TOKEN).unwrap();
    assert_eq!(bot.check().await.code, codes::ADDRESS_BLOCKED);
}
