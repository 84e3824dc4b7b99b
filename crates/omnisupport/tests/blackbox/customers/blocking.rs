//! Whom one does not want to hear.

use std::time::Duration;

use omni_testkit::{TestApp, TestDatabase, both_engines, eventually};
use serde_json::{Value, json};

use super::{at, card, id, items, says, text, writes};

async fn count(who: &omni_testkit::Api, query: &str) -> Value {
    let list = who.get(&format!("/api/v1/conversations{query}")).await;
    list.expect(200)["total"].clone()
}

both_engines!(
    a_blocked_customer_is_kept_and_not_heard,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let widget = salon.connects_widget().await;
        let (anna_id, anna) = salon.hires_online("anna").await;
        let (guest, talk) = writes(&app, &salon, &widget, "Спамер").await;
        let (_, vera) = salon.hires("vera", "viewer").await;
        vera.post(&card(&talk, "/block"), &json!({}))
            .await
            .refused(403, "forbidden");
        let blocked = anna
            .post(&card(&talk, "/block"), &json!({}))
            .await
            .expect(200);
        assert!(blocked["blocked_at"].is_string());
        let twice = anna
            .post(&card(&talk, "/block"), &json!({}))
            .await
            .expect(200);
        assert_eq!(twice["blocked_at"], blocked["blocked_at"]);
        let now = anna.get(&at(&talk, "")).await.expect(200);
        assert_eq!(
            (&now["status"], &now["customer"]["blocked"]),
            (&json!("closed"), &json!(true))
        );

        // He writes as ever, and it is kept; nobody hears of it.
        let mut socket = salon.socket(anna_id, &anna, None).await;
        socket.expect("operator.connected").await;
        for n in 0..3 {
            says(&guest, &format!("Купите {n}")).await.expect(201);
        }
        assert!(socket.is_silent_for(Duration::from_millis(700)).await);
        assert_eq!(count(&salon.owner, "?status=open,pending").await, 0);
        assert_eq!(count(&salon.owner, "").await, 1);
        let thread = anna.get(&at(&talk, "/messages?after=0")).await.expect(200);
        let words: Vec<&Value> = items(&thread)
            .iter()
            .map(|m| &m["content"]["text"])
            .collect();
        assert_eq!(words, ["Здравствуйте!", "Купите 0", "Купите 1", "Купите 2"]);
        let after = anna.get(&at(&talk, "")).await.expect(200);
        assert_eq!(after["updated_at"], now["updated_at"]);
        assert_eq!(after["unread_count"], now["unread_count"]);
        let his = guest
            .get("/api/v1/widget/messages?after=0")
            .await
            .expect(200);
        assert_eq!(items(&his).len(), 4);

        // Nobody would see his answer; what the team tells itself is another matter.
        let status = json!({"status": "open"});
        anna.post(&at(&talk, "/status"), &status).await.expect(200);
        let words = text("Прекратите");
        anna.post(&at(&talk, "/messages"), &words)
            .await
            .refused(409, "customer_blocked");
        let note = json!({"content_type": "text", "content": {"text": "спам"}, "private": true});
        anna.post(&at(&talk, "/messages"), &note).await.expect(201);
        let status = json!({"status": "closed"});
        anna.post(&at(&talk, "/status"), &status).await.expect(200);

        anna.post(&card(&talk, "/unblock"), &json!({}))
            .await
            .expect(200);
        socket.expect("conversation.updated").await;
        says(&guest, "Я исправился").await.expect(201);
        assert_eq!(count(&salon.owner, "?status=open").await, 1);
        assert_eq!(count(&salon.owner, "").await, 2);
        let log = salon.owner.get("/api/v1/audit").await.expect(200);
        let actions: Vec<&Value> = items(&log).iter().map(|line| &line["action"]).collect();
        assert_eq!(
            actions
                .iter()
                .filter(|action| **action == "customer.blocked")
                .count(),
            1
        );
        assert_eq!(
            actions
                .iter()
                .filter(|action| **action == "customer.unblocked")
                .count(),
            1
        );
        app.stop().await;
    }
);

both_engines!(
    a_blocked_customer_writes_in_vain_in_telegram,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.connects_telegram().await;
        let (_, anna) = salon.hires_online("anna").await;
        let spammer = salon.customer(&app, 7, "Спамер");
        spammer.writes("Раз");
        let talk = salon.conversation_with("Спамер").await;
        let body = json!({"status": "resolved"});
        anna.post(&at(&talk, "/status"), &body).await.expect(200);
        anna.post(&card(&talk, "/block"), &json!({}))
            .await
            .expect(200);
        spammer.writes("Два");
        spammer.writes("Три");
        eventually("all three", || async {
            let thread = anna.get(&at(&talk, "/messages?after=0")).await.expect(200);
            (items(&thread).len() == 3).then_some(())
        })
        .await;
        let after = anna.get(&at(&talk, "")).await.expect(200);
        assert_eq!(after["status"], "resolved");
        assert_eq!(count(&salon.owner, "").await, 1);
        let reply = anna.post(&at(&talk, "/messages"), &text("Нет")).await;
        reply.refused(409, "customer_blocked");
        anna.post(&card(&talk, "/unblock"), &json!({}))
            .await
            .expect(200);
        spammer.writes("Четыре");
        eventually("an open conversation", || async {
            let now = anna.get(&at(&talk, "")).await.expect(200);
            (now["status"] == "open" && now["assigned_to"].is_string()).then_some(())
        })
        .await;
        assert_eq!(id(&talk), id(&salon.conversation_with("Спамер").await));
        app.stop().await;
    }
);
