//! Proving who a visitor is.

use omni_testkit::{Api, Salon, TestApp, TestDatabase, both_engines};
use serde_json::{Value, json};

use super::{at, id, open, text, thread, visitor, widget};

const MESSAGES: &str = "/api/v1/widget/messages";

/// Hex HMAC-SHA256, as the site's server makes it.
fn hash(secret: &str, external_id: &str) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = <Hmac<sha2::Sha256> as KeyInit>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(external_id.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

async fn identify(app: &TestApp, key: &str, guest: &Api, visitor: Value) -> Value {
    let body = json!({"widget_key": key, "session_token": guest.token(), "visitor": visitor});
    app.stranger()
        .post("/api/v1/widget/sessions", &body)
        .await
        .expect(200)
}

async fn total(salon: &Salon) -> i64 {
    salon.owner.get("/api/v1/conversations").await.expect(200)["total"]
        .as_i64()
        .unwrap()
}

both_engines!(
    a_claim_proves_nothing,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (channel, key) = widget(&salon).await;
        let secret = channel["identity_secret"].as_str().unwrap();
        let proof =
            json!({"external_id": "42", "identity_hash": hash(secret, "42"), "name": "Виктория"});
        let victim = open(&app, &key, proof).await.expect(200);
        let victim = app
            .stranger()
            .with_token(victim["session_token"].as_str().unwrap());
        victim.post(MESSAGES, &text("Мой секрет")).await.expect(201);
        let secrets = salon.conversation_with("Виктория").await;
        assert_eq!(secrets["customer"]["verified"], true);

        for wrong in [
            json!({"external_id": "42", "identity_hash": ""}),
            json!({"external_id": "42", "identity_hash": "00"}),
            json!({"external_id": "42", "identity_hash": hash(secret, "43")}),
            json!({"external_id": "42", "identity_hash": hash("guess", "42")}),
        ] {
            open(&app, &key, wrong)
                .await
                .refused(401, "bad_identity_hash");
        }
        // Without a proof he is somebody new: no history, a badge, and nothing of the victim's changes.
        let claim = json!({"external_id": "42", "name": "Виктор", "email": "v@example.com"});
        let claimed = open(&app, &key, claim).await.expect(200);
        assert_eq!(
            (&claimed["conversation_id"], &claimed["messages"]),
            (&Value::Null, &json!([]))
        );
        let thief = app
            .stranger()
            .with_token(claimed["session_token"].as_str().unwrap());
        thief
            .post(MESSAGES, &text("Пришлите мои данные"))
            .await
            .expect(201);
        let theirs = salon.conversation_with("Виктор").await;
        assert_eq!(theirs["customer"]["verified"], false);
        assert_ne!(theirs["customer"]["id"], secrets["customer"]["id"]);
        assert_eq!(theirs["customer"]["email"], "v@example.com");
        let profile = format!("/api/v1/customers/{}", id(&theirs["customer"]));
        assert_eq!(
            salon.owner.get(&profile).await.expect(200)["email_verified"],
            false
        );
        assert_eq!(thread(&salon.owner, &secrets).await.len(), 1);
        // Nobody becomes a proven one by the look of his id.
        let disguised = json!({"external_id": "user:42"});
        let disguised = open(&app, &key, disguised).await.expect(200);
        assert_eq!(disguised["messages"], json!([]));
        app.stop().await;
    }
);

both_engines!(
    a_proof_moves_what_was_written_before,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (channel, key) = widget(&salon).await;
        let secret = channel["identity_secret"].as_str().unwrap();
        let proof = json!({"external_id": "7", "identity_hash": hash(secret, "7")});

        // Nobody is there yet: the conversation itself becomes his.
        let guest = visitor(&app, &key, "Мария").await;
        let once = guest
            .post_once(MESSAGES, "k", &text("Я ещё никто"))
            .await
            .expect(201);
        let one = salon.conversation_with("Мария").await;
        let opened = identify(&app, &key, &guest, proof.clone()).await;
        assert_eq!(
            (&opened["session_token"], &opened["conversation_id"]),
            (&json!(guest.token()), &one["id"])
        );
        let now = salon.owner.get(&at(&one, "")).await.expect(200);
        assert_eq!(now["customer"]["verified"], true);
        assert_eq!(now["customer"]["id"], one["customer"]["id"]);
        // What was sent before the proof and is repeated after it is the same message.
        let again = guest.post_once(MESSAGES, "k", &text("Я ещё никто")).await;
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(again.expect(201)["message"]["id"], once["message"]["id"]);

        // On another device he has an open conversation already: what he wrote goes on there.
        let phone = visitor(&app, &key, "Телефон").await;
        for word in ["раз", "два"] {
            phone.post(MESSAGES, &text(word)).await.expect(201);
        }
        let other = salon.conversation_with("Телефон").await;
        salon
            .owner
            .patch(&at(&other, ""), &json!({"tags": ["срочно"]}))
            .await
            .expect(200);
        let opened = identify(&app, &key, &phone, proof).await;
        assert_eq!(opened["conversation_id"], one["id"]);
        let texts: Vec<&Value> = opened["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|m| &m["content"]["text"])
            .collect();
        assert_eq!(texts, ["Я ещё никто", "раз", "два"]);
        let merged = thread(&salon.owner, &one).await;
        let seqs: Vec<i64> = merged.iter().map(|m| m["seq"].as_i64().unwrap()).collect();
        assert_eq!(seqs, [1, 2, 3]);
        let now = salon.owner.get(&at(&one, "")).await.expect(200);
        assert_eq!(
            (&now["unread_count"], &now["tags"]),
            (&json!(3), &json!(["срочно"]))
        );
        let empty = salon.owner.get(&at(&other, "")).await.expect(200);
        assert_eq!(
            (&empty["status"], &empty["metadata"]["merged_into"]),
            (&json!("closed"), &one["id"])
        );
        assert_eq!(empty["customer"]["id"], one["customer"]["id"]);
        assert_eq!(total(&salon).await, 2);
        // Both devices go on in the same conversation.
        phone.post(MESSAGES, &text("три")).await.expect(201);
        guest.post(MESSAGES, &text("четыре")).await.expect(201);
        assert_eq!(thread(&salon.owner, &one).await.len(), 5);

        // Somebody else on the same computer starts afresh.
        let someone = json!({"external_id": "8", "identity_hash": hash(secret, "8")});
        let afresh = identify(&app, &key, &phone, someone).await;
        assert_ne!(afresh["session_token"], phone.token());
        assert_eq!(afresh["messages"], json!([]));
        app.stop().await;
    }
);

both_engines!(
    a_proof_is_good_in_its_own_widget_only,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let (salon, other) = (app.salon().await, app.salon().await);
        let (channel, key) = widget(&salon).await;
        let secret = channel["identity_secret"].as_str().unwrap();
        let proof = json!({"external_id": "42", "identity_hash": hash(secret, "42")});
        let (_, second) = widget(&salon).await;
        let (_, foreign) = widget(&other).await;
        for key in [&second, &foreign] {
            let answer = open(&app, key, proof.clone()).await;
            answer.refused(401, "bad_identity_hash");
        }
        // What only looks like the same id is another, and has another proof.
        for other in ["٤٢", "042", "4 2", "user:42", "42\u{200b}"] {
            let alike = json!({"external_id": other, "identity_hash": hash(secret, "42")});
            let answer = open(&app, &key, alike).await;
            answer.refused(401, "bad_identity_hash");
        }
        // A wrong proof ends nothing and changes nothing of the session it comes with.
        let guest = visitor(&app, &key, "Мария").await;
        guest.post(MESSAGES, &text("Добрый день")).await.expect(201);
        let wrong = json!({
            "widget_key": key, "session_token": guest.token(),
            "visitor": {"external_id": "42", "identity_hash": hash("guess", "42"), "name": "Лидия"},
        });
        let sessions = "/api/v1/widget/sessions";
        let answer = app.stranger().post(sessions, &wrong).await;
        answer.refused(401, "bad_identity_hash");
        let one = salon.conversation_with("Мария").await;
        assert_eq!(one["customer"]["verified"], false);
        guest.post(MESSAGES, &text("Вы тут?")).await.expect(201);
        assert_eq!(thread(&salon.owner, &one).await.len(), 2);
        assert_eq!((total(&salon).await, total(&other).await), (1, 0));

        // A widget that is made anew has a secret of its own: so a secret that got out is replaced.
        let path = format!("/api/v1/channels/{}", id(&channel));
        assert_eq!(salon.owner.delete(&path).await.status, 204);
        let (_, anew) = widget(&salon).await;
        let answer = open(&app, &anew, proof.clone()).await;
        answer.refused(401, "bad_identity_hash");
        open(&app, &key, proof).await.refused(404, "not_found");
        app.stop().await;
    }
);

both_engines!(
    a_name_told_later_takes_the_place_of_ours,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, key) = widget(&salon).await;
        let opened = open(&app, &key, json!({"locale": "ru"})).await.expect(200);
        let guest = app
            .stranger()
            .with_token(opened["session_token"].as_str().unwrap());
        guest.post(MESSAGES, &text("Добрый день")).await.expect(201);
        let first = salon.owner.get("/api/v1/conversations").await.expect(200)["items"][0].clone();
        let made_up = first["customer"]["name"].as_str().unwrap().to_owned();
        assert!(made_up.starts_with("Гость "), "{made_up}");

        let told = json!({"name": "Лидия", "email": "l@example.com"});
        identify(&app, &key, &guest, told).await;
        let now = salon.owner.get(&at(&first, "")).await.expect(200);
        assert_eq!(now["customer"]["name"], "Лидия");
        assert_eq!(now["customer"]["email"], "l@example.com");
        // What was told once is not replaced by what is told later.
        let other = json!({"name": "Не Лидия", "email": "x@example.com"});
        identify(&app, &key, &guest, other).await;
        let still = salon.owner.get(&at(&first, "")).await.expect(200);
        assert_eq!(still["customer"], now["customer"]);
        app.stop().await;
    }
);
