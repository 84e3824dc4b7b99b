//! Who works on what.

use std::collections::BTreeSet;

use omni_testkit::{TestApp, TestDatabase, both_engines, seqs};
use serde_json::json;

use super::{at, conversation, id, text, thread, widget};

both_engines!(
    of_two_who_take_at_once_one_has_it,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.routes(json!({"strategy": "manual"})).await;
        let (_, key) = widget(&salon).await;
        let (anna_id, anna) = salon.hires("anna", "operator").await;
        let (boris_id, boris) = salon.hires("boris", "operator").await;
        for round in 0..5 {
            let (_, waiting) = conversation(&app, &salon, &key, &format!("Гость {round}")).await;
            let path = at(&waiting, "/assign");
            let (to_anna, to_boris) = (
                json!({"operator_id": anna_id}),
                json!({"operator_id": boris_id}),
            );
            let (one, other) =
                tokio::join!(anna.post(&path, &to_anna), boris.post(&path, &to_boris));
            let winner = if one.status == 200 { anna_id } else { boris_id };
            let mut statuses = [one.status, other.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 409]);
            let now = salon.owner.get(&at(&waiting, "")).await.expect(200);
            assert_eq!(now["assigned_to"], winner.to_string());
            assert_eq!(now["assigned_reason"], json!({"rule": "taken"}));
        }
        app.stop().await;
    }
);

both_engines!(
    two_who_reply_and_close_at_once_agree,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.routes(json!({"strategy": "manual"})).await;
        let (_, key) = widget(&salon).await;
        let (_, theirs) = conversation(&app, &salon, &key, "Мария").await;
        let (anna_id, anna) = salon.hires("anna", "operator").await;
        let (boris_id, boris) = salon.hires("boris", "operator").await;
        let mut annas = salon.socket(anna_id, &anna, None).await;
        let mut boriss = salon.socket(boris_id, &boris, None).await;
        let start = annas.expect("operator.connected").await["seq"].clone();
        assert_eq!(boriss.expect("operator.connected").await["seq"], start);

        let (messages, status) = (at(&theirs, "/messages"), at(&theirs, "/status"));
        let mut written = BTreeSet::new();
        for round in 0..10 {
            let open = json!({"status": "open"});
            salon.owner.post(&status, &open).await.expect(200);
            let ending = ["resolved", "closed"][round % 2];
            let end = json!({"status": ending});
            let (from_anna, from_boris) = (text("Анна"), text("Борис"));
            let (one, other, ended) = tokio::join!(
                anna.post(&messages, &from_anna),
                boris.post(&messages, &from_boris),
                salon.owner.post(&status, &end),
            );
            ended.expect(200);
            for reply in [one, other] {
                if ending == "closed" && reply.status == 409 {
                    // It came too late.
                    reply.refused(409, "conflict");
                } else {
                    written.insert(id(&reply.expect(201)["message"]).to_owned());
                }
            }
        }

        // Both were told the same, in the same order, and that is how it is stored.
        let mut owners = salon.socket(salon.owner_id, &salon.owner, None).await;
        let connected = owners.expect("operator.connected").await;
        let head = connected["seq"].as_i64().unwrap();
        let mut told = annas.up_to(head).await;
        told.retain(|frame| frame["type"] != "sync");
        let mut told_boris = boriss.up_to(head).await;
        told_boris.retain(|frame| frame["type"] != "sync");
        assert_eq!(told, told_boris);
        let first = start.as_i64().unwrap() + 1;
        assert_eq!(seqs(&told), (first..=head).collect::<Vec<_>>());

        let stored = thread(&salon.owner, &theirs).await;
        let numbers: Vec<_> = stored.iter().map(|it| it["seq"].as_u64()).collect();
        let expected: Vec<_> = (1..=stored.len() as u64).map(Some).collect();
        assert_eq!(numbers, expected);
        let replies: Vec<_> = stored.iter().skip(1).map(id).collect();
        let new: Vec<_> = told
            .iter()
            .filter(|frame| frame["type"] == "message.new")
            .map(|frame| id(&frame["message"]))
            .collect();
        assert_eq!(new, replies);
        assert_eq!(
            replies
                .iter()
                .map(|id| (*id).to_owned())
                .collect::<BTreeSet<_>>(),
            written
        );

        let now = salon.owner.get(&at(&theirs, "")).await.expect(200);
        let last = told
            .iter()
            .rfind(|frame| frame["type"] == "conversation.updated");
        assert_eq!(last.unwrap()["conversation"]["status"], now["status"]);
        app.stop().await;
    }
);

both_engines!(
    giving_to_others_takes_more_than_taking,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.routes(json!({"strategy": "manual"})).await;
        let (_, key) = widget(&salon).await;
        let (_, waiting) = conversation(&app, &salon, &key, "Мария").await;
        let (anna_id, anna) = salon.hires("anna", "operator").await;
        let (boris_id, boris) = salon.hires("boris", "operator").await;
        let (vera_id, vera) = salon.hires("vera", "viewer").await;
        let path = at(&waiting, "/assign");

        vera.post(&path, &json!({"operator_id": vera_id}))
            .await
            .refused(403, "forbidden");
        anna.post(&path, &json!({"operator_id": boris_id}))
            .await
            .refused(403, "forbidden");
        anna.post(&path, &json!({"operator_id": null}))
            .await
            .refused(403, "forbidden");
        anna.post(&path, &json!({})).await.refused(422, "invalid");
        salon
            .owner
            .post(&path, &json!({"operator_id": vera_id}))
            .await
            .refused(422, "invalid");
        let stranger = app.salon().await;
        let foreign = json!({"operator_id": stranger.owner_id});
        salon
            .owner
            .post(&path, &foreign)
            .await
            .refused(404, "not_found");
        stranger
            .owner
            .post(&path, &json!({"operator_id": null}))
            .await
            .refused(404, "not_found");
        assert!(salon.owner.get(&at(&waiting, "")).await.expect(200)["assigned_to"].is_null());

        let given = salon
            .owner
            .post(&path, &json!({"operator_id": anna_id}))
            .await
            .expect(200);
        let reason = &given["conversation"]["assigned_reason"];
        assert_eq!(*reason, json!({"rule": "manual", "by": salon.owner_id}));
        // Again changes nothing; another's is not for the taking.
        anna.post(&path, &json!({"operator_id": anna_id}))
            .await
            .expect(200);
        boris
            .post(&path, &json!({"operator_id": boris_id}))
            .await
            .refused(409, "conflict");

        let back = salon
            .owner
            .post(&path, &json!({"operator_id": null}))
            .await
            .expect(200);
        assert!(back["conversation"]["assigned_to"].is_null());
        assert_eq!(
            back["conversation"]["assigned_reason"]["rule"],
            "unassigned"
        );
        let queue = boris
            .get("/api/v1/conversations?assigned_to=unassigned")
            .await
            .expect(200);
        assert_eq!(
            (&queue["total"], id(&queue["items"][0])),
            (&json!(1), id(&waiting))
        );
        app.stop().await;
    }
);
