//! Canned responses: written once, found by code, filled in at use.

use omni_testkit::{Answer, Api, TestApp, TestDatabase, both_engines};
use serde_json::{Value, json};

use super::{at, conversation, id, widget};

const PATH: &str = "/api/v1/canned-responses";

fn response(code: &str, text: &str, scope: &str) -> Value {
    json!({"short_code": code, "title": format!("Title of {code}"), "text": text, "scope": scope})
}

fn one(response: &Value) -> String {
    format!("{PATH}/{}", id(response))
}

async fn render(who: &Api, response: &Value, conversation: &Value) -> Answer {
    let body = json!({"conversation_id": id(conversation)});
    who.post(&format!("{}/render", one(response)), &body).await
}

async fn codes(who: &Api, q: &str) -> Vec<String> {
    let list = who.get(&format!("{PATH}?q={q}")).await.expect(200);
    let items = list["items"].as_array().expect("a list");
    assert_eq!(list["total"], items.len());
    let code = |one: &Value| one["short_code"].as_str().expect("a code").to_owned();
    items.iter().map(code).collect()
}

both_engines!(
    a_response_greets_by_name_and_brings_its_file,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, key) = widget(&salon).await;
        let (_, anna) = salon.hires("anna", "operator").await;
        let (guest, talk) = conversation(&app, &salon, &key, "Мария {{company.name}}").await;
        let file = salon
            .owner
            .upload("/api/v1/files", "price.txt", "text/plain", b"1".to_vec())
            .await;
        let file = file.expect(201)["file"].clone();
        let mut new = response(
            "Price",
            "{{customer.first_name}}/{{customer.name}}/{{customer.email|—}}/{{operator.name}}/{{company.name}}",
            "all",
        );
        new["file_id"] = file["id"].clone();
        let made = salon.owner.post(PATH, &new).await.expect(201);
        assert_eq!(
            (&made["short_code"], &made["file"]["id"]),
            (&json!("price"), &file["id"])
        );

        let filled = render(&anna, &made, &talk).await.expect(200);
        // What the customer calls himself is never read as a variable.
        let expected = "Мария/Мария {{company.name}}/—/anna/Salon";
        assert_eq!(filled["text"], expected);
        assert_eq!(filled["file"]["id"], file["id"]);
        let sent = json!({"content_type": "file", "content": {"file_id": file["id"]}});
        anna.post(&at(&talk, "/messages"), &sent).await.expect(201);
        let shown = guest
            .get("/api/v1/widget/messages?after=0")
            .await
            .expect(200);
        assert_eq!(shown["items"][1]["content"]["file_name"], "price.txt");

        // Nobody sends it any more who neither uploaded it nor is handed it.
        let address = format!("/api/v1/files/{}", id(&file));
        anna.get(&address).await.expect(200);
        let without = json!({"file_id": null});
        let bare = salon.owner.patch(&one(&made), &without).await.expect(200);
        assert!(bare["file"].is_null());
        anna.post(&at(&talk, "/messages"), &sent)
            .await
            .refused(404, "not_found");
        let theirs = app.salon().await;
        render(&theirs.owner, &made, &talk)
            .await
            .refused(404, "not_found");
        app.stop().await;
    }
);

both_engines!(
    responses_are_everybody_s_or_one_s_own,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, anna) = salon.hires("anna", "operator").await;
        let (_, boris) = salon.hires("boris", "operator").await;
        let shared = response("delivery", "We deliver on Monday", "all");
        anna.post(PATH, &shared).await.refused(403, "forbidden");
        let shared = salon.owner.post(PATH, &shared).await.expect(201);
        let own = response("доставка", "Моя доставка", "own");
        let own = anna.post_once(PATH, "a", &own).await.expect(201);
        let again = response("доставка", "Моя доставка", "own");
        assert_eq!(anna.post_once(PATH, "a", &again).await.expect(201), own);

        assert_eq!(codes(&anna, "").await, ["delivery", "доставка"]);
        assert_eq!(codes(&boris, "").await, ["delivery"]);
        boris.get(&one(&own)).await.refused(404, "not_found");
        boris
            .patch(&one(&own), &json!({"title": "x"}))
            .await
            .refused(404, "not_found");
        boris
            .patch(&one(&shared), &json!({"title": "x"}))
            .await
            .refused(403, "forbidden");
        boris.delete(&one(&shared)).await.refused(403, "forbidden");
        anna.patch(&one(&own), &json!({"scope": "all"}))
            .await
            .refused(403, "forbidden");

        // A code is one response of the company, whoever's.
        let taken = response("ДОСТАВКА", "x", "own");
        boris.post(PATH, &taken).await.refused(409, "code_taken");
        anna.patch(&one(&own), &json!({"short_code": "delivery"}))
            .await
            .refused(409, "code_taken");
        let patched = anna
            .patch(&one(&own), &json!({"short_code": "mine", "text": "Иначе"}))
            .await
            .expect(200);
        assert_eq!(
            (&patched["short_code"], &patched["title"]),
            (&json!("mine"), &json!("Title of доставка"))
        );

        for (q, found) in [
            ("dlvr", vec!["delivery"]),
            ("monday%20deliver", vec!["delivery"]),
            ("ИНАЧЕ", vec!["mine"]),
            ("%25", vec![]),
            ("_", vec![]),
        ] {
            assert_eq!(codes(&anna, q).await, found, "{q}");
        }
        assert_eq!(anna.delete(&one(&own)).await.status, 204);
        anna.get(&one(&own)).await.refused(404, "not_found");
        let log = salon.owner.get("/api/v1/audit").await.expect(200);
        let told = log.to_string();
        assert!(told.contains("canned_response.created") && !told.contains("Monday"));
        app.stop().await;
    }
);

both_engines!(
    what_no_customer_should_see_is_not_saved,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, anna) = salon.hires("anna", "operator").await;
        let file = anna
            .upload("/api/v1/files", "a.txt", "text/plain", b"a".to_vec())
            .await;
        let file = file.expect(201)["file"]["id"].clone();
        for (field, wrong) in [
            ("text", json!("Hi, {{customer.password}}")),
            ("text", json!("Hi, {{customer.name")),
            ("text", json!(" ")),
            ("text", json!("x".repeat(32_001))),
            ("text", json!("a\u{0}b")),
            ("short_code", json!("two words")),
            ("short_code", json!("")),
            ("short_code", json!("x".repeat(33))),
            ("title", json!("two\nlines")),
            ("title", json!("x".repeat(201))),
            ("scope", json!("team")),
        ] {
            let mut body = response("hello", "Hello", "all");
            body[field] = wrong;
            let problem = salon.owner.post(PATH, &body).await.refused(422, "invalid");
            assert_eq!(problem["errors"][0]["pointer"], format!("/{field}"));
        }
        // A file that somebody else uploaded is not there.
        let mut body = response("hello", "Hello", "all");
        body["file_id"] = file;
        salon
            .owner
            .post(PATH, &body)
            .await
            .refused(404, "not_found");
        let longest = response("hello", &"я".repeat(32_000), "all");
        salon.owner.post(PATH, &longest).await.expect(201);
        let far = salon.owner.get(&format!("{PATH}?offset=10001")).await;
        far.refused(422, "invalid");
        app.stop().await;
    }
);
