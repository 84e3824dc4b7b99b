//! One act on many conversations.

use omni_testkit::{TestApp, TestDatabase, both_engines};
use serde_json::{Value, json};

use super::{at, conversation, id, widget};

const PATH: &str = "/api/v1/conversations/bulk";

/// What became of each: its id with `done` or the code of its refusal.
fn told(answer: &Value) -> Vec<(String, String)> {
    let results = answer["results"].as_array().expect("a list");
    let one = |result: &Value| {
        let code = result["error"]["code"].as_str().unwrap_or_else(|| {
            assert_eq!(result["conversation"]["id"], result["id"]);
            "done"
        });
        (id(result).to_owned(), code.to_owned())
    };
    results.iter().map(one).collect()
}

both_engines!(
    many_are_done_and_one_that_cannot_be_stops_nobody,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, key) = widget(&salon).await;
        salon.routes(json!({"strategy": "manual"})).await;
        let (_, one) = conversation(&app, &salon, &key, "Мария").await;
        let (_, two) = conversation(&app, &salon, &key, "Пётр").await;
        let theirs = app.salon().await;
        let (_, their_key) = widget(&theirs).await;
        let (_, foreign) = conversation(&app, &theirs, &their_key, "Чужой").await;
        let ids = json!([id(&one), id(&foreign), id(&two), id(&one)]);
        let expected = [
            (id(&one).to_owned(), "done".to_owned()),
            (id(&foreign).to_owned(), "not_found".to_owned()),
            (id(&two).to_owned(), "done".to_owned()),
        ];
        salon
            .owner
            .patch(&at(&one, ""), &json!({"tags": ["old", "kept"]}))
            .await
            .expect(200);
        for act in [
            json!({"tags": {"add": ["vip"], "remove": ["old"]}}),
            json!({"priority": "high"}),
            json!({"read": true}),
            json!({"assign": {"operator_id": salon.owner_id}}),
            json!({"status": {"status": "resolved"}}),
        ] {
            let mut body = json!({"ids": ids});
            let act = act.as_object().unwrap().clone();
            body.as_object_mut().unwrap().extend(act);
            let done = salon.owner.post(PATH, &body).await.expect(200);
            assert_eq!(told(&done), expected, "{body}");
        }
        let now = salon.owner.get(&at(&one, "")).await.expect(200);
        assert_eq!(now["tags"], json!(["kept", "vip"]));
        assert_eq!(
            (&now["priority"], &now["status"], &now["unread_count"]),
            (&json!("high"), &json!("resolved"), &json!(0))
        );
        assert_eq!(now["assigned_to"], json!(salon.owner_id));
        let untouched = theirs.owner.get(&at(&foreign, "")).await.expect(200);
        assert_eq!(
            (&untouched["status"], &untouched["tags"]),
            (&json!("open"), &json!([]))
        );
        app.stop().await;
    }
);

both_engines!(
    rights_and_limits_are_those_of_the_single_act,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, key) = widget(&salon).await;
        salon.routes(json!({"strategy": "manual"})).await;
        let (anna_id, anna) = salon.hires("anna", "operator").await;
        let (boris_id, _) = salon.hires("boris", "operator").await;
        let (_, one) = conversation(&app, &salon, &key, "Мария").await;
        let (_, two) = conversation(&app, &salon, &key, "Пётр").await;
        let to_boris = json!({"operator_id": boris_id});
        salon
            .owner
            .post(&at(&two, "/assign"), &to_boris)
            .await
            .expect(200);
        let ids = json!([id(&one), id(&two)]);

        // She may take what waits, not what a colleague has, and gives nothing to others.
        let mine = json!({"ids": ids, "assign": {"operator_id": anna_id}});
        let done = told(&anna.post(PATH, &mine).await.expect(200));
        assert_eq!([&done[0].1, &done[1].1], ["done", "conflict"]);
        let others = json!({"ids": ids, "assign": to_boris});
        let done = told(&anna.post(PATH, &others).await.expect(200));
        assert_eq!([&done[0].1, &done[1].1], ["forbidden", "forbidden"]);

        // One that is full of tags refuses another; the other one takes it.
        let full: Vec<String> = (0..50).map(|n| n.to_string()).collect();
        salon
            .owner
            .patch(&at(&one, ""), &json!({"tags": full}))
            .await
            .expect(200);
        let more = json!({"ids": ids, "tags": {"add": ["one more"]}});
        let done = told(&anna.post(PATH, &more).await.expect(200));
        assert_eq!([&done[0].1, &done[1].1], ["invalid", "done"]);

        let many: Vec<&str> = std::iter::repeat_n(id(&one), 101).collect();
        for wrong in [
            json!({"ids": [], "read": true}),
            json!({"ids": many, "read": true}),
            json!({"ids": ["x"], "read": true}),
            json!({"ids": ids}),
            json!({"ids": ids, "read": true, "priority": "low"}),
            json!({"ids": ids, "tags": {}}),
            json!({"ids": ids, "tags": {"add": ["x".repeat(65)]}}),
            json!({"ids": ids, "status": {"status": "open", "snooze_until": "2030-01-01T00:00:00Z"}}),
            json!({"ids": ids, "assign": {}}),
            json!({"ids": ids, "delete": true}),
        ] {
            anna.post(PATH, &wrong).await.refused(422, "invalid");
        }
        let (_, vera) = salon.hires("vera", "viewer").await;
        let read = json!({"ids": ids, "read": true});
        vera.post(PATH, &read).await.refused(403, "forbidden");
        vera.post(PATH, &json!({})).await.refused(403, "forbidden");
        app.stop().await;
    }
);
