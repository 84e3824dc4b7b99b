//! Visitors: their sessions, their messages, and that they see nothing but these.

use omni_testkit::{TestApp, TestDatabase, both_engines};
use reqwest::Method;
use serde_json::{Value, json};

use super::{at, conversation, id, open, text, thread, visitor, widget};

const MESSAGES: &str = "/api/v1/widget/messages";

both_engines!(
    a_visitor_writes_and_reads_his_own,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, key) = widget(&salon).await;
        let (guest, one) = conversation(&app, &salon, &key, "Мария").await;
        assert_eq!(
            (&one["channel"], &one["customer"]["verified"]),
            (&json!("widget"), &json!(false))
        );
        let (_, other) = conversation(&app, &salon, &key, "Олег").await;
        salon
            .owner
            .post(&at(&one, "/messages"), &text("Добрый день!"))
            .await
            .expect(201);
        salon
            .owner
            .post(&at(&other, "/messages"), &text("Не для Марии"))
            .await
            .expect(201);

        let page = guest.get(&format!("{MESSAGES}?after=0")).await.expect(200);
        let texts: Vec<&Value> = page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|m| &m["content"]["text"])
            .collect();
        assert_eq!(texts, ["Здравствуйте!", "Добрый день!"]);
        assert!(!page.to_string().contains(&salon.owner_id.to_string()));
        let last = page["items"][1].clone();
        let after = guest
            .get(&format!("{MESSAGES}?after={}", id(&last)))
            .await
            .expect(200);
        assert_eq!(after["items"], json!([]));
        // A message of somebody else's is not there.
        let foreign = thread(&salon.owner, &other).await.remove(0);
        for bound in ["before", "after"] {
            let elsewhere = format!("{MESSAGES}?{bound}={}", id(&foreign));
            guest.get(&elsewhere).await.refused(404, "not_found");
        }

        // Coming back with the token goes on where he was; without it he is somebody new.
        let body = json!({"widget_key": key, "session_token": guest.token()});
        let again = app
            .stranger()
            .post("/api/v1/widget/sessions", &body)
            .await
            .expect(200);
        assert_eq!(again["session_token"], guest.token());
        assert_eq!(again["conversation_id"], one["id"]);
        assert_eq!(again["messages"].as_array().unwrap().len(), 2);
        let new = open(&app, &key, json!({"name": "Мария"})).await.expect(200);
        assert_ne!(new["session_token"], guest.token());
        assert_eq!(
            (&new["conversation_id"], &new["messages"]),
            (&Value::Null, &json!([]))
        );
        app.stop().await;
    }
);

both_engines!(
    a_visitor_reads_back_to_his_first_words,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, key) = widget(&salon).await;
        let (guest, ended) = conversation(&app, &salon, &key, "Мария").await;
        for n in 2..=5 {
            let said = text(&n.to_string());
            guest.post(MESSAGES, &said).await.expect(201);
        }
        let mut note = text("про себя");
        note["private"] = json!(true);
        let (notes, status) = (at(&ended, "/messages"), at(&ended, "/status"));
        salon.owner.post(&notes, &note).await.expect(201);
        let closed = json!({"status": "closed"});
        salon.owner.post(&status, &closed).await.expect(200);
        for n in 6..=8 {
            let said = text(&n.to_string());
            guest.post(MESSAGES, &said).await.expect(201);
        }
        conversation(&app, &salon, &key, "Олег").await;

        let texts = |page: &Value, list: &str| -> Vec<String> {
            let items = page[list].as_array().unwrap().iter();
            items
                .map(|m| m["content"]["text"].as_str().unwrap().to_owned())
                .collect()
        };
        let body = json!({"widget_key": key, "session_token": guest.token()});
        let sessions = "/api/v1/widget/sessions";
        let opened = app.stranger().post(sessions, &body).await.expect(200);
        assert_eq!(texts(&opened, "messages"), ["6", "7", "8"]);
        assert_eq!(opened["has_before"], true);
        assert_ne!(opened["conversation_id"], ended["id"]);

        let mut pages = Vec::new();
        let mut query = "?limit=2".to_owned();
        loop {
            let page = guest.get(&format!("{MESSAGES}{query}")).await.expect(200);
            assert_eq!(page["has_after"], !pages.is_empty());
            pages.push(texts(&page, "items"));
            if page["has_before"] == false {
                break;
            }
            query = format!("?limit=2&before={}", id(&page["items"][0]));
        }
        let expected = vec![
            vec!["7", "8"],
            vec!["6"],
            vec!["4", "5"],
            vec!["2", "3"],
            vec!["Здравствуйте!"],
        ];
        assert_eq!(pages, expected);
        // Who has nothing earlier is not sent to look for it.
        let other = visitor(&app, &key, "Олег").await;
        other.post(MESSAGES, &text("Своё")).await.expect(201);
        let body = json!({"widget_key": key, "session_token": other.token()});
        let opened = app.stranger().post(sessions, &body).await.expect(200);
        assert_eq!(opened["has_before"], false);
        app.stop().await;
    }
);

both_engines!(
    a_repeat_of_a_visitor_is_stored_once,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, key) = widget(&salon).await;
        let guest = visitor(&app, &key, "Мария").await;
        let body = text("Запишите меня");
        let attempts = (0..10).map(|_| guest.post_once(MESSAGES, "offline-1", &body));
        let answers = futures_util::future::join_all(attempts).await;
        let replays = answers
            .iter()
            .filter(|a| a.header("idempotent-replayed") == Some("true"))
            .count();
        let ids: std::collections::BTreeSet<String> = answers
            .into_iter()
            .map(|a| id(&a.expect(201)["message"]).to_owned())
            .collect();
        assert_eq!((ids.len(), replays), (1, 9));
        guest
            .post_once(MESSAGES, "offline-1", &text("Другое"))
            .await
            .refused(409, "idempotency_mismatch");
        // Another visitor's key is another key.
        let other = visitor(&app, &key, "Олег").await;
        other
            .post_once(MESSAGES, "offline-1", &text("Своё"))
            .await
            .expect(201);
        assert_eq!(
            salon.owner.get("/api/v1/conversations").await.expect(200)["total"],
            2
        );
        app.stop().await;
    }
);

both_engines!(
    a_visitor_fills_nothing_that_is_ours,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, key) = widget(&salon).await;
        let guest = visitor(&app, &key, "Мария").await;
        for field in [
            "sender_id",
            "sender_type",
            "private",
            "metadata",
            "conversation_id",
            "status",
            "reply_to",
        ] {
            let mut body = text("x");
            body[field] = json!("operator");
            let told = guest.post(MESSAGES, &body).await.refused(422, "invalid");
            assert_eq!(told["errors"][0]["pointer"], format!("/{field}"));
        }
        for body in [
            json!({"content_type": "interactive", "content": {"text": "?", "buttons": []}}),
            json!({"content_type": "system", "content": {"text": "x"}}),
            text(""),
            text(&"я".repeat(32_001)),
        ] {
            guest.post(MESSAGES, &body).await.refused(422, "invalid");
        }
        for visitor in [
            json!({"role": "owner"}),
            json!({"name": "a\nb"}),
            json!({"page_url": "javascript:x"}),
        ] {
            open(&app, &key, visitor).await.refused(422, "invalid");
        }
        open(&app, "wk_nobody", json!({}))
            .await
            .refused(404, "not_found");
        // A token that is none, an operator's, or in the address, opens nothing.
        app.stranger()
            .get(MESSAGES)
            .await
            .refused(401, "unauthenticated");
        for token in ["x", "", salon.owner.token()] {
            app.stranger()
                .with_token(token)
                .get(MESSAGES)
                .await
                .refused(401, "unauthenticated");
        }
        let in_address = format!("{MESSAGES}?session_token={}", guest.token());
        app.stranger()
            .get(&in_address)
            .await
            .refused(401, "unauthenticated");
        guest
            .get("/api/v1/conversations")
            .await
            .refused(401, "unauthenticated");
        assert_eq!(
            salon.owner.get("/api/v1/conversations").await.expect(200)["total"],
            0
        );
        app.stop().await;
    }
);

both_engines!(
    only_listed_sites_carry_the_widget,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (channel, key) = widget(&salon).await;
        let guest = visitor(&app, &key, "Мария").await;
        let path = format!("/api/v1/channels/{}", id(&channel));
        let settings = json!({"settings": {"allowed_origins": ["https://shop.example"]}});
        salon.owner.patch(&path, &settings).await.expect(200);
        for (origin, allowed) in [
            ("https://shop.example", true),
            ("https://evil.example", false),
            ("http://shop.example", false),
            ("https://shop.example.evil.example", false),
            ("null", false),
        ] {
            let body = json!({"widget_key": key});
            for request in [
                app.stranger()
                    .request(Method::POST, "/api/v1/widget/sessions")
                    .json(&body),
                guest.request(Method::POST, MESSAGES).json(&text("x")),
                guest.request(Method::GET, MESSAGES),
            ] {
                let answer = guest.send(request.header("Origin", origin)).await;
                if allowed {
                    assert!(answer.status < 300, "{origin}: {}", answer.body);
                } else {
                    answer.refused(403, "origin_not_allowed");
                }
            }
        }
        app.stop().await;
    }
);

both_engines!(
    one_visitor_does_not_use_up_what_his_office_has,
    |database: TestDatabase| async move {
        let limits = [
            ("RATE_LIMIT_WIDGET_PER_MINUTE", "50"),
            ("RATE_LIMIT_UPLOAD_PER_MINUTE", "2"),
        ];
        let app = TestApp::start_with(database, &limits).await;
        let salon = app.salon().await;
        let (_, key) = widget(&salon).await;
        let noisy = visitor(&app, &key, "Шумный").await;
        let quiet = visitor(&app, &key, "Тихая").await;
        let mut refused = None;
        for _ in 0..8 {
            let answer = noisy.post(MESSAGES, &text("ещё")).await;
            if answer.status == 429 {
                refused = Some(answer);
                break;
            }
        }
        let refused = refused.expect("somebody slows him down");
        let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
        refused.refused(429, "rate_limited");
        quiet
            .post(MESSAGES, &text("Здравствуйте"))
            .await
            .expect(201);

        let upload = || {
            salon
                .owner
                .upload("/api/v1/files", "a.txt", "text/plain", b"x".to_vec())
        };
        upload().await.expect(201);
        upload().await.expect(201);
        upload().await.refused(429, "rate_limited");
        app.stop().await;
    }
);
