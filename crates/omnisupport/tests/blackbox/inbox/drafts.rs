//! Drafts that survive another browser.

use omni_testkit::{Api, TestApp, TestDatabase, both_engines};
use serde_json::{Value, json};

use super::{at, conversation, id, text, widget};

async fn keeps(who: &Api, talk: &Value, text: &str, version: i64) -> Value {
    let body = json!({"text": text, "version": version});
    who.put(&at(talk, "/draft"), &body).await.expect(200)
}

async fn kept(who: &Api, talk: &Value) -> (String, i64) {
    let draft = who.get(&at(talk, "/draft")).await.expect(200);
    let text = draft["text"].as_str().expect("a text").to_owned();
    (text, draft["version"].as_i64().expect("a version"))
}

async fn listed(who: &Api) -> Vec<(Value, Value)> {
    let list = who.get("/api/v1/drafts").await.expect(200);
    let items = list["items"].as_array().expect("a list");
    assert_eq!(list["total"], items.len());
    let brief = |one: &Value| (one["conversation_id"].clone(), one["preview"].clone());
    items.iter().map(brief).collect()
}

both_engines!(
    a_draft_goes_on_in_another_browser_until_it_is_sent,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, key) = widget(&salon).await;
        let (_, anna) = salon.hires("anna", "operator").await;
        let (_, talk) = conversation(&app, &salon, &key, "Мария").await;
        assert_eq!(kept(&anna, &talk).await, (String::new(), 0));
        keeps(&anna, &talk, "Доброе у", 1).await;
        keeps(&anna, &talk, "Доброе утро! ", 2).await;
        let pair = salon.signs_in("anna").await;
        let elsewhere = anna.with_token(pair["access_token"].as_str().unwrap());
        assert_eq!(
            kept(&elsewhere, &talk).await,
            ("Доброе утро! ".to_owned(), 2)
        );
        assert_eq!(
            listed(&elsewhere).await,
            [(talk["id"].clone(), json!("Доброе утро! "))]
        );
        // It is hers alone.
        assert_eq!(kept(&salon.owner, &talk).await.1, 0);
        assert!(listed(&salon.owner).await.is_empty());

        // A save that was overtaken changes nothing, and is told what is kept.
        let winner = keeps(&anna, &talk, "Доброе", 2).await;
        assert_eq!(
            (&winner["text"], &winner["version"]),
            (&json!("Доброе утро! "), &json!(2))
        );

        // A note with other words leaves it; its own words, sent, empty it for good.
        let note =
            json!({"content_type": "text", "content": {"text": "Доброе утро!"}, "private": true});
        anna.post(&at(&talk, "/messages"), &note).await.expect(201);
        anna.post(&at(&talk, "/messages"), &text("Минуту"))
            .await
            .expect(201);
        assert_eq!(kept(&anna, &talk).await.1, 2);
        anna.post(&at(&talk, "/messages"), &text("Доброе утро!"))
            .await
            .expect(201);
        assert_eq!(kept(&anna, &talk).await, (String::new(), 3));
        assert!(listed(&anna).await.is_empty());
        keeps(&anna, &talk, "Доброе утро!", 3).await;
        assert_eq!(
            kept(&anna, &talk).await.0,
            "",
            "a late save does not bring it back"
        );
        app.stop().await;
    }
);

both_engines!(drafts_have_bounds, |database: TestDatabase| async move {
    let app = TestApp::start(database).await;
    let salon = app.salon().await;
    let (_, key) = widget(&salon).await;
    let (_, anna) = salon.hires("anna", "operator").await;
    let (_, talk) = conversation(&app, &salon, &key, "Мария").await;
    let longest = "я".repeat(32_000);
    keeps(&anna, &talk, &longest, 7).await;
    assert_eq!(kept(&anna, &talk).await, (longest.clone(), 7));
    let preview = listed(&anna).await[0].1.clone();
    assert_eq!(preview.as_str().unwrap().chars().count(), 200);
    for wrong in [
        json!({"text": format!("{longest}я"), "version": 8}),
        json!({"text": "x", "version": 0}),
        json!({"text": "x", "version": 9_007_199_254_740_992_i64}),
        json!({"text": "x"}),
        json!({"version": 8}),
        json!({"text": null, "version": 8}),
    ] {
        let refused = anna.put(&at(&talk, "/draft"), &wrong).await;
        refused.refused(422, "invalid");
    }
    assert_eq!(anna.delete(&at(&talk, "/draft")).await.status, 204);
    assert_eq!(anna.delete(&at(&talk, "/draft")).await.status, 204);
    assert_eq!(kept(&anna, &talk).await, (String::new(), 8));
    let stranger = app.salon().await.owner;
    stranger
        .get(&at(&talk, "/draft"))
        .await
        .refused(404, "not_found");
    let (_, vera) = salon.hires("vera", "viewer").await;
    vera.get(&at(&talk, "/draft"))
        .await
        .refused(403, "forbidden");
    assert_eq!(
        vera.get("/api/v1/drafts").await.expect(200)["items"],
        json!([])
    );
    assert_eq!(kept(&anna, &talk).await.1, 8, "{}", id(&talk));
    app.stop().await;
});
