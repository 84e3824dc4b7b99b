//! Programs that fail, are slow, or are gone.

use omni_simulators::receiver::Manner;
use omni_testkit::{TestDatabase, both_engines, eventually};
use serde_json::{Value, json};

use super::{
    are, at, deliveries, gets, receiver, start, tells, texts, time_passes, visitor, widget, writes,
};

both_engines!(
    what_failed_comes_again_under_the_same_id_and_holds_up_nothing,
    |database: TestDatabase| async move {
        let app = start(database).await;
        let salon = app.salon().await;
        let receiver = receiver().await;
        let webhook = tells(&salon, &receiver, json!(["message.new"])).await;
        receiver.answers_to("first", Manner::Status(500));
        let key = widget(&salon).await;
        let anna = visitor(&app, &key, "Анна").await;
        for words in ["the first", "the second", "the third"] {
            writes(&anna, words).await;
        }
        gets(&receiver, "the third").await;
        assert_eq!(
            texts(&receiver.letters()),
            ["the first", "the second", "the third"]
        );
        are(&salon, &webhook, "delivered", 2).await;
        let waiting = are(&salon, &webhook, "pending", 1).await.remove(0);
        assert_eq!(waiting["attempts"][0]["outcome"], "refused");
        assert_eq!(waiting["attempts"][0]["status"], 500);
        assert!(waiting["retry_at"].is_string());
        let failing = salon.owner.get(&at(&webhook, "")).await.expect(200);
        assert_eq!(failing["enabled"], true);
        receiver.answers(Manner::Status(204));
        time_passes(&app).await;
        are(&salon, &webhook, "delivered", 3).await;
        let letters = receiver.letters();
        assert_eq!(letters.len(), 4);
        assert_eq!(letters[3].id, letters[0].id);
        assert_eq!(letters[3].id, waiting["message_id"].as_str().unwrap());
        let well = salon.owner.get(&at(&webhook, "")).await.expect(200);
        assert_eq!(well["failing_since"], Value::Null);
        app.stop().await;
    }
);

both_engines!(
    a_program_that_never_takes_anything_is_switched_off_and_can_be_sent_what_it_missed,
    |database: TestDatabase| async move {
        let app = start(database).await;
        let salon = app.salon().await;
        let receiver = receiver().await;
        let webhook = tells(&salon, &receiver, json!(["message.new"])).await;
        receiver.answers(Manner::Status(503));
        let key = widget(&salon).await;
        let anna = visitor(&app, &key, "Анна").await;
        writes(&anna, "number 1").await;
        for attempt in 1..10 {
            let tried = format!("attempt {attempt}");
            eventually(&tried, || async {
                let all = deliveries(&salon, &webhook, "&state=pending").await;
                let tries = all.first()?["attempts"].as_array()?.len();
                (tries == attempt && all[0]["retry_at"].is_string()).then_some(())
            })
            .await;
            time_passes(&app).await;
        }
        let failed = are(&salon, &webhook, "failed", 1).await.remove(0);
        assert_eq!(failed["attempts"].as_array().unwrap().len(), 10);
        let off = salon.owner.get(&at(&webhook, "")).await.expect(200);
        assert_eq!(
            (&off["enabled"], &off["disabled_reason"]),
            (&json!(false), &json!("failing"))
        );
        let audit = salon.owner.get("/api/v1/audit").await.expect(200);
        let line = &audit["items"][0];
        assert_eq!(
            (&line["action"], &line["actor_id"]),
            (&json!("webhook.disabled"), &Value::Null)
        );
        assert_eq!(line["target_id"], webhook["id"]);
        writes(&anna, "number 2").await;
        writes(&anna, "number 3").await;
        are(&salon, &webhook, "skipped", 2).await;
        // Mended: what it missed is sent anew, in order.
        let range = json!({"from": "2020-01-01T00:00:00Z"});
        let replay = at(&webhook, "/replay");
        salon
            .owner
            .post(&replay, &range)
            .await
            .refused(409, "webhook_off");
        receiver.answers(Manner::Status(200));
        let on = json!({"enabled": true});
        salon.owner.patch(&at(&webhook, ""), &on).await.expect(200);
        let replayed = salon.owner.post(&replay, &range).await.expect(200);
        assert_eq!(replayed, json!({"replayed": 3, "more": false}));
        are(&salon, &webhook, "delivered", 3).await;
        let letters = receiver.letters();
        assert_eq!(texts(&letters[10..]), ["number 1", "number 2", "number 3"]);
        assert_eq!(letters[10].id, letters[0].id);
        app.stop().await;
    }
);

both_engines!(
    one_event_that_it_does_not_take_does_not_switch_a_program_off,
    |database: TestDatabase| async move {
        let app = start(database).await;
        let salon = app.salon().await;
        let receiver = receiver().await;
        let webhook = tells(&salon, &receiver, json!(["message.new"])).await;
        receiver.answers_to("poison", Manner::Status(400));
        let key = widget(&salon).await;
        let anna = visitor(&app, &key, "Анна").await;
        writes(&anna, "poison").await;
        writes(&anna, "food").await;
        are(&salon, &webhook, "delivered", 1).await;
        app.database()
            .execute("UPDATE webhook_deliveries SET tries = 9 WHERE state = 'pending'")
            .await;
        time_passes(&app).await;
        are(&salon, &webhook, "failed", 1).await;
        let still = salon.owner.get(&at(&webhook, "")).await.expect(200);
        assert_eq!(still["enabled"], true);
        // Five days of nothing but failures are too many, whichever events they were.
        app.database()
            .execute("UPDATE webhooks SET failing_since = 1 WHERE failing_since IS NOT NULL")
            .await;
        writes(&anna, "more poison").await;
        let off = eventually("it to be switched off", || async {
            let webhook = salon.owner.get(&at(&webhook, "")).await.expect(200);
            (webhook["enabled"] == false).then_some(webhook)
        })
        .await;
        assert_eq!(off["disabled_reason"], "failing");
        app.stop().await;
    }
);

both_engines!(
    gone_is_gone_and_nobody_is_sent_elsewhere,
    |database: TestDatabase| async move {
        let app = start(database).await;
        let salon = app.salon().await;
        let (gone, moved, canary) = (receiver().await, receiver().await, receiver().await);
        gone.answers(Manner::Status(410));
        moved.answers(Manner::Elsewhere(307, canary.url()));
        let types = json!(["message.new"]);
        let dead = tells(&salon, &gone, types.clone()).await;
        let strayed = tells(&salon, &moved, types).await;
        let key = widget(&salon).await;
        let anna = visitor(&app, &key, "Анна").await;
        writes(&anna, "hello").await;
        are(&salon, &dead, "failed", 1).await;
        let off = salon.owner.get(&at(&dead, "")).await.expect(200);
        assert_eq!(off["disabled_reason"], "gone");
        let waiting = eventually("the attempt", || async {
            let all = deliveries(&salon, &strayed, "").await;
            all.into_iter().find(|it| it["retry_at"].is_string())
        })
        .await;
        assert_eq!(waiting["attempts"][0]["outcome"], "redirect");
        assert_eq!(waiting["attempts"][0]["status"], 307);
        assert!(canary.letters().is_empty());
        app.stop().await;
    }
);

both_engines!(
    a_silent_program_holds_up_nobody_else,
    |database: TestDatabase| async move {
        let app = start(database).await;
        let (salon, rival) = (app.salon().await, app.salon().await);
        let (silent, quick, theirs) = (receiver().await, receiver().await, receiver().await);
        silent.answers(Manner::Silent);
        let types = json!(["message.new"]);
        tells(&salon, &silent, types.clone()).await;
        let swift = tells(&salon, &quick, types.clone()).await;
        let other = tells(&rival, &theirs, types).await;
        let (key, their_key) = (widget(&salon).await, widget(&rival).await);
        // More conversations than the silent one has lanes.
        for n in 0..12 {
            let guest = visitor(&app, &key, &format!("Guest {n}")).await;
            writes(&guest, &format!("one of {n}")).await;
            writes(&guest, &format!("two of {n}")).await;
        }
        let guest = visitor(&app, &their_key, "Guest").await;
        writes(&guest, "hello").await;
        are(&salon, &swift, "delivered", 24).await;
        are(&rival, &other, "delivered", 1).await;
        let held = silent.letters().len();
        assert!((1..=4).contains(&held), "{held} calls at once");
        // Not stopped: a graceful end would wait for the silent one.
        drop(app);
    }
);

both_engines!(
    who_asks_to_be_left_alone_is,
    |database: TestDatabase| async move {
        let app = start(database).await;
        let salon = app.salon().await;
        let receiver = receiver().await;
        receiver.answers(Manner::Later(429, 7_200));
        let webhook = tells(&salon, &receiver, json!(["message.new"])).await;
        let key = widget(&salon).await;
        writes(&visitor(&app, &key, "Анна").await, "hello").await;
        eventually("the attempt", || async {
            let all = deliveries(&salon, &webhook, "").await;
            all.into_iter().find(|it| it["retry_at"].is_string())
        })
        .await;
        let late = "SELECT COUNT(*) FROM webhook_deliveries WHERE retry_at >= created_at + 7200000";
        assert_eq!(omni_testkit::number(&app.database().url, late).await, 1);
        app.stop().await;
    }
);
