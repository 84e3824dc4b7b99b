//! Albums both ways.

use std::time::Duration;

use omni_simulators::telegram::Fault;
use omni_testkit::{Api, Salon, TestApp, TestDatabase, both_engines, eventually};
use serde_json::{Value, json};

use super::telegram::{PNG, thread};

const PATIENCE: Duration = Duration::from_secs(20);

fn albums_of(conversation: &Value) -> String {
    let id = conversation["id"].as_str().unwrap();
    format!("/api/v1/conversations/{id}/albums")
}

/// An uploaded file as an item of an album.
async fn item(api: &Api, kind: &str, caption: Option<&str>) -> Value {
    let (name, mime, bytes) = match kind {
        "image" => ("a.png", "image/png", PNG.to_vec()),
        _ => ("a.txt", "text/plain", b"a".to_vec()),
    };
    let file = api
        .upload("/api/v1/files", name, mime, bytes)
        .await
        .expect(201);
    let mut content = json!({"file_id": file["file"]["id"]});
    if let Some(caption) = caption {
        content["caption"] = caption.into();
    }
    json!({"content_type": kind, "content": content})
}

async fn pictures(api: &Api, count: usize) -> Value {
    let mut items = vec![item(api, "image", Some("до и после")).await];
    while items.len() < count {
        items.push(item(api, "image", None).await);
    }
    json!({"items": items})
}

/// How far our own messages have come.
async fn states(salon: &Salon, conversation: &Value) -> Vec<Value> {
    let thread = thread(salon, conversation).await;
    let ours = thread.iter().filter(|m| m["direction"] == "outbound");
    ours.map(|message| message["status"].clone()).collect()
}

async fn all_are(salon: &Salon, conversation: &Value, status: &str, count: usize) {
    eventually(status, || async {
        let states = states(salon, conversation).await;
        (states.len() == count && states.iter().all(|state| state == status)).then_some(())
    })
    .await;
}

both_engines!(
    files_sent_together_arrive_as_one_album,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.connects_telegram().await;
        let question = salon
            .customer(&app, 821, "Мария")
            .writes("Покажете работы?");
        let conversation = salon.conversation_with("Мария").await;
        let asked = thread(&salon, &conversation).await.remove(0);
        let mut album = pictures(&salon.owner, 3).await;
        album["reply_to"] = asked["id"].clone();
        let path = albums_of(&conversation);
        let sent = salon.owner.post_once(&path, "album-1", &album).await;
        let sent = sent.expect(201);
        let messages = sent["messages"].as_array().unwrap().clone();
        assert_eq!(messages.len(), 3);
        let id = &messages[0]["metadata"]["album_id"];
        assert!(id.is_string() && messages.iter().all(|m| m["metadata"]["album_id"] == *id));
        // The same once more is the same album.
        let again = salon.owner.post_once(&path, "album-1", &album).await;
        let again = again.expect(201);
        let ids = |answer: &Value| -> Vec<Value> {
            let messages = answer["messages"].as_array().unwrap();
            messages
                .iter()
                .map(|message| message["id"].clone())
                .collect()
        };
        assert_eq!(ids(&again), ids(&sent));

        let ledger = app.telegram.sent(3, PATIENCE).await.expect("it is sent");
        assert!(ledger.iter().all(|sent| sent.method == "sendMediaGroup"));
        assert!(ledger.iter().all(|sent| sent.album == ledger[0].album));
        assert!(ledger.iter().all(|sent| sent.reply_to == Some(question)));
        assert_eq!(ledger[0].text.as_deref(), Some("до и после"));
        all_are(&salon, &conversation, "sent", 3).await;
        let thread = thread(&salon, &conversation).await;
        let provider: Vec<_> = thread[1..]
            .iter()
            .map(|m| m["channel_message_id"].clone())
            .collect();
        let arrived: Vec<_> = ledger
            .iter()
            .map(|s| json!(format!("821:{}", s.message_id)))
            .collect();
        assert_eq!(provider, arrived);
        assert_eq!(app.telegram.ledger().len(), 3);
        app.stop().await;
    }
);

both_engines!(
    an_album_fails_and_goes_again_as_one,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.connects_telegram().await;
        salon.customer(&app, 822, "Олег").writes("Покажете?");
        let conversation = salon.conversation_with("Олег").await;
        let refusal = Fault::Refusal {
            status: 403,
            description: "Forbidden: bot was blocked by the user".to_owned(),
        };
        app.telegram.fault("sendMediaGroup", refusal);
        let album = pictures(&salon.owner, 2).await;
        salon
            .owner
            .post(&albums_of(&conversation), &album)
            .await
            .expect(201);
        all_are(&salon, &conversation, "failed", 2).await;
        let failed = thread(&salon, &conversation).await;
        assert!(failed[1..].iter().all(|m| m["error"]["code"] == "blocked"));
        let second = failed[2]["id"].as_str().unwrap();
        let retry = format!("/api/v1/messages/{second}/retry");
        salon.owner.post(&retry, &json!({})).await.expect(200);
        all_are(&salon, &conversation, "sent", 2).await;
        let ledger = app.telegram.ledger();
        assert_eq!(ledger.len(), 2);
        assert!(ledger.iter().all(|sent| sent.method == "sendMediaGroup"));

        // Nobody knows of any of them whether it came.
        app.telegram
            .fault("sendMediaGroup", Fault::DropAfterAccepting);
        let album = pictures(&salon.owner, 2).await;
        salon
            .owner
            .post(&albums_of(&conversation), &album)
            .await
            .expect(201);
        eventually("both unknown", || async {
            (states(&salon, &conversation).await[2..] == ["unknown", "unknown"]).then_some(())
        })
        .await;
        app.stop().await;
    }
);

both_engines!(
    what_is_no_album_is_refused,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.connects_telegram().await;
        salon.customer(&app, 823, "Ирина").writes("Покажете?");
        let conversation = salon.conversation_with("Ирина").await;
        let path = albums_of(&conversation);
        let picture = item(&salon.owner, "image", None).await;
        let file = item(&salon.owner, "file", None).await;
        let text = json!({"content_type": "text", "content": {"text": "x"}});
        for items in [
            json!([]),
            json!([picture]),
            json!(vec![picture.clone(); 11]),
            json!([picture, file]),
            json!([picture, text]),
        ] {
            let body = json!({"items": items});
            salon.owner.post(&path, &body).await.refused(422, "invalid");
        }
        let (_, anna) = salon.hires("anna", "operator").await;
        let foreign = json!({"items": [picture, picture]});
        anna.post(&path, &foreign).await.refused(404, "not_found");
        assert_eq!(thread(&salon, &conversation).await.len(), 1);
        app.stop().await;
    }
);

both_engines!(
    an_album_waits_when_somebody_else_has_answered,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.routes(json!({"strategy": "manual"})).await;
        salon.connects_telegram().await;
        salon.customer(&app, 824, "Вера").writes("Покажете?");
        let conversation = salon.conversation_with("Вера").await;
        let (_, anna) = salon.hires_online("anna").await;
        let id = conversation["id"].as_str().unwrap();
        let words = json!({"content_type": "text", "content": {"text": "Сейчас"}});
        anna.post(&format!("/api/v1/conversations/{id}/messages"), &words)
            .await
            .expect(201);

        let path = albums_of(&conversation);
        let mut album = pictures(&salon.owner, 2).await;
        album["if_last_seq"] = json!(1);
        let held = salon.owner.post_once(&path, "album", &album).await;
        held.refused(409, "answered_meanwhile");
        assert_eq!(thread(&salon, &conversation).await.len(), 2);
        album.as_object_mut().unwrap().remove("if_last_seq");
        let sent = salon.owner.post_once(&path, "album", &album).await;
        sent.expect(201);
        all_are(&salon, &conversation, "sent", 3).await;
        app.stop().await;
    }
);
