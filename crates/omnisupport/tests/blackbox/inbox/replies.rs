//! Answering.

use omni_testkit::{TestApp, TestDatabase, both_engines};
use serde_json::json;

use super::{at, conversation, id, text, thread, widget};

both_engines!(
    a_repeat_under_the_same_key_writes_once,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, key) = widget(&salon).await;
        let (_, first) = conversation(&app, &salon, &key, "Первая").await;
        let (_, second) = conversation(&app, &salon, &key, "Вторая").await;
        let (_, anna) = salon.hires("anna", "operator").await;
        let path = at(&first, "/messages");

        // Ten at once under one key.
        let body = text("Одна и та же");
        let attempts = (0..10).map(|_| anna.post_once(&path, "key-1", &body));
        let answers = futures_util::future::join_all(attempts).await;
        let replays = answers
            .iter()
            .filter(|a| a.header("idempotent-replayed") == Some("true"))
            .count();
        let ids: std::collections::BTreeSet<String> = answers
            .into_iter()
            .map(|answer| id(&answer.expect(201)["message"]).to_owned())
            .collect();
        assert_eq!((ids.len(), replays), (1, 9));
        assert_eq!(thread(&anna, &first).await.len(), 2);

        // Fields in another order are the same request; another text, note or conversation is not.
        let reordered =
            json!({"private": false, "content": {"text": "Одна и та же"}, "content_type": "text"});
        anna.post_once(&path, "key-1", &reordered).await.expect(201);
        anna.post_once(&path, "key-1", &text("Другая"))
            .await
            .refused(409, "idempotency_mismatch");
        let elsewhere = at(&second, "/messages");
        anna.post_once(&elsewhere, "key-1", &body)
            .await
            .refused(409, "idempotency_mismatch");
        // The key is the sender's own.
        salon
            .owner
            .post_once(&path, "key-1", &text("От владельца"))
            .await
            .expect(201);
        assert_eq!(thread(&anna, &first).await.len(), 3);
        app.stop().await;
    }
);

both_engines!(
    one_key_in_two_conversations_at_once_writes_in_one,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, key) = widget(&salon).await;
        let (_, first) = conversation(&app, &salon, &key, "Первая").await;
        let (_, second) = conversation(&app, &salon, &key, "Вторая").await;
        for round in 0..5 {
            let (body, key) = (text("Кому?"), format!("race-{round}"));
            let (here, there) = (at(&first, "/messages"), at(&second, "/messages"));
            let (one, other) = tokio::join!(
                salon.owner.post_once(&here, &key, &body),
                salon.owner.post_once(&there, &key, &body),
            );
            let mut statuses = [one.status, other.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 409]);
        }
        app.stop().await;
    }
);

both_engines!(
    who_replies_first_has_it,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.routes(json!({"strategy": "manual"})).await;
        let (_, key) = widget(&salon).await;
        let (_, waiting) = conversation(&app, &salon, &key, "Мария").await;
        let (anna_id, anna) = salon.hires("anna", "operator").await;
        let (_, boris) = salon.hires("boris", "operator").await;

        // A note takes nothing.
        let note =
            json!({"content_type": "text", "content": {"text": "постоянная"}, "private": true});
        anna.post(&at(&waiting, "/messages"), &note)
            .await
            .expect(201);
        assert!(anna.get(&at(&waiting, "")).await.expect(200)["assigned_to"].is_null());

        let sent = anna
            .post(&at(&waiting, "/messages"), &text("Слушаю"))
            .await
            .expect(201);
        assert_eq!(sent["message"]["sender_type"], "operator");
        assert_eq!(sent["message"]["status"], "sent");
        boris
            .post(&at(&waiting, "/messages"), &text("И я"))
            .await
            .expect(201);
        let now = anna.get(&at(&waiting, "")).await.expect(200);
        assert_eq!(now["assigned_to"], anna_id.to_string());
        assert_eq!(now["assigned_reason"]["rule"], "replied");
        assert_eq!(now["last_message"]["preview"], "И я");
        app.stop().await;
    }
);

both_engines!(
    what_cannot_be_sent_is_refused_and_stores_nothing,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, key) = widget(&salon).await;
        let (_, mine) = conversation(&app, &salon, &key, "Мария").await;
        let (_, other) = conversation(&app, &salon, &key, "Олег").await;
        let path = at(&mine, "/messages");
        let owner = &salon.owner;
        for (field, body) in [
            ("/content/text", text("   ")),
            ("/content", text(&"я".repeat(32_001))),
            (
                "/content",
                json!({"content_type": "text", "content": {"text": "x", "html": "<b>"}}),
            ),
            (
                "/content",
                json!({"content_type": "location", "content": {"latitude": 91, "longitude": 0}}),
            ),
            (
                "/content_type",
                json!({"content_type": "fax", "content": {}}),
            ),
            (
                "/sender_id",
                json!({"content_type": "text", "content": {"text": "x"}, "sender_id": "me"}),
            ),
            (
                "/metadata",
                json!({"content_type": "text", "content": {"text": "x"}, "metadata": {}}),
            ),
        ] {
            let told = owner.post(&path, &body).await.refused(422, "invalid");
            assert_eq!(told["errors"][0]["pointer"], field, "{told:#}");
        }
        // A message of another conversation, and one of nobody, cannot be answered here.
        let foreign = thread(owner, &other).await.remove(0);
        for quoted in [id(&foreign), "019a0000-0000-7000-8000-000000000000"] {
            let body =
                json!({"content_type": "text", "content": {"text": "x"}, "reply_to": quoted});
            owner.post(&path, &body).await.refused(404, "not_found");
        }
        let quoted = thread(owner, &mine).await.remove(0);
        let body =
            json!({"content_type": "text", "content": {"text": "да"}, "reply_to": id(&quoted)});
        let sent = owner.post(&path, &body).await.expect(201);
        assert_eq!(sent["message"]["reply_to"], id(&quoted));
        assert_eq!(thread(owner, &mine).await.len(), 2);

        // 404 and 403 come before 422.
        let (_, viewer) = salon.hires("vera", "viewer").await;
        viewer
            .post(&path, &text(" "))
            .await
            .refused(403, "forbidden");
        viewer
            .post(&path, &json!({"nonsense": 1}))
            .await
            .refused(403, "forbidden");
        let stranger = app.salon().await.owner;
        stranger
            .post(&path, &json!({"nonsense": 1}))
            .await
            .refused(404, "not_found");
        stranger
            .post(&path, &text("x"))
            .await
            .refused(404, "not_found");
        app.stop().await;
    }
);

both_engines!(
    only_what_failed_is_sent_again,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.connects_telegram().await;
        let customer = salon.customer(&app, 77, "Игорь");
        customer.writes("Вы работаете?");
        let theirs = salon.conversation_with("Игорь").await;
        customer.blocks_bot();
        let sent = salon
            .owner
            .post(&at(&theirs, "/messages"), &text("Да"))
            .await
            .expect(201);
        let message = sent["message"].clone();
        let failed = omni_testkit::eventually("the refusal", || async {
            let last = thread(&salon.owner, &theirs).await.pop()?;
            (last["status"] == "failed").then_some(last)
        })
        .await;
        assert_eq!(failed["error"]["code"], "blocked");
        customer.unblocks_bot();
        let retry = format!("/api/v1/messages/{}/retry", id(&message));
        app.salon()
            .await
            .owner
            .post(&retry, &json!({}))
            .await
            .refused(404, "not_found");
        let nothing = json!({});
        let (one, other) = tokio::join!(
            salon.owner.post(&retry, &nothing),
            salon.owner.post(&retry, &nothing)
        );
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        let ledger = app
            .telegram
            .sent(1, std::time::Duration::from_secs(10))
            .await
            .expect("it is sent");
        assert_eq!(ledger[0].text.as_deref(), Some("Да"));
        omni_testkit::eventually("the state sent", || async {
            (thread(&salon.owner, &theirs).await.last()?["status"] == "sent").then_some(())
        })
        .await;
        salon
            .owner
            .post(&retry, &json!({}))
            .await
            .refused(409, "not_retryable");
        app.stop().await;
    }
);
