//! Changing and taking back what was written, and answering a certain message.

use std::time::Duration;

use omni_simulators::telegram::{Customer, Fault};
use omni_testkit::{Api, Salon, Socket, TestApp, TestDatabase, both_engines, eventually, within};
use serde_json::{Value, json};

use super::telegram::{texts, thread};

const PATIENCE: Duration = Duration::from_secs(30);

fn id(thing: &Value) -> &str {
    thing["id"].as_str().expect("an id")
}

fn at(message: &Value) -> String {
    format!("/api/v1/messages/{}", id(message))
}

async fn says(api: &Api, conversation: &Value, body: Value) -> Value {
    let path = format!("/api/v1/conversations/{}/messages", id(conversation));
    api.post(&path, &body).await.expect(201)["message"].clone()
}

fn text(words: &str) -> Value {
    json!({"content_type": "text", "content": {"text": words}})
}

fn words(words: &str) -> Value {
    json!({"content": {"text": words}})
}

/// Waits until the messenger has taken the newest message.
async fn is_sent(salon: &Salon, conversation: &Value) {
    within(PATIENCE, "the state sent", || async {
        let thread = thread(salon, conversation).await;
        (thread.last()?["status"] == "sent").then_some(())
    })
    .await;
}

/// What the bot's messages say on the customer's phone.
fn shown(customer: &Customer) -> Vec<String> {
    let seen = customer.sees().into_iter();
    let ours = seen.filter(|message| message["from"]["is_bot"] == true);
    ours.map(|message| {
        let words = message.get("text").or_else(|| message.get("caption"));
        words.and_then(Value::as_str).unwrap_or_default().to_owned()
    })
    .collect()
}

async fn phone_shows(customer: &Customer, expected: &[&str]) {
    within(PATIENCE, "what the phone shows", || async {
        (shown(customer) == expected).then_some(())
    })
    .await;
}

both_engines!(
    an_operator_corrects_himself_and_the_customer_sees_it,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, anna) = salon.hires("anna", "operator").await;
        salon.connects_telegram().await;
        let customer = salon.customer(&app, 831, "Мария");
        let question = customer.writes("Сколько стоит стрижка?");
        let conversation = salon.conversation_with("Мария").await;
        let asked = thread(&salon, &conversation).await.remove(0);
        let mut answer = text("1500");
        answer["reply_to"] = asked["id"].clone();
        let written = says(&anna, &conversation, answer).await;
        assert_eq!(written["reply_to"], asked["id"]);
        is_sent(&salon, &conversation).await;
        assert_eq!(app.telegram.ledger()[0].reply_to, Some(question));
        let ours = customer.sees().pop().unwrap()["message_id"]
            .as_i64()
            .unwrap();
        customer.replies(ours, "а с укладкой?");
        let quoted = eventually("the customer's answer", || async {
            thread(&salon, &conversation).await.get(2).cloned()
        })
        .await;
        assert_eq!(quoted["reply_to"], written["id"]);

        let mut socket = salon.socket(salon.owner_id, &salon.owner, None).await;
        socket.expect("operator.connected").await;
        let edited = anna.patch(&at(&written), &words("2500")).await.expect(200);
        assert_eq!(edited["message"]["content"]["text"], "2500");
        assert_eq!(edited["message"]["metadata"]["edited"], true);
        let told = socket.expect("message.updated").await;
        assert_eq!(told["message"]["content"]["text"], "2500");
        phone_shows(&customer, &["2500"]).await;

        // Only his own words, and only words.
        let owner = &salon.owner;
        owner
            .patch(&at(&written), &words("x"))
            .await
            .refused(403, "forbidden");
        anna.patch(&at(&asked), &words("x"))
            .await
            .refused(403, "forbidden");
        for wrong in [
            words(" "),
            words(&"я".repeat(4_097)),
            json!({"content": {"caption": "x"}}),
            json!({"content": {}}),
            json!({"content": {"text": "x", "html": "<b>"}}),
            json!({}),
        ] {
            anna.patch(&at(&written), &wrong)
                .await
                .refused(422, "invalid");
        }
        phone_shows(&customer, &["2500"]).await;
        let log = owner.get("/api/v1/audit").await.expect(200);
        assert_eq!(log["items"][0]["action"], "message.edit");
        assert!(!log["items"][0].to_string().contains("2500"));

        // A messenger that refuses is told of; one that is away is asked again.
        app.telegram.fault("editMessageText", Fault::ServerError);
        anna.patch(&at(&written), &words("2600")).await.expect(200);
        phone_shows(&customer, &["2600"]).await;
        let refusal = Fault::Refusal {
            status: 400,
            description: "Bad Request: message can't be edited".to_owned(),
        };
        app.telegram.fault("editMessageText", refusal);
        anna.patch(&at(&written), &words("2700")).await.expect(200);
        eventually("the refusal", || async {
            let message = anna.get(&at(&written)).await.expect(200)["message"].clone();
            (message["metadata"]["edit_error"]["code"] == "bad_request").then_some(())
        })
        .await;
        app.stop().await;
    }
);

both_engines!(
    a_message_is_taken_back_from_the_phone_first,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, anna) = salon.hires("anna", "operator").await;
        let (_, boris) = salon.hires("boris", "operator").await;
        salon.connects_telegram().await;
        let customer = salon.customer(&app, 832, "Олег");
        customer.writes("Здравствуйте");
        let conversation = salon.conversation_with("Олег").await;
        let asked = thread(&salon, &conversation).await.remove(0);
        let wrong = says(&anna, &conversation, text("не тому")).await;
        let right = says(&anna, &conversation, text("вам")).await;
        is_sent(&salon, &conversation).await;
        phone_shows(&customer, &["не тому", "вам"]).await;
        boris.delete(&at(&wrong)).await.refused(403, "forbidden");
        salon
            .owner
            .delete(&at(&asked))
            .await
            .refused(403, "forbidden");

        let going = anna.delete(&at(&wrong)).await.expect(200)["message"].clone();
        assert_eq!(going["metadata"]["deleting"], true);
        phone_shows(&customer, &["вам"]).await;
        let gone = eventually("the tombstone", || async {
            let message = salon.owner.get(&at(&wrong)).await.expect(200)["message"].clone();
            (message["metadata"]["deleted"] == true).then_some(message)
        })
        .await;
        assert_eq!(gone["content"]["text"], "");
        assert_eq!(gone["seq"], wrong["seq"]);
        anna.delete(&at(&wrong)).await.expect(200);
        anna.patch(&at(&wrong), &words("x"))
            .await
            .refused(409, "not_editable");

        // What Telegram keeps stays here, too, and says so.
        let refusal = Fault::Refusal {
            status: 400,
            description: "Bad Request: message can't be deleted for everyone".to_owned(),
        };
        app.telegram.fault("deleteMessage", refusal);
        salon.owner.delete(&at(&right)).await.expect(200);
        let kept = eventually("the refusal", || async {
            let message = salon.owner.get(&at(&right)).await.expect(200)["message"].clone();
            message["metadata"]["delete_error"]
                .is_object()
                .then_some(message)
        })
        .await;
        assert_eq!(kept["content"]["text"], "вам");
        assert_eq!(kept["metadata"]["deleting"], Value::Null);
        phone_shows(&customer, &["вам"]).await;
        app.stop().await;
    }
);

both_engines!(
    what_was_not_sent_yet_is_not_sent_any_more,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.connects_telegram().await;
        let customer = salon.customer(&app, 833, "Ирина");
        customer.writes("Здравствуйте");
        let conversation = salon.conversation_with("Ирина").await;
        // The first one waits, and those behind it with it.
        app.telegram
            .fault("sendMessage", Fault::TooManyRequests { retry_after: 3 });
        says(&salon.owner, &conversation, text("первое")).await;
        eventually("the wait", || async {
            let thread = thread(&salon, &conversation).await;
            (thread.last()?["error"]["code"] == "rate_limited").then_some(())
        })
        .await;
        let second = says(&salon.owner, &conversation, text("второе")).await;
        let third = says(&salon.owner, &conversation, text("третье")).await;
        says(&salon.owner, &conversation, text("четвёртое")).await;
        salon.owner.delete(&at(&second)).await.expect(200);
        let edited = salon
            .owner
            .patch(&at(&third), &words("тройное"))
            .await
            .expect(200);
        // The customer never saw another.
        assert_eq!(edited["message"]["metadata"]["edited"], Value::Null);
        phone_shows(&customer, &["первое", "тройное", "четвёртое"]).await;
        is_sent(&salon, &conversation).await;
        let retry = format!("{}/retry", at(&second));
        salon
            .owner
            .post(&retry, &json!({}))
            .await
            .refused(409, "not_retryable");
        let thread = thread(&salon, &conversation).await;
        assert_eq!(
            texts(&thread),
            ["Здравствуйте", "первое", "", "тройное", "четвёртое"]
        );
        app.stop().await;
    }
);

both_engines!(
    a_visitor_sees_what_became_of_an_answer,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let widget = salon.connects_widget().await;
        let body = json!({"widget_key": widget["widget_key"], "visitor": {"name": "Гость"}});
        let opened = app
            .stranger()
            .post("/api/v1/widget/sessions", &body)
            .await
            .expect(200);
        let token = opened["session_token"].as_str().unwrap();
        let visitor = app.stranger().with_token(token);
        visitor
            .post("/api/v1/widget/messages", &text("Вы тут?"))
            .await
            .expect(201);
        let conversation = salon.conversation_with("Гость").await;
        let mut page = Socket::open(visitor.addr(), "/api/v1/widget/ws").await;
        page.say(&json!({"type": "widget.connect", "session_token": token}))
            .await;
        let written = says(&salon.owner, &conversation, text("да")).await;
        eventually("the page to have it", || async {
            let thread = thread(&salon, &conversation).await;
            (thread.last()?["status"] == "delivered").then_some(())
        })
        .await;

        // Even of what has reached the page, which is told of no receipts.
        salon
            .owner
            .patch(&at(&written), &words("да, я тут"))
            .await
            .expect(200);
        let told = loop {
            let told = page.expect("message.updated").await["message"].clone();
            if told["id"] == written["id"] {
                break told;
            }
        };
        assert_eq!(told["content"]["text"], "да, я тут");
        assert_eq!(told["metadata"], json!({"edited": true}));
        salon.owner.delete(&at(&written)).await.expect(200);
        let told = page.expect("message.updated").await["message"].clone();
        assert_eq!(
            (&told["content"]["text"], &told["metadata"]),
            (&json!(""), &json!({"deleted": true}))
        );

        let note = json!({"content_type": "text", "content": {"text": "x"}, "private": true});
        let note = says(&salon.owner, &conversation, note).await;
        let gone = salon.owner.delete(&at(&note)).await.expect(200);
        assert_eq!(gone["message"]["metadata"]["deleted"], true);
        app.stop().await;
    }
);
