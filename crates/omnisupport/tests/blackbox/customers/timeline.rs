//! All conversations of a customer.

use omni_testkit::{TestApp, TestDatabase, both_engines};
use serde_json::{Value, json};

use super::{at, card, id, items, says, writes};

both_engines!(
    a_customer_s_conversations_are_in_one_list,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon
            .routes(json!({"strategy": "manual", "visibility": "own"}))
            .await;
        let widget = salon.connects_widget().await;
        let (anna_id, anna) = salon.hires("anna", "operator").await;
        let (_, boris) = salon.hires("boris", "operator").await;
        let (guest, first) = writes(&app, &salon, &widget, "Мария").await;
        let assign = json!({"operator_id": anna_id});
        salon
            .owner
            .post(&at(&first, "/assign"), &assign)
            .await
            .expect(200);
        for _ in 0..2 {
            let open = &items(
                &salon
                    .owner
                    .get("/api/v1/conversations?status=open")
                    .await
                    .expect(200),
            )[0]
            .clone();
            let closed = json!({"status": "closed"});
            salon
                .owner
                .post(&at(open, "/status"), &closed)
                .await
                .expect(200);
            says(&guest, "Снова я").await.expect(201);
        }
        writes(&app, &salon, &widget, "Олег").await;

        let path = card(&first, "/timeline");
        let all = salon.owner.get(&path).await.expect(200);
        assert_eq!(all["total"], 3);
        let statuses: Vec<&Value> = items(&all).iter().map(|talk| &talk["status"]).collect();
        assert_eq!(statuses, ["open", "closed", "closed"]);
        assert_eq!(id(&items(&all)[2]), id(&first));
        assert_eq!(items(&all)[2]["assigned_to"], json!(anna_id));
        assert_eq!(items(&all)[2]["last_message"]["preview"], "Здравствуйте!");

        let page = salon
            .owner
            .get(&format!("{path}?limit=2"))
            .await
            .expect(200);
        let cursor = page["next_cursor"].as_str().expect("a cursor");
        let rest = format!("{path}?limit=2&cursor={cursor}");
        let rest = salon.owner.get(&rest).await.expect(200);
        assert_eq!((items(&page).len(), items(&rest).len()), (2, 1));
        assert_eq!(id(&items(&rest)[0]), id(&first));

        // Each sees what is his and what waits.
        assert_eq!(anna.get(&path).await.expect(200)["total"], 3);
        let seen = boris.get(&path).await.expect(200);
        assert_eq!((&seen["total"], items(&seen).len()), (&json!(2), 2));
        assert!(items(&seen).iter().all(|talk| id(talk) != id(&first)));
        app.stop().await;
    }
);
