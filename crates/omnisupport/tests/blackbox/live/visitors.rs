//! What a visitor's page is told, and what it can never learn (S7, S15, S64-S67).

use super::*;
use omni_testkit::{both_engines, eventually};

async fn status_of(salon: &Salon, conversation: &Value, message: &Value) -> Value {
    let path = format!(
        "/api/v1/conversations/{}/messages?after=0&limit=200",
        id(conversation)
    );
    let page = salon.owner.get(&path).await.expect(200);
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .find(|item| item["id"] == message["id"])
        .unwrap()["status"]
        .clone()
}

both_engines!(
    a_page_is_told_of_its_own_conversation_only,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, anna) = salon.hires_online("anna").await;
        let widget = salon.connects_widget().await;
        let maria = Visitor::arrives(&app, &widget, "Мария").await;
        let other = Visitor::arrives(&app, &widget, "Другая").await;
        let mut marias = maria.connects(None).await;
        let mut others = other.connects(None).await;

        let mine = maria.writes("привет").await;
        let echo = marias.expect("message.new").await;
        assert_eq!(echo["message"]["id"], mine["id"]);
        let conversation = salon.conversation_with("Мария").await;
        notes(&anna, &conversation, "вредная клиентка").await;
        let reply = replies(&anna, &conversation, "здравствуйте").await;
        let told = marias.expect("message.new").await;
        assert_eq!(told["message"]["id"], reply["id"]);
        assert_eq!(told["message"]["content"]["text"], "здравствуйте");

        // Numbers would tell how much is going on elsewhere, ids who works here.
        for frame in [&echo, &told] {
            assert!(frame["seq"].is_null() && frame["conversation_id"].is_null());
        }
        assert!(told["message"]["sender_id"].is_null());
        assert!(others.is_silent_for(millis(3_000)).await);

        let resolve = format!("/api/v1/conversations/{}/status", id(&conversation));
        anna.post(&resolve, &json!({"status": "resolved"}))
            .await
            .expect(200);
        loop {
            let updated = marias.expect("conversation.updated").await;
            let shown = &updated["conversation"];
            assert_eq!(shown.as_object().unwrap().len(), 2, "{shown}");
            if shown["status"] == "resolved" {
                break;
            }
        }
        app.stop().await;
    }
);

both_engines!(
    what_reached_the_page_is_delivered_and_what_was_seen_is_read,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (maria, first, conversation) = Visitor::who_wrote(&app, &salon).await;
        let while_away = replies(&salon.owner, &conversation, "нет её").await;
        assert_eq!(while_away["status"], "sent");
        let note = notes(&salon.owner, &conversation, "про себя").await;

        let mut page = maria.connects(Some(&first)).await;
        assert_eq!(
            page.expect("message.new").await["message"]["id"],
            while_away["id"]
        );
        let state = |wanted: &'static str, message: Value| {
            let (salon, conversation) = (&salon, &conversation);
            async move {
                eventually(wanted, || async {
                    (status_of(salon, conversation, &message).await == wanted).then_some(())
                })
                .await;
            }
        };
        state("delivered", while_away.clone()).await;
        let live = replies(&salon.owner, &conversation, "а вот и она").await;
        assert_eq!(
            page.expect("message.new").await["message"]["id"],
            live["id"]
        );
        state("delivered", live.clone()).await;

        page.say(&json!({"type": "widget.read"})).await;
        state("read", while_away.clone()).await;
        state("read", live.clone()).await;
        assert_eq!(status_of(&salon, &conversation, &note).await, "sent");
        // The operators' screens are told, too.
        let mut socket = salon.socket(salon.owner_id, &salon.owner, Some(0)).await;
        socket.expect("operator.connected").await;
        let told = socket.up_to(head(&salon).await).await;
        let states: Vec<_> = told
            .iter()
            .filter(|frame| frame["type"] == "message.updated")
            .map(|frame| (&frame["message"]["id"], frame["message"]["status"].as_str()))
            .collect();
        for message in [&while_away, &live] {
            assert!(
                states.contains(&(&message["id"], Some("read"))),
                "{states:?}"
            );
        }
        app.stop().await;
    }
);

both_engines!(
    a_page_is_not_told_what_it_told_us,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (maria, first, conversation) = Visitor::who_wrote(&app, &salon).await;
        let mut page = maria.connects(Some(&first)).await;
        page.expect("message.updated").await;
        let one = replies(&salon.owner, &conversation, "раз").await;
        page.expect("message.new").await;
        eventually("delivered", || async {
            (status_of(&salon, &conversation, &one).await == "delivered").then_some(())
        })
        .await;

        // What comes later says that nothing came in between.
        replies(&salon.owner, &conversation, "два").await;
        let mut told: Vec<Value> = Vec::new();
        while !kinds(&told).contains(&"message.new") {
            told.push(page.next().await.unwrap());
        }
        assert!(!kinds(&told).contains(&"message.updated"), "{told:?}");
        // That it was read is told: another page of hers may count it as new.
        page.say(&json!({"type": "widget.read"})).await;
        let read = page.expect("message.updated").await;
        assert_eq!(read["message"]["status"], "read");
        app.stop().await;
    }
);

both_engines!(
    a_page_that_comes_back_gets_what_it_missed_once,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (maria, first, conversation) = Visitor::who_wrote(&app, &salon).await;
        let mut expected = Vec::new();
        for n in 0..70 {
            expected
                .push(replies(&salon.owner, &conversation, &format!("{n}")).await["id"].clone());
        }
        let mut page = maria.connects(Some(&first)).await;
        let mut new = Vec::new();
        while new.len() < 70 {
            new.push(page.expect("message.new").await["message"]["id"].clone());
        }
        assert_eq!(new, expected);
        drop(page);

        // The state of the last fifty comes as updates; nothing is new twice.
        let newest = json!({"id": expected[69]});
        let mut page = maria.connects(Some(&newest)).await;
        let mut states = Vec::new();
        while states.len() < 50 {
            let frame = page.next().await.unwrap();
            assert_eq!(frame["type"], "message.updated");
            states.push(frame["message"]["id"].clone());
        }
        assert_eq!(states, expected[20..]);
        // An id that is not theirs begins at nothing: they get the newest.
        let foreign = json!({"id": uuid::Uuid::nil()});
        let mut page = maria.connects(Some(&foreign)).await;
        assert_eq!(
            page.expect("message.new").await["message"]["id"],
            expected[20]
        );
        app.stop().await;
    }
);

both_engines!(
    a_place_that_is_not_theirs_tells_nothing,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let (salon, stranger) = (app.salon().await, app.salon().await);
        let widget = salon.connects_widget().await;
        let maria = Visitor::arrives(&app, &widget, "Мария").await;
        maria.writes("привет").await;
        let conversation = salon.conversation_with("Мария").await;
        let other = Visitor::arrives(&app, &widget, "Другая").await;
        let others = other.writes("не для Марии").await;
        let note = notes(&salon.owner, &conversation, "про себя").await;
        replies(&salon.owner, &conversation, "здравствуйте").await;
        let (_, foreign, _) = Visitor::who_wrote(&app, &stranger).await;
        // Messages that are there, and whose ids she has got hold of.
        for place in [&others, &note, &foreign] {
            let mut page = maria.connects(Some(place)).await;
            let told = page.until_pong().await;
            let known = ["привет", "здравствуйте"];
            assert!(texts(&told).iter().all(|text| known.contains(text)));
            let is_new = |frame: &&Value| frame["type"] == "message.new";
            let new: Vec<Value> = told.iter().filter(is_new).cloned().collect();
            assert_eq!(texts(&new), known, "{place}");
        }
        app.stop().await;
    }
);

both_engines!(
    a_widget_opens_on_its_own_pages_only,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let widget = salon.connects_widget().await;
        let maria = Visitor::arrives(&app, &widget, "Мария").await;
        let mut page = maria.connects(None).await;
        let path = format!("/api/v1/channels/{}", id(&widget));
        let elsewhere = json!({"settings": {"allowed_origins": ["https://other.example"]}});
        salon.owner.patch(&path, &elsewhere).await.expect(200);
        assert_eq!(page.closed().await, 4403, "what is open is looked at anew");
        assert_eq!(
            maria
                .knocks("https://salon.example", None)
                .await
                .closed()
                .await,
            4403
        );
        let mut others = maria.knocks("https://other.example", None).await;
        others.expect("widget.connected").await;

        let anywhere = json!({"settings": {"allowed_origins": []}});
        salon.owner.patch(&path, &anywhere).await.expect(200);
        let mut page = maria.connects(None).await;
        salon.owner.delete(&path).await;
        assert_eq!(page.closed().await, 4401);
        app.stop().await;
    }
);

both_engines!(
    who_proves_himself_takes_his_conversation_along,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let widget = salon.connects_widget().await;
        let maria = Visitor::arrives(&app, &widget, "Мария").await;
        let first = maria.writes("привет").await;
        let mut page = maria.connects(Some(&first)).await;
        page.expect("message.updated").await;
        let conversation = salon.conversation_with("Мария").await;

        let secret = widget["identity_secret"].as_str().unwrap();
        let proof = json!({
            "widget_key": widget["widget_key"], "session_token": maria.token,
            "visitor": {"external_id": "77", "identity_hash": signed(secret, "77")},
        });
        app.stranger()
            .post("/api/v1/widget/sessions", &proof)
            .await
            .expect(200);
        assert_eq!(
            page.closed().await,
            1012,
            "it listened for somebody nameless: it comes again"
        );
        let mut page = maria.connects(Some(&first)).await;
        replies(&salon.owner, &conversation, "здравствуйте").await;
        assert_eq!(texts(&[page.expect("message.new").await]), ["здравствуйте"]);
        app.stop().await;
    }
);

both_engines!(
    who_proves_himself_while_his_page_connects_misses_nothing,
    |database: TestDatabase| async move {
        // Nothing but the look right after joining may tell him.
        let options = LiveOptions {
            recheck: Duration::from_secs(3600),
            ..LiveOptions::default()
        };
        let app = app_with(database, options).await;
        let salon = app.salon().await;
        let widget = salon.connects_widget().await;
        let secret = widget["identity_secret"].as_str().unwrap();
        for n in 0..20 {
            let name = format!("Мария {n}");
            let maria = Visitor::arrives(&app, &widget, &name).await;
            let first = maria.writes("привет").await;
            let conversation = salon.conversation_with(&name).await;
            let person = format!("77-{n}");
            let proof = json!({
                "widget_key": widget["widget_key"], "session_token": maria.token,
                "visitor": {"external_id": person, "identity_hash": signed(secret, &person)},
            });
            let stranger = app.stranger();
            let (mut page, proven) = tokio::join!(
                maria.knocks("https://salon.example", Some(&first)),
                stranger.post("/api/v1/widget/sessions", &proof),
            );
            proven.expect(200);
            replies(&salon.owner, &conversation, "здравствуйте").await;
            let is_reply = |frame: &Value| frame["message"]["content"]["text"] == "здравствуйте";
            loop {
                match page.next().await {
                    Some(frame) if is_reply(&frame) => break,
                    Some(_) => {}
                    // It is told to come again, and comes.
                    None => page = maria.connects(Some(&first)).await,
                }
            }
        }
        app.stop().await;
    }
);

fn signed(secret: &str, external_id: &str) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(external_id.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

both_engines!(
    a_page_is_told_when_somebody_comes_and_when_the_last_one_goes,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let widget = salon.connects_widget().await;
        let maria = Visitor::arrives(&app, &widget, "Мария").await;
        let mut page = maria.connects(None).await;

        let (anna_id, anna) = salon.hires_online("anna").await;
        assert_eq!(page.expect("widget.availability").await["online"], true);
        let (boris_id, boris) = salon.hires_online("boris").await;
        let leaves = async |who: &omni_testkit::Api, id: uuid::Uuid| {
            let path = format!("/api/v1/operators/{id}/status");
            who.put(&path, &json!({"status": "offline"}))
                .await
                .expect(200);
        };
        leaves(&boris, boris_id).await;
        leaves(&anna, anna_id).await;
        // Nothing was told while one of them was there.
        assert_eq!(page.expect("widget.availability").await["online"], false);
        app.stop().await;
    }
);
