//! Buttons under messages and in place of the customer's keyboard.

use omni_testkit::{TestApp, TestDatabase, both_engines};
use serde_json::{Value, json};

use super::{number, once, sends};
use crate::telegram::thread;

both_engines!(
    buttons_under_a_message_are_pressed,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.connects_telegram().await;
        let customer = salon.customer(&app, 721, "Мария");
        customer.writes("Запишите меня");
        let conversation = salon.conversation_with("Мария").await;
        let content = json!({"text": "Когда?", "buttons": [
            {"id": "mon", "title": "Понедельник"},
            {"id": "site", "title": "На сайте", "url": "https://salon.example/time"},
        ]});
        let asked = sends(
            &salon,
            &salon.owner,
            &conversation,
            "interactive",
            content.clone(),
        )
        .await;
        assert_eq!(asked["content"], content);
        let seen = customer.sees();
        let rows = &seen[1]["reply_markup"]["inline_keyboard"];
        assert_eq!(rows[0][0]["callback_data"], "mon");
        assert_eq!(rows[1][0]["url"], "https://salon.example/time");
        assert_eq!(rows[1][0].get("callback_data"), None);

        customer.presses(number(&asked), "mon").unwrap();
        let thread = once(&salon, &conversation, |thread| thread.len() == 3).await;
        assert_eq!(thread[2]["content_type"], "interactive");
        assert_eq!(thread[2]["content"]["text"], "Понедельник");
        assert_eq!(thread[2]["metadata"]["button_data"], "mon");
        assert_eq!(thread[2]["reply_to"], asked["id"]);
        app.stop().await;
    }
);

both_engines!(
    a_number_is_asked_for_given_and_the_keyboard_goes,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.connects_telegram().await;
        let customer = salon.customer(&app, 722, "Мария");
        customer.writes("Здравствуйте");
        let conversation = salon.conversation_with("Мария").await;
        let content = json!({"text": "Ваш номер?", "kind": "reply", "buttons": [
            {"id": "phone", "title": "Отправить номер", "request": "contact"},
            {"id": "no", "title": "Не сейчас"},
        ]});
        let asked = sends(
            &salon,
            &salon.owner,
            &conversation,
            "interactive",
            content.clone(),
        )
        .await;
        assert_eq!(asked["content"], content);
        assert_eq!(customer.keyboard(), ["Отправить номер", "Не сейчас"]);

        // Words in between leave it where it is, whoever writes them.
        customer.writes("Зачем?");
        once(&salon, &conversation, |thread| thread.len() == 3).await;
        let words = json!({"text": "Для записи"});
        sends(&salon, &salon.owner, &conversation, "text", words).await;
        assert_eq!(customer.keyboard().len(), 2);

        // A friend's card is not his own number.
        let friend = json!({"phone_number": "79995554433", "first_name": "Друг", "user_id": 5});
        customer.sends_field("contact", friend);
        customer.taps("Не сейчас", "");
        let talk = once(&salon, &conversation, |thread| thread.len() == 6).await;
        assert_eq!(talk[4]["metadata"].get("button_data"), None);
        assert_eq!(talk[5]["content_type"], "interactive");
        assert_eq!(talk[5]["metadata"]["button_data"], "no");
        assert_eq!(talk[5]["reply_to"], asked["id"]);

        customer.taps("Отправить номер", "79990001122").unwrap();
        let talk = once(&salon, &conversation, |thread| thread.len() == 7).await;
        assert_eq!(talk[6]["content_type"], "contact");
        assert_eq!(talk[6]["metadata"]["button_data"], "phone");
        let id = conversation["customer"]["id"].as_str().unwrap();
        let path = format!("/api/v1/customers/{id}");
        let profile = salon.owner.get(&path).await.expect(200);
        assert_eq!(
            (&profile["phone"], &profile["phone_verified"]),
            (&json!("+79990001122"), &json!(true))
        );

        // What is answered then takes it away.
        let thanks = json!({"text": "Спасибо"});
        sends(&salon, &salon.owner, &conversation, "text", thanks).await;
        assert!(customer.keyboard().is_empty());
        // And the same words are only words by now.
        customer.writes("Не сейчас");
        let talk = once(&salon, &conversation, |thread| thread.len() == 9).await;
        assert_eq!(talk[8]["content_type"], "text");
        app.stop().await;
    }
);

both_engines!(
    keyboards_that_telegram_would_refuse_are_refused_here,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.connects_telegram().await;
        salon.customer(&app, 723, "Мария").writes("?");
        let conversation = salon.conversation_with("Мария").await;
        let id = conversation["id"].as_str().unwrap();
        let path = format!("/api/v1/conversations/{id}/messages");
        let button = |id: &str, title: &str, more: Value| {
            let mut button = json!({"id": id, "title": title});
            let more = more.as_object().unwrap().clone();
            button.as_object_mut().unwrap().extend(more);
            button
        };
        let long = "я".repeat(33);
        for (kind, buttons) in [
            ("inline", json!([button(&long, "x", json!({}))])),
            (
                "inline",
                json!([button("a", "x", json!({"request": "contact"}))]),
            ),
            (
                "inline",
                json!([button("a", "x", json!({"url": "javascript:alert(1)"}))]),
            ),
            (
                "inline",
                json!([button("a", "x", json!({"url": "tg://x"}))]),
            ),
            ("inline", json!([button("a", " ", json!({}))])),
            ("reply", json!([])),
            (
                "reply",
                json!([button("a", "x", json!({"url": "https://a.example"}))]),
            ),
            (
                "reply",
                json!([button("a", "x", json!({})), button("b", "x", json!({}))]),
            ),
            (
                "reply",
                json!([button("a", "x", json!({"request": "password"}))]),
            ),
            ("popup", json!([button("a", "x", json!({}))])),
        ] {
            let content = json!({"text": "?", "kind": kind, "buttons": buttons});
            let body = json!({"content_type": "interactive", "content": content});
            salon.owner.post(&path, &body).await.refused(422, "invalid");
        }
        assert_eq!(thread(&salon, &conversation).await.len(), 1);
        app.stop().await;
    }
);
