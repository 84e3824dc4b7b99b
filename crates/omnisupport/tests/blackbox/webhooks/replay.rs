//! Sending anew, the log, and the test.

use omni_simulators::receiver::Manner;
use omni_testkit::{TestDatabase, both_engines, eventually};
use serde_json::{Value, json};

use super::{
    are, at, deliveries, gets, is_signed, receiver, start, tells, visitor, widget, writes,
};

both_engines!(
    what_arrived_can_be_sent_once_more,
    |database: TestDatabase| async move {
        let app = start(database).await;
        let (salon, rival) = (app.salon().await, app.salon().await);
        let receiver = receiver().await;
        let webhook = tells(&salon, &receiver, json!(["message.new"])).await;
        let other = tells(&salon, &receiver, json!(["conversation.removed"])).await;
        let theirs = tells(&rival, &receiver, json!([])).await;
        let key = widget(&salon).await;
        let anna = visitor(&app, &key, "Анна").await;
        writes(&anna, "hello").await;
        let first = gets(&receiver, "hello").await;
        let delivery = are(&salon, &webhook, "delivered", 1).await.remove(0);
        let id = delivery["id"].as_str().unwrap();
        let below = format!("/deliveries/{id}/replay");
        let anew = salon
            .owner
            .post(&at(&webhook, &below), &Value::Null)
            .await
            .expect(200);
        assert_eq!(anew["state"], "pending");
        eventually("it once more", || async {
            let letters = receiver.letters();
            (letters.len() == 2).then(|| assert_eq!(letters[1].id, first.id))
        })
        .await;
        let again = are(&salon, &webhook, "delivered", 1).await.remove(0);
        assert_eq!(again["attempts"].as_array().unwrap().len(), 2);
        // Through another webhook, or from another company, there is no such delivery.
        for (who, whose) in [(&salon, &other), (&rival, &theirs), (&rival, &webhook)] {
            let answer = who.owner.post(&at(whose, &below), &Value::Null).await;
            answer.refused(404, "not_found");
        }
        app.stop().await;
    }
);

both_engines!(
    the_log_has_pages_and_filters,
    |database: TestDatabase| async move {
        let app = start(database).await;
        let salon = app.salon().await;
        let receiver = receiver().await;
        let webhook = tells(&salon, &receiver, json!(["message.new"])).await;
        let key = widget(&salon).await;
        let anna = visitor(&app, &key, "Анна").await;
        for n in 0..7 {
            writes(&anna, &format!("number {n}")).await;
        }
        are(&salon, &webhook, "delivered", 7).await;
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = at(&webhook, &format!("/deliveries?limit=3{cursor}"));
            let page = salon.owner.get(&path).await.expect(200);
            assert_eq!(
                (&page["total"], &page["total_is_exact"]),
                (&json!(7), &json!(true))
            );
            let items = page["items"].as_array().unwrap();
            seen.extend(items.iter().map(|it| it["event_seq"].as_i64().unwrap()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen.len(), 7);
        assert!(seen.is_sorted_by(|a, b| a > b), "{seen:?}");
        assert!(
            deliveries(&salon, &webhook, "&state=failed")
                .await
                .is_empty()
        );
        let bad = at(&webhook, "/deliveries?state=lost");
        assert!(matches!(salon.owner.get(&bad).await.status, 400 | 422));
        // What is older than thirty days is forgotten.
        app.database()
            .execute("UPDATE webhook_deliveries SET created_at = 1")
            .await;
        app.core().forget_old().await.unwrap();
        assert!(deliveries(&salon, &webhook, "").await.is_empty());
        app.stop().await;
    }
);

both_engines!(
    a_test_answers_what_came_back,
    |database: TestDatabase| async move {
        let app = start(database).await;
        let salon = app.salon().await;
        let receiver = receiver().await;
        let webhook = tells(&salon, &receiver, json!([])).await;
        let path = at(&webhook, "/test");
        let test = || salon.owner.post(&path, &Value::Null);
        let went = test().await.expect(200);
        assert_eq!((&went["ok"], &went["status"]), (&json!(true), &json!(200)));
        let letter = receiver.letters().remove(0);
        assert_eq!(letter.kind(), "webhook.test");
        assert!(is_signed(&letter, &webhook["secret"]));
        receiver.answers(Manner::Endless);
        assert_eq!(test().await.expect(200)["ok"], true);
        receiver.answers(Manner::Status(404));
        let went = test().await.expect(200);
        assert_eq!(
            (&went["ok"], &went["outcome"]),
            (&json!(false), &json!("refused"))
        );
        drop(receiver);
        let went = test().await.expect(200);
        assert_eq!(
            (&went["ok"], &went["status"]),
            (&json!(false), &Value::Null)
        );
        assert!(
            deliveries(&salon, &webhook, "").await.is_empty(),
            "tests are not logged"
        );
        app.stop().await;
    }
);
