//! A customer writes in Telegram; an operator answers.

use std::time::Duration;

use omni_testkit::{Bot, Salon, TestApp, TestDatabase, both_engines, eventually};
use serde_json::{Value, json};

/// The messages of a conversation, from the start.
pub(super) async fn thread(salon: &Salon, conversation: &Value) -> Vec<Value> {
    let id = conversation["id"].as_str().unwrap();
    let path = format!("/api/v1/conversations/{id}/messages?after=0&limit=200");
    salon.owner.get(&path).await.expect(200)["items"]
        .as_array()
        .unwrap()
        .clone()
}

pub(super) fn texts(messages: &[Value]) -> Vec<&str> {
    messages
        .iter()
        .filter_map(|message| message["content"]["text"].as_str())
        .collect()
}

both_engines!(
    a_question_is_stored_assigned_seen_and_answered,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (anna_id, anna) = salon.hires_online("anna").await;
        salon.connects_telegram().await;
        let mut socket = salon.socket(anna_id, &anna, None).await;
        socket.expect("operator.connected").await;

        let customer = salon.customer(&app, 111, "Мария");
        customer.writes("Сколько стоит стрижка?");

        let seen = socket.expect("message.new").await;
        assert_eq!(seen["message"]["content"]["text"], "Сколько стоит стрижка?");
        let assigned = socket.expect("conversation.assigned").await;
        assert_eq!(assigned["operator_id"], anna_id.to_string());

        let conversation = salon.conversation_with("Мария").await;
        assert_eq!(conversation["assigned_to"], anna_id.to_string());
        assert_eq!(conversation["assigned_reason"]["rule"], "least_loaded");
        assert_eq!(conversation["unread_count"], 1);
        assert_eq!(conversation["channel"], "telegram");

        let id = conversation["id"].as_str().unwrap();
        let reply = json!({"content_type": "text", "content": {"text": "1500 рублей"}});
        let sent = anna
            .post_once(
                &format!("/api/v1/conversations/{id}/messages"),
                "k1",
                &reply,
            )
            .await;
        let sent = sent.expect(201);
        assert_eq!(sent["message"]["status"], "queued");

        let ledger = app
            .telegram
            .sent(1, Duration::from_secs(10))
            .await
            .expect("it is delivered");
        assert_eq!(ledger[0].text.as_deref(), Some("1500 рублей"));
        eventually("the state sent", || async {
            let thread = thread(&salon, &conversation).await;
            (thread.last()?["status"] == "sent").then_some(())
        })
        .await;
        app.stop().await;
    }
);

both_engines!(
    a_burst_of_many_people_stays_in_order,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.hires_online("anna").await;
        salon.connects_telegram().await;
        for round in 0..8 {
            for person in 0..6 {
                salon
                    .customer(&app, 200 + person, &format!("Гость {person}"))
                    .writes(&round.to_string());
            }
        }
        for person in 0..6 {
            let conversation = salon.conversation_with(&format!("Гость {person}")).await;
            let thread = eventually("all eight", || async {
                let thread = thread(&salon, &conversation).await;
                (thread.len() == 8).then_some(thread)
            })
            .await;
            assert_eq!(texts(&thread), ["0", "1", "2", "3", "4", "5", "6", "7"]);
            let seqs: Vec<_> = thread.iter().map(|m| m["seq"].as_i64().unwrap()).collect();
            assert_eq!(seqs, (1..=8).collect::<Vec<_>>());
        }
        app.stop().await;
    }
);

both_engines!(
    an_edit_changes_the_message_and_its_repeat_does_nothing,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let bot = Bot::called(&app, &salon).await;
        let customer = salon.customer(&app, 300, "Олег");
        let id = customer.writes("завтра в 5");
        let conversation = salon.conversation_with("Олег").await;
        customer.edits(id, "завтра в 6");
        let before = eventually("the edit", || async {
            let thread = thread(&salon, &conversation).await;
            (texts(&thread) == ["завтра в 6"] && thread[0]["metadata"]["edited"] == true)
                .then_some(thread)
        })
        .await;

        // Telegram hands the same edit over once more, just as it was.
        let edit = bot.log(&app).await.remove(0);
        assert_eq!(edit.kind, "edited_message");
        let again = edit.payload.to_string();
        bot.receives(again).await.expect(200);
        customer.writes("и ещё вопрос");
        let after = eventually("what was written behind it", || async {
            let thread = thread(&salon, &conversation).await;
            (thread.len() == 2).then_some(thread)
        })
        .await;
        assert_eq!(after[..1], before[..]);
        assert_eq!(texts(&after), ["завтра в 6", "и ещё вопрос"]);
        bot.has_done(&app, 3).await;
        app.stop().await;
    }
);

both_engines!(
    a_photo_arrives_with_its_bytes,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.connects_telegram().await;
        let png = PNG.to_vec();
        salon
            .customer(&app, 400, "Ира")
            .sends_photo(png.clone(), Some("вот так хочу"));
        let conversation = salon.conversation_with("Ира").await;
        let url = eventually("the file", || async {
            let thread = thread(&salon, &conversation).await;
            let content = &thread.first()?["content"];
            assert_eq!(thread[0]["content_type"], "image");
            assert_eq!(content["caption"], "вот так хочу");
            content["url"].as_str().map(ToOwned::to_owned)
        })
        .await;
        let path = url
            .split_once("/api/")
            .map(|(_, rest)| format!("/api/{rest}"))
            .unwrap();
        let file = app.stranger().get(&path).await;
        assert_eq!(
            (file.status, file.header("content-type")),
            (200, Some("image/png"))
        );
        assert_eq!(file.bytes, png);
        app.stop().await;
    }
);

both_engines!(
    nothing_is_stored_without_the_secret,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let channel = salon.connects_telegram().await;
        let token = channel["webhook_token"].as_str().unwrap();
        let update = json!({"update_id": 1, "message": {"message_id": 1, "date": 1, "text": "x",
        "chat": {"id": 5, "type": "private"}, "from": {"id": 5, "is_bot": false, "first_name": "X"}}});
        let path = format!("/api/v1/telegram/webhook/{token}");
        app.stranger()
            .post(&path, &update)
            .await
            .refused(401, "bad_signature");
        app.stranger()
            .post("/api/v1/telegram/webhook/nobody", &update)
            .await
            .refused(404, "not_found");
        assert_eq!(
            salon.owner.get("/api/v1/conversations").await.expect(200)["total"],
            0
        );
        app.stop().await;
    }
);

/// A one-pixel picture.
pub(super) const PNG: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0,
    1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 0x0d, 0x49, 0x44, 0x41, 0x54,
    0x78, 0x9c, 0x62, 0, 1, 0, 0, 5, 0, 1, 0x0d, 0x0a, 0x2d, 0xb4, 0, 0, 0, 0, 0x49, 0x45, 0x4e,
    0x44, 0xae, 0x42, 0x60, 0x82,
];
