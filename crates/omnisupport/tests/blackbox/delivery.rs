//! Answers on their way out through a Telegram that is slow, broken or silent (issue 2; F57).

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use omni_simulators::telegram::{Fault, Sent};
use omni_testkit::{Salon, TestApp, TestDatabase, both_engines, eventually, within};
use serde_json::{Value, json};

use super::telegram::{texts, thread};

/// Longer than the longest that a message waits for Telegram in these stories.
const PATIENCE: Duration = Duration::from_secs(60);

/// A customer who has just written: the conversation.
async fn conversation(app: &TestApp, salon: &Salon, chat: i64, name: &str) -> Value {
    salon.customer(app, chat, name).writes("Здравствуйте!");
    salon.conversation_with(name).await
}

fn messages_of(conversation: &Value) -> String {
    let id = conversation["id"].as_str().unwrap();
    format!("/api/v1/conversations/{id}/messages")
}

fn text(text: &str) -> Value {
    json!({"content_type": "text", "content": {"text": text}})
}

async fn replies(salon: &Salon, conversation: &Value, words: &str) {
    let path = messages_of(conversation);
    let sent = salon.owner.post(&path, &text(words)).await.expect(201);
    assert_eq!(sent["message"]["status"], "queued");
}

/// Waits until a conversation's newest message has come this far.
async fn newest_is(salon: &Salon, conversation: &Value, status: &str, code: &Value) {
    let reached =
        |message: &Value| message["status"] == status && message["error"]["code"] == *code;
    eventually(&format!("{status} {code}"), || async {
        let thread = thread(salon, conversation).await;
        thread.last().is_some_and(reached).then_some(())
    })
    .await;
}

/// Waits until the fault has happened.
async fn it_happens(app: &TestApp) {
    eventually("the fault", || async {
        (app.telegram.faults_left("sendMessage") == 0).then_some(())
    })
    .await;
}

/// What a chat was sent, in the order in which Telegram took it.
fn sent_to(ledger: &[Sent], chat: i64) -> Vec<&str> {
    ledger
        .iter()
        .filter(|sent| sent.chat_id == chat)
        .filter_map(|sent| sent.text.as_deref())
        .collect()
}

/// How far our own messages have come, oldest first.
async fn states(salon: &Salon, conversation: &Value) -> Vec<Value> {
    let thread = thread(salon, conversation).await;
    let ours = thread.iter().filter(|m| m["direction"] == "outbound");
    ours.map(|message| message["status"].clone()).collect()
}

both_engines!(
    what_goes_wrong_in_one_chat_waits_its_turn_and_holds_up_no_other,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.connects_telegram().await;
        let silent = conversation(&app, &salon, 701, "Мария").await;
        let limited = conversation(&app, &salon, 702, "Олег").await;
        let broken = conversation(&app, &salon, 703, "Ирина").await;
        let well = conversation(&app, &salon, 704, "Павел").await;

        app.telegram.fault("sendMessage", Fault::Silence);
        replies(&salon, &silent, "раз").await;
        it_happens(&app).await;
        newest_is(&salon, &silent, "sending", &Value::Null).await;

        // Long enough for the next fault to be another chat's.
        let slow_down = Fault::TooManyRequests { retry_after: 8 };
        app.telegram.fault("sendMessage", slow_down);
        replies(&salon, &limited, "раз").await;
        newest_is(&salon, &limited, "queued", &json!("rate_limited")).await;

        app.telegram.fault("sendMessage", Fault::ServerError);
        replies(&salon, &broken, "раз").await;
        it_happens(&app).await;

        replies(&salon, &well, "сразу").await;
        for waiting in [&silent, &limited, &broken] {
            replies(&salon, waiting, "два").await;
        }
        newest_is(&salon, &well, "sent", &Value::Null).await;

        let ledger = app.telegram.sent(6, PATIENCE).await.expect("all is sent");
        assert_eq!(sent_to(&ledger, 701), ["два"], "the first one never came");
        assert_eq!(sent_to(&ledger, 702), ["раз", "два"]);
        assert_eq!(sent_to(&ledger, 703), ["раз", "два"]);
        assert_eq!(sent_to(&ledger, 704), ["сразу"]);
        let at = |chat: i64| ledger.iter().position(|sent| sent.chat_id == chat);
        assert!(at(704) < at(701), "nobody waits for a silent chat");

        // Nobody knows whether what was not answered arrived.
        for (conversation, expected) in [
            (&silent, ["unknown", "sent"]),
            (&limited, ["sent", "sent"]),
            (&broken, ["sent", "sent"]),
        ] {
            newest_is(&salon, conversation, "sent", &Value::Null).await;
            assert_eq!(states(&salon, conversation).await, expected);
        }
        let first = thread(&salon, &silent).await.remove(1);
        assert_eq!(first["error"]["code"], "timeout");
        app.stop().await;
    }
);

both_engines!(
    what_may_have_arrived_is_unknown_and_not_sent_again,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.connects_telegram().await;
        let theirs = conversation(&app, &salon, 711, "Мария").await;
        for (fault, words) in [
            (Fault::DropAfterAccepting, "раз"),
            (Fault::ResetAfterAccepting, "два"),
            (Fault::Truncated, "три"),
        ] {
            app.telegram.fault("sendMessage", fault);
            replies(&salon, &theirs, words).await;
            newest_is(&salon, &theirs, "unknown", &json!("connection_lost")).await;
        }
        replies(&salon, &theirs, "четыре").await;
        newest_is(&salon, &theirs, "sent", &Value::Null).await;

        // Nor does a start look for something to send.
        let app = app.restart().await;
        replies(&salon, &theirs, "пять").await;
        newest_is(&salon, &theirs, "sent", &Value::Null).await;
        let ledger = app.telegram.ledger();
        let once = ["раз", "два", "три", "четыре", "пять"];
        assert_eq!(sent_to(&ledger, 711), once);
        let expected = ["unknown", "unknown", "unknown", "sent", "sent"];
        assert_eq!(states(&salon, &theirs).await, expected);

        // A person may decide otherwise.
        let first = thread(&salon, &theirs).await.remove(1);
        let retry = format!("/api/v1/messages/{}/retry", first["id"].as_str().unwrap());
        salon.owner.post(&retry, &json!({})).await.expect(200);
        let ledger = app.telegram.sent(6, PATIENCE).await.expect("it is sent");
        assert_eq!(sent_to(&ledger, 711)[5..], ["раз"]);
        within(PATIENCE, "the state sent", || async {
            (states(&salon, &theirs).await[0] == "sent").then_some(())
        })
        .await;
        app.stop().await;
    }
);

both_engines!(
    ten_at_once_under_one_key_leave_once,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.connects_telegram().await;
        let theirs = conversation(&app, &salon, 721, "Мария").await;
        let (path, body) = (messages_of(&theirs), text("один раз"));
        let attempts = (0..10).map(|_| salon.owner.post_once(&path, "key-1", &body));
        let ids: BTreeSet<String> = join_all(attempts)
            .await
            .into_iter()
            .map(|answer| answer.expect(201)["message"]["id"].to_string())
            .collect();
        assert_eq!(ids.len(), 1);

        // What comes behind it in the chat is sent after it.
        replies(&salon, &theirs, "и ещё").await;
        let ledger = app.telegram.sent(2, PATIENCE).await.expect("both are sent");
        assert_eq!(sent_to(&ledger, 721), ["один раз", "и ещё"]);
        newest_is(&salon, &theirs, "sent", &Value::Null).await;
        assert_eq!(app.telegram.ledger().len(), 2);
        let thread = thread(&salon, &theirs).await;
        assert_eq!(texts(&thread), ["Здравствуйте!", "один раз", "и ещё"]);
        app.stop().await;
    }
);
