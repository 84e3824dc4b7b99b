//! Programs that come with a key: S47, S59.

use std::time::Duration;

use omni_testkit::{Answer, Api, Salon, Socket, TestApp, TestDatabase, both_engines, within};
use reqwest::Method;
use serde_json::{Value, json};

const KEYS: &str = "/api/v1/api-keys";
const INBOX: &str = "/api/v1/conversations";
/// Within how long holds what another process changed.
const SOON: Duration = Duration::from_secs(5);

fn text(key: &Value, field: &str) -> String {
    key[field].as_str().unwrap().to_owned()
}

/// A salon with one customer who wrote; the way to the messages of that conversation.
async fn busy_salon(app: &TestApp) -> (Salon, String) {
    let salon = app.salon().await;
    let widget = salon.connects_widget().await;
    let body = json!({"widget_key": widget["widget_key"], "visitor": {"name": "Мария"}});
    let opened = app.stranger().post("/api/v1/widget/sessions", &body).await;
    let visitor = app
        .stranger()
        .with_token(&text(&opened.expect(200), "session_token"));
    let words = json!({"content_type": "text", "content": {"text": "Добрый день"}});
    let sent = visitor.post("/api/v1/widget/messages", &words).await;
    sent.expect(201);
    let conversation = salon.conversation_with("Мария").await;
    (
        salon,
        format!("{INBOX}/{}/messages", text(&conversation, "id")),
    )
}

/// Waits until a request is refused with this status.
async fn is_refused(who: &Api, path: &str, status: u16) -> Answer {
    within(SOON, "a refusal", || async {
        let answer = who.get(path).await;
        (answer.status == status).then_some(answer)
    })
    .await
}

both_engines!(
    a_key_is_told_once_and_works_at_once,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let (salon, messages) = busy_salon(&app).await;
        let permissions = ["conversations:read", "conversations:reply", "settings:*"];
        let (made, shop) = salon.makes_key(&permissions).await;
        let key = text(&made, "key");
        assert!(key.starts_with("omni_") && key.len() == 48, "{key}");
        assert!(key.ends_with(&text(&made, "last4")));
        assert_eq!(made["permissions"], json!(permissions));
        assert_eq!(made["created_by"], salon.owner_id.to_string());
        let listed = salon.owner.get(KEYS).await.expect(200);
        assert_eq!(listed["total"], 1);
        assert!(!listed.to_string().contains(&key[5..44]), "{listed}");

        // It answers as a program: nobody's conversation, and one message however often it is sent.
        assert_eq!(shop.get(INBOX).await.expect(200)["total"], 1);
        let words = json!({"content_type": "text", "content": {"text": "Сейчас отвечу"}});
        let sent = shop.post_once(&messages, "one", &words).await.expect(201);
        let again = shop.post_once(&messages, "one", &words).await;
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(again.expect(201)["message"]["id"], sent["message"]["id"]);
        assert_eq!(sent["message"]["sender_type"], "bot");
        assert_eq!(sent["message"]["sender_id"], made["id"]);
        let conversation = messages.trim_end_matches("/messages");
        let seen = shop.get(conversation).await.expect(200);
        assert_eq!(seen["assigned_to"], Value::Null);
        // Another key, or the owner, under the same idempotency key is somebody else.
        let other = salon.makes_key(&permissions).await.1;
        for who in [&other, &salon.owner] {
            let own = who.post_once(&messages, "one", &words).await.expect(201);
            assert_ne!(own["message"]["id"], sent["message"]["id"]);
        }
        // What it changes is told with its name.
        let manual = json!({"strategy": "manual"});
        let set = shop.put("/api/v1/settings/routing", &manual).await;
        set.expect(200);
        let audit = salon.owner.get("/api/v1/audit").await.expect(200);
        let line = &audit["items"][0];
        assert_eq!(line["action"], "settings.routing_changed");
        assert_eq!(
            (&line["actor_type"], &line["actor_id"]),
            (&json!("key"), &made["id"])
        );
        assert_eq!(audit["items"][1]["action"], "api_key.created");
        assert_eq!(audit["items"][1]["actor_type"], "person");
        assert!(!audit.to_string().contains(&key[5..44]));

        let used = || async {
            let listed = salon.owner.get(KEYS).await.expect(200);
            let key = listed["items"]
                .as_array()?
                .iter()
                .find(|key| key["id"] == made["id"])?;
            key["last_used_at"].as_str().map(ToOwned::to_owned)
        };
        within(SOON, "the use to be noted", used).await;
        app.stop().await;
    }
);

both_engines!(
    a_key_gives_work_to_people_only,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let (salon, messages) = busy_salon(&app).await;
        let (made, shop) = salon.makes_key(&["*"]).await;
        let assign = messages.replace("/messages", "/assign");
        let (anna, _) = salon.hires("anna", "operator").await;
        let given = shop.post(&assign, &json!({"operator_id": anna})).await;
        let given = &given.expect(200)["conversation"];
        assert_eq!(given["assigned_to"], anna.to_string());
        assert_eq!(
            given["assigned_reason"],
            json!({"rule": "manual", "by": null})
        );
        let back = shop.post(&assign, &json!({"operator_id": null})).await;
        let back = &back.expect(200)["conversation"];
        assert_eq!(
            back["assigned_reason"],
            json!({"rule": "unassigned", "by": null})
        );
        let to_itself = json!({"operator_id": made["id"]});
        shop.post(&assign, &to_itself)
            .await
            .refused(404, "not_found");
        let mine = format!("{INBOX}?assigned_to=me");
        shop.get(&mine).await.refused(422, "invalid");
        let file = shop
            .upload("/api/v1/files", "a.txt", "text/plain", b"a".to_vec())
            .await;
        let file = file.expect(201)["file"]["id"].clone();
        let content = json!({"content_type": "file", "content": {"file_id": file}});
        // A file is its uploader's to send.
        salon
            .owner
            .post(&messages, &content)
            .await
            .refused(404, "not_found");
        shop.post(&messages, &content).await.expect(201);
        app.stop().await;
    }
);

both_engines!(
    what_a_key_may_be_is_bounded,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, admin) = salon.hires("admin", "admin").await;
        let good = json!({"name": "Shop", "permissions": ["conversations:read"]});
        for (field, value, pointer) in [
            ("name", json!(" "), "/name"),
            ("name", json!("x".repeat(201)), "/name"),
            ("permissions", json!([]), "/permissions"),
            (
                "permissions",
                json!(vec!["settings:read"; 51]),
                "/permissions",
            ),
            (
                "permissions",
                json!(["conversations:read", "*"]),
                "/permissions/1",
            ),
            ("permissions", json!(["platform:all"]), "/permissions/0"),
            ("permissions", json!(["*:*"]), "/permissions/0"),
            ("rate_limit_per_minute", json!(0), "/rate_limit_per_minute"),
            (
                "rate_limit_per_minute",
                json!(100_001),
                "/rate_limit_per_minute",
            ),
            ("expires_at", json!("2020-01-01T00:00:00Z"), "/expires_at"),
            ("expires_at", json!("tomorrow"), "/expires_at"),
            ("key", json!("omni_mine"), "/key"),
        ] {
            let mut body = good.clone();
            body[field] = value;
            let problem = admin.post(KEYS, &body).await.refused(422, "invalid");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
        }
        let made = admin.post_once(KEYS, "once", &good).await.expect(201);
        let again = admin.post_once(KEYS, "once", &good).await.expect(201);
        assert_eq!((&again["id"], &again["key"]), (&made["id"], &Value::Null));

        let path = format!("{KEYS}/{}", text(&made, "id"));
        let patch = json!({"name": "Store", "rate_limit_per_minute": 7});
        let patched = admin.patch(&path, &patch).await.expect(200);
        assert_eq!(
            (&patched["name"], &patched["rate_limit_per_minute"]),
            (&json!("Store"), &json!(7))
        );
        let patched = admin
            .patch(&path, &json!({"rate_limit_per_minute": null}))
            .await
            .expect(200);
        assert_eq!(
            (&patched["name"], &patched["rate_limit_per_minute"]),
            (&json!("Store"), &Value::Null)
        );
        let wider = json!({"permissions": ["conversations:*"]});
        admin.patch(&path, &wider).await.refused(422, "invalid");

        for _ in 0..99 {
            admin.post(KEYS, &good).await.expect(201);
        }
        admin.post(KEYS, &good).await.refused(409, "conflict");
        admin.delete(&path).await.expect(204);
        admin.delete(&path).await.refused(404, "not_found");
        admin.post(KEYS, &good).await.expect(201);
        app.stop().await;
    }
);

both_engines!(
    a_key_dies_with_what_it_stands_on,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let database = app.database();
        let sql = |sql: String| async move { database.execute(&sql).await };
        // Revoked here: at once.
        let (made, program) = salon.makes_key(&["conversations:read"]).await;
        program.get(INBOX).await.expect(200);
        salon
            .owner
            .delete(&format!("{KEYS}/{}", text(&made, "id")))
            .await
            .expect(204);
        program.get(INBOX).await.refused(401, "unauthenticated");

        // Revoked or expired by another process.
        let name = |key: &Value| format!("name = '{}'", text(key, "name"));
        for (n, change) in ["revoked_at = 1", "expires_at = 1"].into_iter().enumerate() {
            let (made, program) = salon.makes_key(&["conversations:read"]).await;
            let path = format!("{KEYS}/{}", text(&made, "id"));
            let renamed = json!({"name": format!("gone-{n}")});
            let renamed = salon.owner.patch(&path, &renamed).await.expect(200);
            program.get(INBOX).await.expect(200);
            sql(format!(
                "UPDATE api_keys SET {change} WHERE {}",
                name(&renamed)
            ))
            .await;
            is_refused(&program, INBOX, 401).await;
        }

        // Whoever made it: less may he do, less does it; gone is he, gone is it.
        let (_, admin) = salon.hires("admin", "admin").await;
        let permissions = ["conversations:read", "settings:read"];
        let body = json!({"name": "Shop", "permissions": permissions});
        let made = admin.post(KEYS, &body).await.expect(201);
        let shop = salon.owner.with_key(&text(&made, "key"));
        shop.get("/api/v1/settings/routing").await.expect(200);
        let change = "UPDATE users SET version = version + 1, ";
        sql(format!("{change} role = 'viewer' WHERE name = 'admin'")).await;
        is_refused(&shop, "/api/v1/settings/routing", 403).await;
        shop.get(INBOX).await.expect(200);
        sql(format!("{change} disabled = (1 = 1) WHERE name = 'admin'")).await;
        is_refused(&shop, INBOX, 401).await;
        app.stop().await;
    }
);

both_engines!(
    a_key_sees_what_its_maker_sees,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let (salon, messages) = busy_salon(&app).await;
        salon
            .routes(json!({"strategy": "manual", "visibility": "own"}))
            .await;
        let (_, admin) = salon.hires("admin", "admin").await;
        let body = json!({"name": "Shop", "permissions": ["conversations:read"]});
        let made = admin.post(KEYS, &body).await.expect(201);
        let shop = salon.owner.with_key(&text(&made, "key"));
        let mine = json!({"operator_id": salon.owner_id});
        let assign = messages.replace("/messages", "/assign");
        salon.owner.post(&assign, &mine).await.expect(200);
        shop.get(&messages).await.expect(200);
        let change =
            "UPDATE users SET role = 'operator', version = version + 1 WHERE name = 'admin'";
        app.database().execute(change).await;
        is_refused(&shop, &messages, 404).await;
        assert_eq!(shop.get(INBOX).await.expect(200)["items"], json!([]));
        app.stop().await;
    }
);

both_engines!(
    a_key_goes_into_its_header_alone,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (made, program) = salon.makes_key(&["*"]).await;
        let key = text(&made, "key");
        let nobody = app.stranger();
        let get = |path: String| nobody.request(Method::GET, &path);
        let owner = salon.owner.token();
        for request in [
            get(format!("{INBOX}?api_key={key}")),
            get(format!("{INBOX}?q={key}")),
            get(format!("{INBOX}?X-Api-Key=x")).header("X-API-Key", &key),
            get(format!("{INBOX}?key={key}")).header("X-API-Key", &key),
            get(format!("/api/v1/ws?api_key={key}")),
            get(INBOX.to_owned()).bearer_auth(&key),
            get(INBOX.to_owned()).header("X-API-Key", owner),
            get(INBOX.to_owned())
                .header("X-API-Key", &key)
                .bearer_auth(owner),
            get(INBOX.to_owned())
                .header("X-API-Key", &key)
                .header("X-API-Key", &key),
            get(INBOX.to_owned()).header("X-API-Key", &key[..47]),
            get(INBOX.to_owned()).header("X-API-Key", format!("{}A", &key[..47])),
            get(INBOX.to_owned()).header("X-API-Key", format!("{key} ").repeat(100)),
            get(INBOX.to_owned()).header("X-API-Key", b"\xff".as_slice()),
        ] {
            let shown = format!("{request:?}");
            // One of sixty-four keys really ends in an A.
            let is_the_key = shown.contains(&key) && key.ends_with('A') && !shown.contains('?');
            let answer = nobody.send(request).await;
            assert!(
                answer.status == 401 || is_the_key,
                "{shown}: {}",
                answer.body
            );
        }
        let mut socket = Socket::operator(app.addr(), salon.owner_id, &key, None).await;
        assert_eq!(socket.closed().await, 4401);
        program.get(INBOX).await.expect(200);
        app.stop().await;
    }
);

both_engines!(
    programs_are_limited_by_their_keys,
    |database: TestDatabase| async move {
        let settings = [("RATE_LIMIT_API_PER_MINUTE", "3")];
        let app = TestApp::start_with(database, &settings).await;
        let salon = app.salon().await;
        let (_, usual) = salon.makes_key(&["conversations:read"]).await;
        let (made, own) = salon.makes_key(&["conversations:read"]).await;
        let path = format!("{KEYS}/{}", text(&made, "id"));
        let five = json!({"rate_limit_per_minute": 5});
        salon.owner.patch(&path, &five).await.expect(200);
        for (program, limit) in [(&usual, 3), (&own, 5)] {
            for _ in 0..limit {
                program.get(INBOX).await.expect(200);
            }
            let answer = program.get(INBOX).await;
            let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
            assert!((1..=20).contains(&wait), "{wait}");
            answer.refused(429, "rate_limited");
        }
        salon.owner.get(INBOX).await.expect(200);
        app.stop().await;
    }
);

both_engines!(
    keys_are_not_guessed_without_end,
    |database: TestDatabase| async move {
        let settings = [
            ("RATE_LIMIT_LOGIN_PER_MINUTE", "1"),
            ("TRUSTED_PROXIES", "127.0.0.1"),
        ];
        let app = TestApp::start_with(database, &settings).await;
        let salon = app.salon().await;
        let (made, program) = salon.makes_key(&["conversations:read"]).await;
        let key = text(&made, "key");
        let stranger = app.stranger();
        let come_with = |key: String| {
            let request = stranger.request(Method::GET, INBOX);
            let request = request.header("X-API-Key", key);
            stranger.send(request.header("X-Forwarded-For", "203.0.113.9"))
        };
        let guess = |n: u32| come_with(format!("omni_{n:043}"));
        for n in 0..5 {
            guess(n).await.refused(401, "unauthenticated");
        }
        let answer = guess(5).await;
        assert!(answer.header("retry-after").is_some());
        answer.refused(429, "rate_limited");
        // A program behind the same address goes on.
        come_with(key).await.expect(200);
        program.get(INBOX).await.expect(200);
        app.stop().await;
    }
);
