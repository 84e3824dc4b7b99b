//! A bot that Telegram cannot call is asked again and again, whatever happens in between (F18, F19).

use std::time::Duration;

use omni_simulators::telegram::Fault;
use omni_store::raw_events::RawState;
use omni_testkit::{Bot, Guest, Salon, TestApp, TestDatabase, both_engines, eventually, within};
use serde_json::{Value, json};

use super::telegram::{texts, thread};

/// Waits until these are a conversation's messages.
async fn reads(salon: &Salon, conversation: &Value, messages: &[&str]) {
    reads_within(Duration::from_secs(10), salon, conversation, messages).await;
}

async fn reads_within(patience: Duration, salon: &Salon, conversation: &Value, messages: &[&str]) {
    within(patience, &format!("{messages:?}"), || async {
        (texts(&thread(salon, conversation).await) == messages).then_some(())
    })
    .await;
}

/// Waits until Telegram knows that all it had for the first bot arrived.
async fn nothing_waits(app: &TestApp) {
    eventually("all to be confirmed", || async {
        (app.telegram.pending() == 0).then_some(())
    })
    .await;
}

async fn status_of(salon: &Salon, bot: &Bot) -> Value {
    let path = format!("/api/v1/channels/{}", bot.channel["id"].as_str().unwrap());
    salon.owner.get(&path).await.expect(200)["status"].clone()
}

both_engines!(
    a_polled_bot_hears_everything_once,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let bot = Bot::polled(&app, &salon).await;
        let customer = salon.customer(&app, 181, "Мария");
        customer.writes("раз");
        let conversation = salon.conversation_with("Мария").await;
        customer.writes("два");
        reads(&salon, &conversation, &["раз", "два"]).await;

        // After a quiet week Telegram counts from anywhere, from below, too.
        app.telegram.jump_update_ids(1_234);
        customer.writes("три");
        reads(&salon, &conversation, &["раз", "два", "три"]).await;
        nothing_waits(&app).await;

        let app = app.restart().await;
        app.telegram.jump_update_ids(77);
        customer.writes("четыре");
        customer.writes("пять");
        let all = ["раз", "два", "три", "четыре", "пять"];
        reads(&salon, &conversation, &all).await;
        nothing_waits(&app).await;
        bot.has_done(&app, 5).await;
        assert_eq!(thread(&salon, &conversation).await.len(), 5);
        app.stop().await;
    }
);

both_engines!(
    polls_that_go_wrong_lose_nothing,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let mut bots = Vec::new();
        for id in 1_821..=1_824 {
            let salon = app.salon().await;
            let bot = Bot::polled(&app, &salon).await;
            let customer = salon.customer(&app, id, "Мария");
            customer.writes("раз");
            bots.push((salon, bot, customer));
        }
        for (salon, _, _) in &bots {
            salon.conversation_with("Мария").await;
        }
        let elsewhere = "Conflict: terminated by other getUpdates request; \
                         make sure that only one bot instance is running";
        for fault in [
            Fault::TooManyRequests { retry_after: 1 },
            Fault::ServerError,
            Fault::Refusal {
                status: 409,
                description: elsewhere.to_owned(),
            },
            // Takes the time of a whole poll, so all of them go wrong at once.
            Fault::Silence,
        ] {
            app.telegram.fault("getUpdates", fault);
        }
        // This ends the polls that wait; the next one of each bot goes wrong.
        for (_, _, customer) in &bots {
            customer.writes("два");
        }
        eventually("all that goes wrong", || async {
            (app.telegram.faults_left("getUpdates") == 0).then_some(())
        })
        .await;
        for (_, _, customer) in &bots {
            customer.writes("три");
        }
        for (salon, bot, customer) in &bots {
            let conversation = salon.conversation_with("Мария").await;
            let patience = Duration::from_secs(90);
            reads_within(patience, salon, &conversation, &["раз", "два", "три"]).await;
            assert_eq!(status_of(salon, bot).await, "active");
            customer.writes("четыре");
            let all = ["раз", "два", "три", "четыре"];
            reads(salon, &conversation, &all).await;
        }
        app.stop().await;
    }
);

/// An update nested deeper than anybody reads.
fn bottomless(guest: Guest, number: i64) -> Value {
    let mut update = guest.writes(number, number, "глубоко");
    update["message"]["reply_markup"] = (0..100).fold(json!(0), |inner, _| json!([inner]));
    update
}

both_engines!(
    an_update_that_nobody_can_read_is_set_aside_and_the_next_ones_come,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let guest = Guest(19);
        // All of them wait before anybody asks, so that they come in one answer.
        app.telegram.add_bot(&salon.bot_token());
        for number in 1..=100 {
            app.telegram.inject(&match number {
                50 => bottomless(guest, number),
                _ => guest.writes(number, number, &number.to_string()),
            });
        }
        let bot = Bot::polled(&app, &salon).await;
        let conversation = salon.conversation_with(&guest.name()).await;
        let good: Vec<String> = (1..=100)
            .filter(|number| *number != 50)
            .map(|number| number.to_string())
            .collect();
        let mut good: Vec<&str> = good.iter().map(String::as_str).collect();
        reads(&salon, &conversation, &good).await;
        // What is not confirmed is asked for again at once, and for ever.
        nothing_waits(&app).await;
        bot.has_done(&app, 99).await;
        assert_eq!(bot.kept(&app, RawState::Dead).await, 1);

        // Alone in its answer it stops nobody, either.
        app.telegram.inject(&bottomless(guest, 101));
        nothing_waits(&app).await;
        app.telegram.inject(&guest.writes(102, 102, "дальше"));
        good.push("дальше");
        reads(&salon, &conversation, &good).await;
        nothing_waits(&app).await;
        bot.has_done(&app, 100).await;
        assert_eq!(bot.kept(&app, RawState::Dead).await, 2);
        app.stop().await;
    }
);

both_engines!(
    a_polled_bot_goes_on_with_a_new_token,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let bot = Bot::polled(&app, &salon).await;
        let customer = salon.customer(&app, 184, "Мария");
        customer.writes("раз");
        let conversation = salon.conversation_with("Мария").await;
        nothing_waits(&app).await;

        // Its owner asks Telegram for another token, which ends the old one, and tells us.
        let token = format!("{}:renewed-{}", salon.bot_id(), salon.slug);
        app.telegram.renew(&salon.bot_token(), &token);
        customer.writes("два");
        let path = format!("/api/v1/channels/{}", bot.channel["id"].as_str().unwrap());
        let secrets = json!({"secrets": {"bot_token": token}});
        let patched = salon.owner.patch(&path, &secrets).await.expect(200);
        assert_eq!(patched["status"], "active");
        reads(&salon, &conversation, &["раз", "два"]).await;
        customer.writes("три");
        reads(&salon, &conversation, &["раз", "два", "три"]).await;
        nothing_waits(&app).await;
        assert_eq!(status_of(&salon, &bot).await, "active");

        // Another bot counts messages from one again: it cannot take this one's place.
        let secrets = json!({"secrets": {"bot_token": "7099:another-bot"}});
        let answer = salon.owner.patch(&path, &secrets).await;
        let problem = answer.refused(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], "/secrets/bot_token");
        customer.writes("четыре");
        reads(&salon, &conversation, &["раз", "два", "три", "четыре"]).await;
        app.stop().await;
    }
);
