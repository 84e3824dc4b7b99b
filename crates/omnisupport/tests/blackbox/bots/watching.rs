//! Bots are looked after: what somebody changed is mended, what does not work is done another way.

use std::time::Duration;

use omni_core::channels::WatchPace;
use omni_testkit::{Bot, Salon, TestApp, TestDatabase, both_engines, within};
use omni_workers::Intervals;
use omnisupport::StartOptions;
use serde_json::{Value, json};

/// Nobody listens there.
const NOWHERE: &[(&str, &str)] = &[("PUBLIC_URL", "https://localhost:8443")];

async fn attentive(database: TestDatabase, settings: &[(&str, &str)]) -> TestApp {
    let soon = Duration::from_millis(100);
    let asked = StartOptions {
        intervals: Intervals {
            watch: soon,
            watch_pace: WatchPace {
                every: soon,
                patience: Duration::from_millis(300),
                // Longer than it takes until somebody asks.
                back: Duration::from_secs(5),
            },
            ..Intervals::default()
        },
        ..StartOptions::default()
    };
    TestApp::start_as(database, settings, asked).await
}

async fn connects(salon: &Salon, settings: Value) -> Value {
    let body = json!({"type": "telegram", "name": "Бот", "settings": settings,
        "secrets": {"bot_token": salon.bot_token()}});
    salon
        .owner
        .post("/api/v1/channels", &body)
        .await
        .expect(201)
}

/// Waits until the channel is as it should be.
async fn stands(salon: &Salon, channel: &Value, is: impl Fn(&Value) -> bool) -> Value {
    let path = format!("/api/v1/channels/{}", channel["id"].as_str().unwrap());
    within(Duration::from_secs(20), "the channel", || async {
        let shown = salon.owner.get(&path).await.expect(200);
        is(&shown).then_some(shown)
    })
    .await
}

fn says(channel: &Value, words: &str) -> bool {
    let detail = channel["status_detail"].as_str();
    detail.is_some_and(|detail| detail.contains(words))
}

both_engines!(
    a_webhook_that_somebody_removed_is_set_again,
    |database: TestDatabase| async move {
        let app = attentive(database, &[]).await;
        let salon = app.salon().await;
        let bot = Bot::called(&app, &salon).await;
        let ours = app.telegram.webhook_url().unwrap();
        app.telegram.loses_webhook(salon.bot_id());
        assert_eq!(app.telegram.webhook_url(), None);
        within(Duration::from_secs(20), "the webhook", || async {
            (app.telegram.webhook_url().as_ref() == Some(&ours)).then_some(())
        })
        .await;
        salon.customer(&app, 761, "Мария").writes("Слышно?");
        salon.conversation_with("Мария").await;
        stands(&salon, &bot.channel, |channel| {
            channel["status"] == "active"
        })
        .await;
        app.stop().await;
    }
);

both_engines!(
    a_bot_that_cannot_be_called_is_asked_and_called_again_later,
    |database: TestDatabase| async move {
        let app = attentive(database, NOWHERE).await;
        let salon = app.salon().await;
        let channel = connects(&salon, json!({})).await;
        assert_eq!(
            (&channel["settings"], &channel["status"]),
            (
                &json!({"mode": "webhook", "automatic": true}),
                &json!("active")
            )
        );
        salon.customer(&app, 762, "Мария").writes("Слышно?");
        let asked = stands(&salon, &channel, |it| it["settings"]["mode"] == "polling").await;
        assert_eq!(asked["settings"]["automatic"], true);
        within(Duration::from_secs(40), "the conversation", || async {
            let all = salon.owner.get("/api/v1/conversations").await.expect(200);
            (all["total"] == 1).then_some(())
        })
        .await;
        // With nothing that waits, nothing fails: it is called again, and stays so.
        let called = stands(&salon, &channel, |it| it["settings"]["mode"] == "webhook").await;
        assert_eq!(called["status"], "active");
        assert!(app.telegram.webhook_url().is_some());
        app.stop().await;
    }
);

both_engines!(
    a_webhook_that_was_asked_for_stays_and_says_what_is_wrong,
    |database: TestDatabase| async move {
        let app = attentive(database, NOWHERE).await;
        let salon = app.salon().await;
        let channel = connects(&salon, json!({"mode": "webhook"})).await;
        salon.customer(&app, 763, "Мария").writes("Слышно?");
        let failing = stands(&salon, &channel, |it| it["status"] == "error").await;
        assert_eq!(failing["settings"], json!({"mode": "webhook"}));
        assert!(says(&failing, "cannot hand updates over") && says(&failing, "1 wait"));
        assert!(app.telegram.webhook_url().is_some());

        // Asked for updates instead, it gets them, and all is well.
        let path = format!("/api/v1/channels/{}", channel["id"].as_str().unwrap());
        let polled = json!({"settings": {"mode": "polling"}});
        salon.owner.patch(&path, &polled).await.expect(200);
        salon.conversation_with("Мария").await;
        let well = stands(&salon, &channel, |it| it["status"] == "active").await;
        assert_eq!(well["settings"], json!({"mode": "polling"}));
        app.stop().await;
    }
);

both_engines!(
    who_else_reads_the_updates_is_said,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let bot = Bot::polled(&app, &salon).await;
        within(Duration::from_secs(20), "the conflict", || async {
            app.telegram.is_polled_elsewhere(salon.bot_id());
            let path = format!("/api/v1/channels/{}", bot.channel["id"].as_str().unwrap());
            let shown = salon.owner.get(&path).await.expect(200);
            (says(&shown, "another program") && shown["status"] == "active").then_some(())
        })
        .await;
        app.stop().await;
    }
);
