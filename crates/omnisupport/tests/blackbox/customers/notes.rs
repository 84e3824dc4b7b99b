//! Notes about customers.

use omni_testkit::{TestApp, TestDatabase, both_engines};
use serde_json::{Value, json};

use super::{card, id, items, says, writes};

both_engines!(
    notes_are_their_writer_s,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let widget = salon.connects_widget().await;
        let (anna_id, anna) = salon.hires("anna", "operator").await;
        let (_, boris) = salon.hires("boris", "operator").await;
        let (_, vera) = salon.hires("vera", "viewer").await;
        let (guest, talk) = writes(&app, &salon, &widget, "Мария").await;
        let (_, other) = writes(&app, &salon, &widget, "Олег").await;
        let notes = card(&talk, "/notes");
        let words = json!({"text": "  Аллергия на орехи \n"});
        let note = anna.post_once(&notes, "k", &words).await.expect(201);
        assert_eq!(anna.post_once(&notes, "k", &words).await.expect(201), note);
        assert_eq!(
            (&note["text"], &note["author_id"], &note["author_type"]),
            (
                &json!("Аллергия на орехи"),
                &json!(anna_id),
                &json!("person")
            )
        );
        vera.post(&notes, &words).await.refused(403, "forbidden");
        for bad in [json!({"text": " "}), json!({"text": "x".repeat(10_001)})] {
            anna.post(&notes, &bad).await.refused(422, "invalid");
        }
        let (_, program) = salon.makes_key(&["customers:*"]).await;
        let second = json!({"text": "Из магазина"});
        let second = program.post(&notes, &second).await.expect(201);
        assert_eq!(second["author_type"], "key");

        let list = vera.get(&notes).await.expect(200);
        let texts: Vec<&Value> = items(&list).iter().map(|note| &note["text"]).collect();
        assert_eq!(texts, ["Из магазина", "Аллергия на орехи"]);
        let own = format!("{notes}/{}", id(&note));
        let changed = json!({"text": "Аллергия на всё"});
        for other in [&boris, &vera, &salon.owner] {
            other.patch(&own, &changed).await.refused(403, "forbidden");
            other.delete(&own).await.refused(403, "forbidden");
        }
        let after = anna.patch(&own, &changed).await.expect(200);
        assert_eq!(after["text"], "Аллергия на всё");
        assert_eq!(after["created_at"], note["created_at"]);
        // A note is found with its customer only.
        let elsewhere = card(&other, &format!("/notes/{}", id(&note)));
        anna.patch(&elsewhere, &changed)
            .await
            .refused(404, "not_found");
        anna.delete(&own).await.expect(204);
        anna.delete(&own).await.refused(404, "not_found");
        let list = vera.get(&notes).await.expect(200);
        assert_eq!(list["total"], 1);
        // The customer hears nothing of it.
        let thread = guest
            .get("/api/v1/widget/messages?after=0")
            .await
            .expect(200);
        assert_eq!(items(&thread).len(), 1);
        app.stop().await;
    }
);

both_engines!(
    what_is_known_of_nobody_goes_with_him_when_he_proves_who_he_is,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let widget = salon.connects_widget().await;
        let proof = proof(&widget, "42");
        let known = open(&app, &widget, &json!({}), &proof).await;
        says(&known, "Я вошёл").await.expect(201);
        let (guest, talk) = writes(&app, &salon, &widget, "Гость из ниоткуда").await;
        let field = json!({"key": "city", "label": "Город", "kind": "text"});
        salon
            .owner
            .post("/api/v1/customer-fields", &field)
            .await
            .expect(201);
        let city = json!({"fields": {"city": "Тверь"}});
        salon.owner.patch(&card(&talk, ""), &city).await.expect(200);
        let note = json!({"text": "Спрашивал о доставке"});
        salon
            .owner
            .post(&card(&talk, "/notes"), &note)
            .await
            .expect(201);

        open(&app, &widget, &json!(guest.token()), &proof).await;
        salon
            .owner
            .get(&card(&talk, ""))
            .await
            .refused(404, "not_found");
        let list = salon.owner.get("/api/v1/customers").await.expect(200);
        assert_eq!(list["total"], 1);
        let one = &items(&list)[0];
        assert_eq!(one["fields"]["city"], "Тверь");
        let notes = format!("/api/v1/customers/{}/notes", id(one));
        let notes = salon.owner.get(&notes).await.expect(200);
        assert_eq!(items(&notes)[0]["text"], "Спрашивал о доставке");
        app.stop().await;
    }
);

/// What the site's server says of somebody who signed in there.
fn proof(widget: &Value, external_id: &str) -> Value {
    use hmac::{Hmac, KeyInit, Mac};
    let secret = widget["identity_secret"].as_str().unwrap();
    let mut mac = <Hmac<sha2::Sha256> as KeyInit>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(external_id.as_bytes());
    let hash = hex::encode(mac.finalize().into_bytes());
    json!({"external_id": external_id, "identity_hash": hash, "name": "Виктория"})
}

async fn open(app: &TestApp, widget: &Value, token: &Value, visitor: &Value) -> omni_testkit::Api {
    let mut body = json!({"widget_key": widget["widget_key"], "visitor": visitor});
    if token.is_string() {
        body["session_token"] = token.clone();
    }
    let opened = app.stranger().post("/api/v1/widget/sessions", &body).await;
    let token = opened.expect(200)["session_token"].clone();
    app.stranger().with_token(token.as_str().unwrap())
}
