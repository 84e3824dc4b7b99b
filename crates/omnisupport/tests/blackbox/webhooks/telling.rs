//! What is told, to whom, in which order.

use std::collections::HashMap;

use omni_simulators::receiver::Letter;
use omni_testkit::{TestDatabase, both_engines, eventually};
use serde_json::{Value, json};

use super::{
    are, at, gets, is_signed, receiver, start, tells, text, texts, time_now, visitor, widget,
    writes,
};

both_engines!(
    a_program_is_told_all_in_order_signed_and_nobody_else_is,
    |database: TestDatabase| async move {
        let app = start(database).await;
        let (salon, rival) = (app.salon().await, app.salon().await);
        let (ours, theirs) = (receiver().await, receiver().await);
        let key = widget(&salon).await;
        let before = visitor(&app, &key, "Вера").await;
        writes(&before, "before anybody was to be told").await;
        salon.conversation_with("Вера").await;
        let webhook = tells(&salon, &ours, json!([])).await;
        tells(&rival, &theirs, json!([])).await;
        let anna = visitor(&app, &key, "Анна").await;
        let boris = visitor(&app, &key, "Борис").await;
        for n in 1..=5 {
            writes(&anna, &format!("anna {n}")).await;
            writes(&boris, &format!("boris {n}")).await;
        }
        let conversation = salon.conversation_with("Анна").await;
        let thread = format!(
            "/api/v1/conversations/{}/messages",
            conversation["id"].as_str().unwrap()
        );
        let mut note = text("only for us");
        note["private"] = json!(true);
        salon.owner.post(&thread, &note).await.expect(201);
        salon
            .owner
            .post(&thread, &text("an answer"))
            .await
            .expect(201);
        let tags = json!({"tags": ["vip"]});
        let path = thread.trim_end_matches("/messages");
        salon.owner.patch(path, &tags).await.expect(200);
        let letters = eventually("the last of it", || async {
            let letters = ours.letters();
            let tagged = |it: &Letter| it.body["data"]["conversation"]["tags"] == json!(["vip"]);
            let all = texts(&letters).len() == 12 && letters.iter().any(tagged);
            all.then_some(letters)
        })
        .await;
        expect_form(&letters, &webhook["secret"]);
        expect_order(&letters);
        for name in ["anna", "boris"] {
            let told: Vec<_> = texts(&letters)
                .into_iter()
                .filter(|it| it.starts_with(name))
                .collect();
            let written: Vec<_> = (1..=5).map(|n| format!("{name} {n}")).collect();
            assert_eq!(told, written);
        }
        let note = gets(&ours, "only for us").await;
        assert_eq!(note.body["data"]["message"]["private"], true);
        let answer = gets(&ours, "an answer").await;
        assert_eq!(answer.body["data"]["message"]["private"], false);
        assert!(!texts(&letters).iter().any(|it| it.starts_with("before")));
        assert!(theirs.letters().is_empty(), "another company's program");
        app.stop().await;
    }
);

/// Looks whether each letter has the form that was promised.
fn expect_form(letters: &[Letter], secret: &Value) {
    let mut ids = std::collections::HashSet::new();
    for letter in letters {
        assert!(is_signed(letter, secret), "{letter:?}");
        assert!(letter.id.starts_with("msg_") && ids.insert(letter.id.clone()));
        let at: i64 = letter.timestamp.parse().unwrap();
        assert!((time_now() - at).abs() < 60, "{at}");
        let mut fields: Vec<_> = letter.body.as_object().unwrap().keys().collect();
        fields.sort();
        assert_eq!(fields, ["data", "timestamp", "type"]);
        let data = &letter.body["data"];
        assert!(
            data["seq"].is_i64() && data["event_seq"].is_i64(),
            "{data:#}"
        );
        match letter.kind() {
            "message.new" | "message.updated" => {
                assert_eq!(data["message"]["seq"], data["seq"]);
                assert_eq!(data["message"]["conversation_id"], data["conversation_id"]);
            }
            "conversation.queued" | "conversation.updated" => {
                assert_eq!(data["conversation"]["id"], data["conversation_id"]);
            }
            "conversation.assigned" => assert!(data["operator_id"].is_string()),
            other => panic!("{other}"),
        }
    }
}

/// Looks whether what happened in each conversation was told in the order in which it did.
fn expect_order(letters: &[Letter]) {
    let mut newest: HashMap<String, i64> = HashMap::new();
    let mut messages: HashMap<String, i64> = HashMap::new();
    for letter in letters {
        let data = &letter.body["data"];
        let conversation = data["conversation_id"].as_str().unwrap().to_owned();
        let seq = data["event_seq"].as_i64().unwrap();
        let before = newest.insert(conversation.clone(), seq);
        assert!(before.is_none_or(|before| before < seq), "{letter:?}");
        if letter.kind() == "message.new" {
            let place = data["seq"].as_i64().unwrap();
            let before = messages.insert(conversation, place).unwrap_or(0);
            assert_eq!(place, before + 1, "no gap");
        }
    }
}

both_engines!(
    a_program_is_told_only_what_it_asked_for,
    |database: TestDatabase| async move {
        let app = start(database).await;
        let salon = app.salon().await;
        let (messages, queue) = (receiver().await, receiver().await);
        let webhook = tells(&salon, &messages, json!(["message.new"])).await;
        tells(&salon, &queue, json!(["conversation.queued"])).await;
        let key = widget(&salon).await;
        let anna = visitor(&app, &key, "Анна").await;
        writes(&anna, "hello").await;
        gets(&messages, "hello").await;
        eventually("the queue", || async { queue.letters().first().cloned() }).await;
        assert!(
            messages
                .letters()
                .iter()
                .all(|it| it.kind() == "message.new")
        );
        // Paused, it gets nothing; what happens meanwhile is kept.
        let off = json!({"enabled": false});
        let paused = salon.owner.patch(&at(&webhook, ""), &off).await.expect(200);
        assert_eq!(paused["disabled_reason"], "paused");
        writes(&anna, "while paused").await;
        are(&salon, &webhook, "skipped", 1).await;
        let on = json!({"enabled": true});
        let on = salon.owner.patch(&at(&webhook, ""), &on).await.expect(200);
        assert_eq!(
            (&on["enabled"], &on["disabled_reason"]),
            (&json!(true), &Value::Null)
        );
        writes(&anna, "on again").await;
        gets(&messages, "on again").await;
        assert_eq!(texts(&messages.letters()), ["hello", "on again"]);
        // Deleted, it gets nothing and is nowhere.
        salon.owner.delete(&at(&webhook, "")).await.expect(204);
        salon
            .owner
            .get(&at(&webhook, ""))
            .await
            .refused(404, "not_found");
        let list = salon.owner.get("/api/v1/webhooks").await.expect(200);
        assert_eq!(list["total"], 1);
        writes(&anna, "when it is gone").await;
        eventually("the other one to be told", || async {
            let told = queue.letters().len();
            (told >= 1).then_some(())
        })
        .await;
        assert_eq!(messages.letters().len(), 2);
        app.stop().await;
    }
);
