//! Connecting channels.

use std::time::Duration;

use omni_simulators::telegram::Fault;
use omni_testkit::{TestApp, TestDatabase, both_engines, eventually};
use serde_json::{Value, json};

use super::{at, id, open, text, thread, widget};

fn bot(token: &str, settings: Value) -> Value {
    json!({"type": "telegram", "name": "Бот", "secrets": {"bot_token": token}, "settings": settings})
}

both_engines!(
    a_bot_is_connected_and_its_token_never_shown,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let token = "7001:AAA-secret-of-the-bot-wxyz";
        let channel = salon
            .owner
            .post("/api/v1/channels", &bot(token, json!({"mode": "webhook"})))
            .await;
        let channel = channel.expect(201);
        assert_eq!(
            (&channel["status"], &channel["type"]),
            (&json!("active"), &json!("telegram"))
        );
        assert_eq!(
            channel["webhook_url"].as_str(),
            app.telegram.webhook_url().as_deref()
        );
        assert_eq!(channel["secret_hints"]["bot_token"], "wxyz");
        let path = format!("/api/v1/channels/{}", id(&channel));
        let checked = salon
            .owner
            .post(&format!("{path}/check"), &json!({}))
            .await
            .expect(200);
        assert_eq!(checked["status"], "active");
        assert!(checked["status_detail"].is_string());

        let (_, anna) = salon.hires("anna", "operator").await;
        for (who, manages) in [(&salon.owner, true), (&anna, false)] {
            let list = who.get("/api/v1/channels").await.expect(200);
            for shown in [list["items"][0].clone(), who.get(&path).await.expect(200)] {
                let shown = shown.to_string();
                assert!(!shown.contains("secret-of-the-bot"));
                assert_eq!(
                    shown.contains(channel["webhook_token"].as_str().unwrap()),
                    manages
                );
            }
        }
        let log = salon
            .owner
            .get("/api/v1/audit")
            .await
            .expect(200)
            .to_string();
        assert!(log.contains("channel.created") && !log.contains("secret-of-the-bot"));

        // Only whoever manages channels changes them; others' are not there.
        let rename = json!({"name": "Бот 2"});
        anna.patch(&path, &rename).await.refused(403, "forbidden");
        anna.patch(&path, &json!({"x": 1}))
            .await
            .refused(403, "forbidden");
        anna.delete(&path).await.refused(403, "forbidden");
        anna.post(&format!("{path}/check"), &json!({}))
            .await
            .refused(403, "forbidden");
        anna.post("/api/v1/channels", &bot("7002:A", json!({})))
            .await
            .refused(403, "forbidden");
        let stranger = app.salon().await.owner;
        for answer in [
            stranger.get(&path).await,
            stranger.patch(&path, &rename).await,
            stranger.delete(&path).await,
            stranger.post(&format!("{path}/check"), &json!({})).await,
        ] {
            answer.refused(404, "not_found");
        }
        // One bot is one channel, whoever's.
        stranger
            .post("/api/v1/channels", &bot(token, json!({})))
            .await
            .refused(409, "channel_exists");
        assert_eq!(
            stranger.get("/api/v1/channels").await.expect(200)["total"],
            0
        );
        assert_eq!(
            salon.owner.patch(&path, &rename).await.expect(200)["name"],
            "Бот 2"
        );
        app.stop().await;
    }
);

both_engines!(
    what_telegram_says_decides,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let owner = &salon.owner;
        let refused = |description: &str| Fault::Refusal {
            status: 401,
            description: description.to_owned(),
        };
        app.telegram.fault("getMe", refused("Unauthorized"));
        owner
            .post("/api/v1/channels", &bot("7010:A", json!({})))
            .await
            .refused(422, "channel_refused");
        for bad in [
            json!({"bot_token": "x"}),
            json!({"token": "7010:A"}),
            json!({}),
        ] {
            let body = json!({"type": "telegram", "name": "Бот", "secrets": bad});
            owner
                .post("/api/v1/channels", &body)
                .await
                .refused(422, "invalid");
        }
        assert_eq!(owner.get("/api/v1/channels").await.expect(200)["total"], 0);

        // A refused webhook is made all the same, and says why.
        let words = "Bad Request: bad webhook: An HTTPS URL must be provided for webhook";
        app.telegram.fault(
            "setWebhook",
            Fault::Refusal {
                status: 400,
                description: words.to_owned(),
            },
        );
        let made = owner
            .post(
                "/api/v1/channels",
                &bot("7011:A", json!({"mode": "webhook"})),
            )
            .await
            .expect(201);
        assert_eq!(made["status"], "error");
        assert!(made["status_detail"].as_str().unwrap().contains("HTTPS"));
        // Looking again mends it.
        let check = format!("/api/v1/channels/{}/check", id(&made));
        assert_eq!(
            owner.post(&check, &json!({})).await.expect(200)["status"],
            "active"
        );

        // Out of reach: made, and connected once it can be.
        app.telegram.fault("getMe", Fault::BadGateway);
        app.telegram.fault("deleteWebhook", Fault::BadGateway);
        let made = owner
            .post("/api/v1/channels", &bot("7012:A", json!({})))
            .await
            .expect(201);
        assert_eq!(
            (&made["status"], &made["settings"]),
            (
                &json!("connecting"),
                &json!({"mode": "polling", "automatic": true})
            )
        );
        app.core().reconnect_channels().await.unwrap();
        let path = format!("/api/v1/channels/{}", id(&made));
        assert_eq!(owner.get(&path).await.expect(200)["status"], "active");
        app.stop().await;
    }
);

both_engines!(
    a_channel_is_one_bot_s_for_life,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let owner = &salon.owner;
        let (first, second) = (
            "7030:AAA-the-first-token-aaaa",
            "7030:BBB-the-second-one-bbbb",
        );
        let made = owner
            .post("/api/v1/channels", &bot(first, json!({"mode": "webhook"})))
            .await;
        let channel = made.expect(201);
        let path = format!("/api/v1/channels/{}", id(&channel));
        let customer = app.telegram.customer_of(7030, 62, "Мария");
        customer.writes("раз");
        let one = salon.conversation_with("Мария").await;
        let heard = async |texts: &[&str]| {
            eventually("what she wrote", || async {
                let seen = thread(owner, &one).await;
                let told = seen.iter().map(|message| &message["content"]["text"]);
                told.eq(texts.iter().copied()).then_some(())
            })
            .await;
        };

        // Another bot counts the messages of its chats from one again, so that they would pass for those that are
        // there.
        let replace = |token: &str| json!({"secrets": {"bot_token": token}});
        let foreign = replace("7031:CCC-of-another-bot-cccc");
        let answer = owner.patch(&path, &foreign).await;
        let told = answer.refused(422, "invalid");
        assert_eq!(told["errors"][0]["pointer"], "/secrets/bot_token");
        assert_eq!(told["errors"][0]["code"], "another_bot");
        let shown = owner.get(&path).await.expect(200);
        assert_eq!(shown["status"], "active");
        assert_eq!(shown["secret_hints"]["bot_token"], "aaaa");
        customer.writes("два");
        heard(&["раз", "два"]).await;

        // The bot itself may get a new token, and goes on where it was.
        app.telegram.renew(first, second);
        let shown = owner.patch(&path, &replace(second)).await.expect(200);
        assert_eq!(shown["status"], "active");
        assert_eq!(shown["secret_hints"]["bot_token"], "bbbb");
        customer.writes("три");
        heard(&["раз", "два", "три"]).await;
        let answer = owner.post(&at(&one, "/messages"), &text("да")).await;
        answer.expect(201);
        let sent = app.telegram.sent(1, Duration::from_secs(10)).await.unwrap();
        assert_eq!((sent[0].bot_id, sent[0].chat_id), (7030, 62));
        app.stop().await;
    }
);

both_engines!(
    who_may_not_touch_a_bot_does_not_move_it,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let channel = salon.connects_telegram().await;
        let path = format!("/api/v1/channels/{}", id(&channel));
        let check = format!("{path}/check");
        let before = salon.owner.get(&path).await.expect(200);
        let (_, anna) = salon.hires("anna", "operator").await;
        let stranger = app.salon().await.owner;
        // Whatever is asked of Telegram meanwhile goes wrong, and is missing afterwards.
        for method in ["getMe", "getWebhookInfo", "setWebhook", "deleteWebhook"] {
            app.telegram.fault(method, Fault::ServerError);
        }
        let polled = json!({"settings": {"mode": "polling"}});
        let token = json!({"secrets": {"bot_token": format!("{}:X", salon.bot_id())}});
        for (who, status) in [(&anna, 403), (&stranger, 404)] {
            who.patch(&path, &polled).await.expect(status);
            who.patch(&path, &token).await.expect(status);
            who.post(&check, &json!({})).await.expect(status);
            who.delete(&path).await.expect(status);
        }
        for method in ["getMe", "getWebhookInfo", "setWebhook", "deleteWebhook"] {
            assert_eq!(app.telegram.faults_left(method), 1, "{method} was called");
        }
        app.telegram.clear_faults();
        assert_eq!(salon.owner.get(&path).await.expect(200), before);
        assert_eq!(
            app.telegram.webhook_url().as_deref(),
            channel["webhook_url"].as_str()
        );
        salon.customer(&app, 63, "Олег").writes("Вы тут?");
        salon.conversation_with("Олег").await;
        app.stop().await;
    }
);

both_engines!(
    a_deleted_channel_is_silent,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let channel = salon.connects_telegram().await;
        salon.customer(&app, 55, "Зоя").writes("Привет");
        let one = salon.conversation_with("Зоя").await;
        let path = format!("/api/v1/channels/{}", id(&channel));
        assert_eq!(salon.owner.delete(&path).await.status, 204);
        salon.owner.get(&path).await.refused(404, "not_found");
        let hook = format!(
            "/api/v1/telegram/webhook/{}",
            channel["webhook_token"].as_str().unwrap()
        );
        app.stranger()
            .post(&hook, &json!({"update_id": 1}))
            .await
            .refused(404, "not_found");
        eventually("Telegram to be told", || async {
            app.telegram.webhook_url().is_none().then_some(())
        })
        .await;
        // What was said stays, and the bot can be connected again.
        salon
            .owner
            .get(&format!("/api/v1/conversations/{}", id(&one)))
            .await
            .expect(200);
        salon.connects_telegram().await;
        app.stop().await;
    }
);

both_engines!(
    repeats_make_one_channel,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let body = json!({"type": "widget", "name": "Сайт"});
        let first = salon
            .owner
            .post_once("/api/v1/channels", "k", &body)
            .await
            .expect(201);
        let again = salon.owner.post_once("/api/v1/channels", "k", &body).await;
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(again.expect(201), first);
        let other = json!({"type": "widget", "name": "Другой"});
        salon
            .owner
            .post_once("/api/v1/channels", "k", &other)
            .await
            .refused(409, "idempotency_mismatch");
        assert_eq!(
            salon.owner.get("/api/v1/channels").await.expect(200)["total"],
            1
        );
        app.stop().await;
    }
);

both_engines!(a_widget_is_set_up, |database: TestDatabase| async move {
    let app = TestApp::start(database).await;
    let salon = app.salon().await;
    let (channel, key) = widget(&salon).await;
    assert!(channel["identity_secret"].as_str().unwrap().len() >= 40);
    let path = format!("/api/v1/channels/{}", id(&channel));
    let shown = salon.owner.get(&path).await.expect(200);
    assert!(shown["identity_secret"].is_null());
    let settings =
        json!({"settings": {"color": "#7c3aed", "greeting": {"ru": "Привет!"}, "name": "Салон"}});
    salon.owner.patch(&path, &settings).await.expect(200);
    let opened = open(&app, &key, json!({})).await.expect(200);
    assert_eq!(opened["settings"]["color"], "#7c3aed");
    assert_eq!(
        (&opened["settings"]["name"], &opened["settings"]["online"]),
        (&json!("Салон"), &json!(false))
    );
    for wrong in [
        json!({"settings": {"allowed_origins": ["*"]}}),
        json!({"settings": {"identity_secret": "x"}}),
        json!({"settings": {"color": "red"}}),
        json!({"secrets": {"identity_secret": "x"}}),
        json!({"type": "telegram"}),
        json!({"widget_key": "x"}),
    ] {
        salon
            .owner
            .patch(&path, &wrong)
            .await
            .refused(422, "invalid");
    }
    for kind in ["whatsapp", "email", "api", "fax"] {
        let body = json!({"type": kind, "name": "x"});
        salon
            .owner
            .post("/api/v1/channels", &body)
            .await
            .refused(422, "invalid");
    }
    app.stop().await;
});
