//! Reactions, both ways.

use omni_simulators::telegram::Fault;
use omni_testkit::{TestApp, TestDatabase, both_engines, eventually};
use serde_json::{Value, json};

use super::{number, once, sends};
use crate::telegram::thread;

both_engines!(
    a_customers_reaction_is_shown_and_taken_back,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.connects_telegram().await;
        let customer = salon.customer(&app, 731, "Мария");
        customer.writes("Во сколько?");
        let conversation = salon.conversation_with("Мария").await;
        let answer = sends(
            &salon,
            &salon.owner,
            &conversation,
            "text",
            json!({"text": "В пять"}),
        )
        .await;
        let mut socket = salon.socket(salon.owner_id, &salon.owner, None).await;
        socket.expect("operator.connected").await;

        customer.reacts(number(&answer), Some("👍"));
        let told = socket.expect("message.updated").await;
        assert_eq!(told["message"]["id"], answer["id"]);
        assert_eq!(
            told["message"]["metadata"]["reactions"],
            json!({"customer": ["👍"]})
        );
        customer.reacts(number(&answer), Some("❤"));
        customer.reacts(number(&answer), None);
        let talk = once(&salon, &conversation, |talk| {
            talk[1]["metadata"].get("reactions").is_none()
        })
        .await;
        assert_eq!(talk[1]["status"], "sent");
        // A reaction to what is not ours, or in a chat that wrote nothing, is of no concern.
        customer.reacts(9_999, Some("👍"));
        salon.customer(&app, 732, "Олег").reacts(1, Some("👍"));
        customer.writes("Спасибо");
        once(&salon, &conversation, |talk| talk.len() == 3).await;
        let all = salon.owner.get("/api/v1/conversations").await.expect(200);
        assert_eq!(all["total"], 1);
        app.stop().await;
    }
);

both_engines!(
    an_operator_reacts_and_takes_it_back,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.connects_telegram().await;
        let customer = salon.customer(&app, 741, "Мария");
        let question = customer.writes("Вы лучшие!");
        let conversation = salon.conversation_with("Мария").await;
        let talk = thread(&salon, &conversation).await;
        let path = format!(
            "/api/v1/messages/{}/reaction",
            talk[0]["id"].as_str().unwrap()
        );
        let shown = |emoji: Option<&str>| {
            let emoji = emoji.map(str::to_owned);
            let customer = customer.clone();
            eventually("the reaction on the phone", move || {
                let found = customer.reaction_of_bot(question) == emoji;
                async move { found.then_some(()) }
            })
        };
        let react = async |emoji: Value| salon.owner.put(&path, &json!({"emoji": emoji})).await;

        let reacted = react(json!("❤")).await.expect(200);
        assert_eq!(reacted["message"]["metadata"]["reactions"]["team"], "❤");
        shown(Some("❤")).await;
        react(json!("🔥")).await.expect(200);
        shown(Some("🔥")).await;
        // The customer's own stands beside it.
        customer.reacts(question, Some("👏"));
        let both = json!({"customer": ["👏"], "team": "🔥"});
        once(&salon, &conversation, |talk| {
            talk[0]["metadata"]["reactions"] == both
        })
        .await;
        react(Value::Null).await.expect(200);
        shown(None).await;

        for wrong in ["🦀", "ok", ""] {
            react(json!(wrong)).await.refused(422, "invalid");
        }
        // What Telegram refuses goes away again, and says why.
        let words = Fault::Refusal {
            status: 400,
            description: "Bad Request: REACTION_INVALID".to_owned(),
        };
        app.telegram.fault("setMessageReaction", words);
        react(json!("👍")).await.expect(200);
        let talk = once(&salon, &conversation, |talk| {
            talk[0]["metadata"].get("reaction_error").is_some()
        })
        .await;
        assert_eq!(
            talk[0]["metadata"]["reactions"],
            json!({"customer": ["👏"]})
        );
        // One that cannot be sent yet is sent later.
        let later = Fault::TooManyRequests { retry_after: 1 };
        app.telegram.fault("setMessageReaction", later);
        react(json!("👍")).await.expect(200);
        shown(Some("👍")).await;
        app.stop().await;
    }
);

both_engines!(
    only_what_stands_in_telegram_is_reacted_to,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, viewer) = salon.hires("vera", "viewer").await;
        salon.connects_telegram().await;
        let customer = salon.customer(&app, 751, "Мария");
        customer.writes("?");
        let conversation = salon.conversation_with("Мария").await;
        let id = conversation["id"].as_str().unwrap();
        let note = json!({"content_type": "text", "content": {"text": "x"}, "private": true});
        let path = format!("/api/v1/conversations/{id}/messages");
        let note = salon.owner.post(&path, &note).await.expect(201);
        let reaction = |message: &Value| {
            format!(
                "/api/v1/messages/{}/reaction",
                message["id"].as_str().unwrap()
            )
        };
        let thumb = json!({"emoji": "👍"});
        let answer = salon.owner.put(&reaction(&note["message"]), &thumb).await;
        answer.refused(409, "not_reactable");
        let talk = thread(&salon, &conversation).await;
        let answer = viewer.put(&reaction(&talk[0]), &thumb).await;
        answer.refused(403, "forbidden");
        app.stop().await;
    }
);
