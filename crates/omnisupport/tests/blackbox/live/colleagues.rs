//! Who of the team looks at a conversation and who writes in it.

use super::*;
use omni_testkit::both_engines;
use uuid::Uuid;

fn views(conversation: &Value) -> Value {
    json!({"type": "operator.viewing", "conversation_id": conversation["id"]})
}

/// An operator's socket, connected.
async fn sits_down(salon: &Salon, (id, api): &(Uuid, Api)) -> Socket {
    let mut socket = salon.socket(*id, api, None).await;
    socket.expect("operator.connected").await;
    socket
}

/// Who is told to look, or not any more, at which conversation.
fn told(frame: &Value) -> (Value, Value, Value) {
    let part = |name: &str| frame[name].clone();
    (
        part("operator_id"),
        part("conversation_id"),
        part("is_viewing"),
    )
}

both_engines!(
    colleagues_are_seen_looking_and_writing,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.routes(json!({"strategy": "manual"})).await;
        let anna = salon.hires_online("anna").await;
        let boris = salon.hires_online("boris").await;
        let (maria, _, talk) = Visitor::who_wrote(&app, &salon).await;
        let mut annas = sits_down(&salon, &anna).await;
        let mut boriss = sits_down(&salon, &boris).await;
        let mut page = maria.connects(None).await;
        let here = |yes: bool| (json!(anna.0), talk["id"].clone(), json!(yes));

        annas.say(&views(&talk)).await;
        assert_eq!(told(&boriss.expect("operator.viewing").await), here(true));
        let typing =
            json!({"type": "operator.typing", "conversation_id": talk["id"], "is_typing": true});
        annas.say(&typing).await;
        let typed = boriss.expect("operator.typing").await;
        assert_eq!(
            (
                &typed["operator_id"],
                &typed["conversation_id"],
                &typed["is_typing"]
            ),
            (&json!(anna.0), &talk["id"], &json!(true))
        );
        // The customer is not told who of the team it is, nor that anybody looks.
        let seen = page.expect("operator.typing").await;
        assert_eq!(seen, json!({"type": "operator.typing", "is_typing": true}));

        annas
            .say(&json!({"type": "operator.viewing", "conversation_id": null}))
            .await;
        assert_eq!(told(&boriss.expect("operator.viewing").await), here(false));
        annas.say(&views(&talk)).await;
        assert_eq!(told(&boriss.expect("operator.viewing").await), here(true));
        // Gone with the socket.
        drop(annas);
        assert_eq!(told(&boriss.expect("operator.viewing").await), here(false));
        app.stop().await;
    }
);

both_engines!(
    looking_is_told_only_where_one_may_look,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon
            .routes(json!({"strategy": "manual", "visibility": "own"}))
            .await;
        let anna = salon.hires_online("anna").await;
        let boris = salon.hires_online("boris").await;
        let (_, _, annas_talk) = Visitor::who_wrote(&app, &salon).await;
        let second = Visitor::of(&app, &salon, "Пётр").await;
        second.writes("привет").await;
        let queued = salon.conversation_with("Пётр").await;
        let path = format!(
            "/api/v1/conversations/{}/assign",
            annas_talk["id"].as_str().unwrap()
        );
        let body = json!({"operator_id": anna.0});
        salon.owner.post(&path, &body).await.expect(200);
        let mut annas = sits_down(&salon, &anna).await;
        let mut boriss = sits_down(&salon, &boris).await;

        // What she looks at first is hidden from him; what he asks for is hidden from him, too.
        annas.say(&views(&annas_talk)).await;
        annas.say(&views(&queued)).await;
        let first = told(&boriss.expect("operator.viewing").await);
        assert_eq!(first, (json!(anna.0), queued["id"].clone(), json!(true)));
        boriss.say(&views(&annas_talk)).await;
        boriss.say(&views(&queued)).await;
        let his = loop {
            let frame = annas.expect("operator.viewing").await;
            if frame["operator_id"] == json!(boris.0) {
                break told(&frame);
            }
        };
        assert_eq!(his, (json!(boris.0), queued["id"].clone(), json!(true)));
        app.stop().await;
    }
);

both_engines!(
    a_reply_waits_when_somebody_else_has_answered,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.routes(json!({"strategy": "manual"})).await;
        let (_, anna) = salon.hires_online("anna").await;
        let (_, boris) = salon.hires_online("boris").await;
        let (maria, first, talk) = Visitor::who_wrote(&app, &salon).await;
        let path = format!(
            "/api/v1/conversations/{}/messages",
            talk["id"].as_str().unwrap()
        );
        let says = |text: &str, known: Option<i64>| {
            let mut body = json!({"content_type": "text", "content": {"text": text}});
            if let Some(known) = known {
                body["if_last_seq"] = known.into();
            }
            body
        };
        let known = first["seq"].as_i64();
        anna.post(&path, &says("Анна", known)).await.expect(201);
        // The customer's own words and notes are no answer, and one's own answer is known to oneself.
        maria.writes("ещё").await;
        anna.post(&path, &says("Снова Анна", known))
            .await
            .expect(201);
        let mut note = says("заметка", known);
        note["private"] = json!(true);
        boris.post(&path, &note).await.expect(201);

        let held = says("Борис", known);
        let refused = boris.post_once(&path, "k", &held).await;
        refused.refused(409, "answered_meanwhile");
        let page = boris.get(&format!("{path}?after=0")).await.expect(200);
        assert!(!page.to_string().contains("Борис"));
        // Anyway, under the same key; and a repeat is the same message, whoever answered since.
        let sent = boris
            .post_once(&path, "k", &says("Борис", None))
            .await
            .expect(201);
        anna.post(&path, &says("Опять Анна", None))
            .await
            .expect(201);
        let again = boris
            .post_once(&path, "k", &says("Борис", None))
            .await
            .expect(201);
        assert_eq!(again["message"]["id"], sent["message"]["id"]);
        let newest = sent["message"]["seq"].as_i64().map(|seq| seq + 1);
        boris.post(&path, &says("Вижу", newest)).await.expect(201);
        boris
            .post(
                &path,
                &json!({"content_type": "text", "content": {"text": "x"}, "if_last_seq": "x"}),
            )
            .await
            .refused(422, "invalid");
        app.stop().await;
    }
);
