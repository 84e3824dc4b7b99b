//! A company that is suspended: nobody comes in, and nothing that was accepted is lost.

use std::time::Duration;

use omni_store::testing::number;
use omni_testkit::{
    Api, PASSWORD, Socket, TestApp, TestDatabase, both_engines, eventually, within,
};
use serde_json::{Value, json};

use super::{owner_email, refresh, sign_in, try_sign_in, with};

const ROOT: &str = "root@omni.example";
const INBOX: &str = "/api/v1/conversations";
/// Within how long holds what another process changed.
const SOON: Duration = Duration::from_secs(5);

async fn texts_of(owner: &Api, conversation: &Value) -> Vec<String> {
    let path = format!(
        "{INBOX}/{}/messages?after=0",
        conversation["id"].as_str().unwrap()
    );
    let thread = owner.get(&path).await.expect(200);
    let items = thread["items"].as_array().unwrap();
    let text = |message: &Value| message["content"]["text"].as_str().map(ToOwned::to_owned);
    items.iter().filter_map(text).collect()
}

async fn suspends(root: &Api, tenant: &str) -> Value {
    let path = format!("/api/v1/superadmin/tenants/{tenant}/suspend");
    root.post(&path, &json!({"reason": "does not pay"}))
        .await
        .expect(200)
}

both_engines!(
    a_suspended_company_is_closed_and_loses_nothing,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (tenant, nobody) = (salon.tenant_id.to_string(), app.stranger());
        let root = app.superadmin(ROOT).await;
        salon.connects_telegram().await;
        let customer = salon.customer(&app, 7, "Ира");
        customer.writes("before");
        let conversation = salon.conversation_with("Ира").await;
        let pair = sign_in(&nobody, &owner_email(&salon)).await;
        let program = salon.makes_key(&["*"]).await.1;
        let widget = salon.connects_widget().await;
        let sessions = "/api/v1/widget/sessions";
        let open = json!({"widget_key": widget["widget_key"], "visitor": {"name": "Гость"}});
        let opened = nobody.post(sessions, &open).await.expect(200);
        let visitor = nobody.with_token(opened["session_token"].as_str().unwrap());
        let mut screen = salon.socket(salon.owner_id, &salon.owner, None).await;
        screen.expect("operator.connected").await;
        let mut page = Socket::open(app.addr(), "/api/v1/widget/ws").await;
        let hello = json!({"type": "widget.connect", "session_token": opened["session_token"]});
        page.say(&hello).await;
        page.until_pong().await;

        let seen = suspends(&root, &tenant).await;
        assert_eq!(seen["suspended_reason"], "does not pay");
        assert!(seen["suspended_at"].is_string());
        assert_eq!(screen.closed().await, 4401);
        assert_eq!(page.closed().await, 4403);
        let code = "tenant_suspended";
        salon.owner.get(INBOX).await.refused(403, code);
        program.get(INBOX).await.refused(403, code);
        refresh(&nobody, &pair).await.refused(403, code);
        let email = owner_email(&salon);
        try_sign_in(&nobody, &email, PASSWORD)
            .await
            .refused(403, code);
        // Whoever does not know the password learns nothing.
        let wrong = try_sign_in(&nobody, &email, "wrong-password").await;
        wrong.refused(401, "bad_credentials");
        nobody.post(sessions, &open).await.refused(403, code);
        visitor
            .get("/api/v1/widget/messages")
            .await
            .refused(403, code);
        // Others work on.
        app.salon().await.owner.get(INBOX).await.expect(200);

        // What a customer writes is taken, and waits.
        customer.writes("meanwhile");
        let pending = "SELECT COUNT(*) FROM raw_events WHERE state = 'pending'";
        eventually("the message to be stored", || async {
            (number(&app.database().url, pending).await == 1).then_some(())
        })
        .await;
        let stored = "SELECT COUNT(*) FROM messages";
        let before = number(&app.database().url, stored).await;
        // The next company's message goes by the one that waits.
        let other = app.salon().await;
        other.connects_telegram().await;
        other.customer(&app, 8, "Оля").writes("Добрый день");
        other.conversation_with("Оля").await;
        assert_eq!(number(&app.database().url, stored).await, before + 1);
        assert_eq!(number(&app.database().url, pending).await, 1);
        suspends(&root, &tenant).await;

        let restore = format!("/api/v1/superadmin/tenants/{tenant}/restore");
        let restored = root
            .post(&restore, &json!({"reason": "has paid"}))
            .await
            .expect(200);
        assert_eq!(restored["suspended_at"], Value::Null);
        let anew = refresh(&nobody, &pair).await.expect(200);
        let owner = with(&nobody, &anew);
        program.get(INBOX).await.expect(200);
        visitor.get("/api/v1/widget/messages").await.expect(200);
        eventually("the message that waited", || async {
            let texts = texts_of(&owner, &conversation).await;
            (texts == ["before", "meanwhile"]).then_some(())
        })
        .await;

        let audit = root.get("/api/v1/superadmin/audit").await.expect(200);
        let about = |line: &&Value| line["target_id"] == tenant;
        let told: Vec<_> = audit["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(about)
            .map(|line| (line["action"].as_str().unwrap(), line["reason"].as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("tenant.restored", Some("has paid")),
                ("tenant.suspended", Some("does not pay")),
                ("tenant.created", None),
            ]
        );
        // The company learns that it was, not why.
        let own = owner.get("/api/v1/audit").await.expect(200);
        assert!(own.to_string().contains("tenant.suspended"));
        assert!(!own.to_string().contains("does not pay"));
        app.stop().await;
    }
);

both_engines!(
    a_reply_waits_until_its_company_is_restored,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let root = app.superadmin(ROOT).await;
        salon.connects_telegram().await;
        let customer = salon.customer(&app, 9, "Ира");
        customer.writes("Добрый день");
        let conversation = salon.conversation_with("Ира").await;
        let id = conversation["id"].as_str().unwrap();
        // By another process, so that this one still lets the owner in for a moment.
        let (tenant, words) = (
            salon.tenant_id,
            json!({"content_type": "text", "content": {"text": "Ждём вас"}}),
        );
        let suspend = format!(
            "UPDATE tenants SET suspended_at = 1 WHERE slug = '{}'",
            salon.slug
        );
        app.database().execute(&suspend).await;
        let path = format!("{INBOX}/{id}/messages");
        let sent = salon.owner.post(&path, &words).await;
        // Let in or not, nothing leaves.
        assert!(matches!(sent.status, 201 | 403), "{}", sent.body);
        within(SOON, "the door to close", || async {
            (salon.owner.get(INBOX).await.status == 403).then_some(())
        })
        .await;
        assert_eq!(customer.sees().len(), 1, "his own");
        let restore = format!("/api/v1/superadmin/tenants/{tenant}/restore");
        let nothing = root.request(reqwest::Method::POST, &restore);
        root.send(nothing).await.expect(200);
        if sent.status == 403 {
            salon.owner.post(&path, &words).await.expect(201);
        }
        eventually("the reply", || async {
            (customer.sees().len() == 2).then_some(())
        })
        .await;
        app.stop().await;
    }
);

both_engines!(
    a_reason_is_given_within_bounds,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let root = app.superadmin(ROOT).await;
        let at = |act: &str| format!("/api/v1/superadmin/tenants/{}/{act}", salon.tenant_id);
        for act in ["suspend", "restore"] {
            for bad in [
                json!({"reason": " "}),
                json!({"reason": "x".repeat(501)}),
                json!({"why": "x"}),
                json!({}),
            ] {
                root.post(&at(act), &bad).await.refused(422, "invalid");
            }
        }
        salon.owner.get(INBOX).await.expect(200);
        // Twice is once, whoever is first, and the first reason stands.
        let (path, first, second) = (
            at("suspend"),
            json!({"reason": "one"}),
            json!({"reason": "two"}),
        );
        let (one, two) = tokio::join!(root.post(&path, &first), root.post(&path, &second));
        let (one, two) = (one.expect(200), two.expect(200));
        assert_eq!(one["suspended_reason"], two["suspended_reason"]);
        let audit = root.get("/api/v1/superadmin/audit").await.expect(200);
        let acts = audit.to_string().matches("tenant.suspended").count();
        assert_eq!(acts, 1);
        app.stop().await;
    }
);
