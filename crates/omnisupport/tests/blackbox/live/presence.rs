//! Operators who leave, and who answers then (F58).

use super::*;
use omni_testkit::{both_engines, eventually};
use omni_workers::Intervals;
use uuid::Uuid;

async fn app(database: TestDatabase) -> TestApp {
    app_asking_every(LiveOptions::default().heartbeat, database).await
}

/// An installation that asks silent sockets for a sign of life this often.
async fn app_asking_every(heartbeat: Duration, database: TestDatabase) -> TestApp {
    let asked = StartOptions {
        live: LiveOptions {
            heartbeat,
            away_after: millis(600),
            ..LiveOptions::default()
        },
        intervals: Intervals {
            upkeep: millis(200),
            ..Intervals::default()
        },
        ..StartOptions::default()
    };
    TestApp::start_as(database, &[], asked).await
}

async fn status_of(salon: &Salon, operator: Uuid) -> Value {
    let list = salon.owner.get("/api/v1/operators").await.expect(200);
    let items = list["items"].as_array().unwrap();
    items
        .iter()
        .find(|item| item["id"] == json!(operator))
        .unwrap()["status"]
        .clone()
}

async fn conversation(salon: &Salon, conversation: &Value) -> Value {
    salon
        .owner
        .get(&format!("/api/v1/conversations/{}", id(conversation)))
        .await
        .expect(200)
}

both_engines!(
    who_leaves_is_away_and_his_customers_are_answered,
    |database: TestDatabase| async move {
        let app = app(database).await;
        let salon = app.salon().await;
        salon.routes(json!({"requeue_after_seconds": 1})).await;
        let (anna_id, anna) = salon.hires_online("anna").await;
        let widget = salon.connects_widget().await;
        let mut watching = salon.socket(salon.owner_id, &salon.owner, None).await;
        watching.expect("operator.connected").await;
        let mut annas = salon.socket(anna_id, &anna, None).await;
        annas.expect("operator.connected").await;
        let mut second_tab = salon.socket(anna_id, &anna, None).await;
        second_tab.expect("operator.connected").await;

        Visitor::arrives(&app, &widget, "Мария")
            .await
            .writes("помогите")
            .await;
        let hers = eventually("an assignment", || async {
            let found = salon.conversation_with("Мария").await;
            (found["assigned_to"] == json!(anna_id)).then_some(found)
        })
        .await;
        drop(annas);
        tokio::time::sleep(millis(1_200)).await;
        assert_eq!(
            status_of(&salon, anna_id).await,
            "online",
            "one tab is still open"
        );
        drop(second_tab);

        let told = loop {
            let frame = watching.expect("operator.status").await;
            if frame["status"] == "away" {
                break frame;
            }
        };
        assert_eq!(told["operator_id"], json!(anna_id));
        assert_eq!(status_of(&salon, anna_id).await, "away");
        let waiting = eventually("a place in the queue", || async {
            let now = conversation(&salon, &hers).await;
            now["assigned_to"].is_null().then_some(now)
        })
        .await;
        assert_eq!(
            waiting["assigned_reason"],
            json!({"rule": "operator_left", "operator": anna_id})
        );
        watching.expect("conversation.queued").await;

        let (boris_id, _) = salon.hires_online("boris").await;
        eventually("an answerer", || async {
            (conversation(&salon, &hers).await["assigned_to"] == json!(boris_id)).then_some(())
        })
        .await;
        app.stop().await;
    }
);

both_engines!(
    who_vanishes_without_a_word_is_relieved,
    |database: TestDatabase| async move {
        let app = app_asking_every(millis(500), database).await;
        let salon = app.salon().await;
        salon.routes(json!({"requeue_after_seconds": 1})).await;
        let (boris_id, boris) = salon.hires("boris", "operator").await;
        let mut boriss = salon.socket(boris_id, &boris, None).await;
        boriss.expect("operator.connected").await;
        // He looks at his screen all the time.
        let relief = tokio::spawn(async move {
            while boriss.expect("conversation.assigned").await["operator_id"] != json!(boris_id) {}
            boriss.expect("message.new").await
        });
        let (anna_id, anna) = salon.hires_online("anna").await;
        let mut annas = salon.socket(anna_id, &anna, None).await;
        annas.expect("operator.connected").await;
        let assigned = tokio::spawn(async move {
            annas.expect("conversation.assigned").await;
            annas
        });
        let maria = Visitor::of(&app, &salon, "Мария").await;
        maria.writes("помогите").await;
        let mut annas = assigned.await.unwrap();
        let hers = salon.conversation_with("Мария").await;
        assert_eq!(hers["assigned_to"], json!(anna_id));

        // From here on her connection is open, and nobody is at its other end.
        let path = format!("/api/v1/operators/{boris_id}/status");
        boris
            .put(&path, &json!({"status": "online"}))
            .await
            .expect(200);
        eventually("anna away", || async {
            (status_of(&salon, anna_id).await == "away").then_some(())
        })
        .await;
        eventually("an answerer", || async {
            (conversation(&salon, &hers).await["assigned_to"] == json!(boris_id)).then_some(())
        })
        .await;
        maria.writes("вы здесь?").await;
        assert_eq!(texts(&[relief.await.unwrap()]), ["вы здесь?"]);
        assert_eq!(annas.closed().await, 1006);
        app.stop().await;
    }
);

both_engines!(
    a_break_is_not_leaving,
    |database: TestDatabase| async move {
        let app = app(database).await;
        let salon = app.salon().await;
        salon.routes(json!({"requeue_after_seconds": 1})).await;
        let (anna_id, anna) = salon.hires_online("anna").await;
        let widget = salon.connects_widget().await;
        let mut annas = salon.socket(anna_id, &anna, None).await;
        annas.expect("operator.connected").await;
        Visitor::arrives(&app, &widget, "Мария")
            .await
            .writes("помогите")
            .await;
        let hers = annas.expect("conversation.assigned").await["conversation"].clone();

        annas
            .say(&json!({"type": "operator.status", "status": "away"}))
            .await;
        let told = annas.expect("operator.status").await;
        assert_eq!(
            (&told["operator_id"], &told["status"]),
            (&json!(anna_id), &json!("away"))
        );
        assert!(annas.is_silent_for(millis(3_000)).await);
        assert_eq!(
            conversation(&salon, &hers).await["assigned_to"],
            json!(anna_id)
        );

        // Going home is leaving, even with the tab open.
        annas
            .say(&json!({"type": "operator.status", "status": "offline"}))
            .await;
        eventually("a place in the queue", || async {
            conversation(&salon, &hers).await["assigned_to"]
                .is_null()
                .then_some(())
        })
        .await;
        app.stop().await;
    }
);

both_engines!(
    who_never_came_did_not_leave,
    |database: TestDatabase| async move {
        let app = app(database).await;
        let salon = app.salon().await;
        let (anna_id, _) = salon.hires_online("anna").await;
        let (boris_id, boris) = salon.hires_online("boris").await;
        let mut boriss = salon.socket(boris_id, &boris, None).await;
        boriss.expect("operator.connected").await;
        // Long enough for his being here to be written.
        tokio::time::sleep(millis(500)).await;
        // A crash takes the sockets along; he does not come back.
        let app = app.restart().await;
        eventually("boris away", || async {
            (status_of(&salon, boris_id).await == "away").then_some(())
        })
        .await;
        assert_eq!(
            status_of(&salon, anna_id).await,
            "online",
            "a program without a socket"
        );
        app.stop().await;
    }
);

both_engines!(
    coming_back_in_time_changes_nothing,
    |database: TestDatabase| async move {
        let app = app(database).await;
        let salon = app.salon().await;
        let (anna_id, anna) = salon.hires_online("anna").await;
        for _ in 0..4 {
            let mut socket = salon.socket(anna_id, &anna, None).await;
            socket.expect("operator.connected").await;
            drop(socket);
            tokio::time::sleep(millis(300)).await;
        }
        let mut socket = salon.socket(anna_id, &anna, None).await;
        socket.expect("operator.connected").await;
        assert!(socket.is_silent_for(millis(1_500)).await);
        assert_eq!(status_of(&salon, anna_id).await, "online");
        app.stop().await;
    }
);
