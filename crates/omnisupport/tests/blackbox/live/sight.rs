//! Who sees what, live and when he comes back (S6, S15).

use super::*;
use omni_testkit::both_engines;
use uuid::Uuid;

/// A salon whose operators, Anna and Boris, each see their own conversations and the queue.
async fn each_sees_his_own(database: TestDatabase) -> (TestApp, Salon, [(Uuid, Api); 2]) {
    let app = TestApp::start(database).await;
    let salon = app.salon().await;
    salon
        .routes(json!({"strategy": "manual", "visibility": "own"}))
        .await;
    let operators = [
        salon.hires_online("anna").await,
        salon.hires_online("boris").await,
    ];
    (app, salon, operators)
}

both_engines!(
    operators_see_their_own_and_the_queue,
    |database: TestDatabase| async move {
        let (app, salon, [(anna_id, anna), (boris_id, boris)]) = each_sees_his_own(database).await;
        let visitor = Visitor::of(&app, &salon, "Мария").await;
        let mut annas = salon.socket(anna_id, &anna, None).await;
        let mut boriss = salon.socket(boris_id, &boris, None).await;
        let start = annas.expect("operator.connected").await["seq"].as_i64();
        boriss.expect("operator.connected").await;

        visitor.writes("в очереди").await;
        annas.expect("message.new").await;
        boriss.expect("message.new").await;
        let conversation = salon.conversation_with("Мария").await;

        // Losing sight.
        assigns(&salon.owner, &conversation, json!(boris_id)).await;
        let removed = annas.expect("conversation.removed").await;
        assert_eq!(removed["conversation_id"], conversation["id"]);
        assert!(removed["seq"].is_i64());
        boriss.expect("conversation.assigned").await;

        // What goes on without her leaves only its number.
        visitor.writes("тайна").await;
        assert_eq!(texts(&[boriss.expect("message.new").await]), ["тайна"]);
        let next = annas.next().await.unwrap();
        assert_eq!(next["type"], "sync");
        assert_eq!(next["seq"], head(&salon).await);

        // Coming back, she is told what she may see now.
        let mut again = salon.socket(anna_id, &anna, start).await;
        again.expect("operator.connected").await;
        let replayed = frames_up_to(&mut again, head(&salon).await).await;
        assert_eq!(kinds(&replayed), ["conversation.removed", "sync"]);
        assert!(!serde_json::to_string(&replayed).unwrap().contains("тайна"));

        // Gaining sight.
        assigns(&salon.owner, &conversation, json!(anna_id)).await;
        let gained = annas.expect("conversation.updated").await;
        assert_eq!(gained["conversation"]["id"], conversation["id"]);
        let assigned = annas.expect("conversation.assigned").await;
        assert_eq!(assigned["operator_id"], json!(anna_id));
        assert_eq!(assigned["conversation_id"], conversation["id"]);
        boriss.expect("conversation.removed").await;
        visitor.writes("теперь её").await;
        assert_eq!(texts(&[annas.expect("message.new").await]), ["теперь её"]);

        // The owner sees everything, and so does everybody once the rule says so.
        salon
            .routes(json!({"strategy": "manual", "visibility": "all"}))
            .await;
        boriss.expect("resync").await;
        visitor.writes("для всех").await;
        assert_eq!(texts(&[boriss.expect("message.new").await]), ["для всех"]);
        app.stop().await;
    }
);

both_engines!(
    another_company_sees_nothing,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let (salon, stranger) = (app.salon().await, app.salon().await);
        let visitor = Visitor::of(&app, &salon, "Мария").await;
        let mut theirs = stranger
            .socket(stranger.owner_id, &stranger.owner, Some(0))
            .await;
        theirs.expect("operator.connected").await;
        let mut ours = salon.socket(salon.owner_id, &salon.owner, None).await;
        ours.expect("operator.connected").await;
        visitor.writes("секрет").await;
        ours.expect("message.new").await;
        assert!(
            theirs.is_silent_for(millis(3_500)).await,
            "not even a number"
        );
        app.stop().await;
    }
);

both_engines!(
    typing_is_told_to_those_who_may_see,
    |database: TestDatabase| async move {
        let (app, salon, [(anna_id, anna), (boris_id, boris)]) = each_sees_his_own(database).await;
        let widget = salon.connects_widget().await;
        let visitor = Visitor::arrives(&app, &widget, "Мария").await;
        let other = Visitor::arrives(&app, &widget, "Другая").await;
        let first = visitor.writes("привет").await;
        let others = other.writes("и я").await;
        let conversation = salon.conversation_with("Мария").await;
        assigns(&salon.owner, &conversation, json!(boris_id)).await;

        let mut annas = salon.socket(anna_id, &anna, None).await;
        annas.expect("operator.connected").await;
        let mut boriss = salon.socket(boris_id, &boris, None).await;
        boriss.expect("operator.connected").await;
        let mut page = visitor.connects(Some(&first)).await;
        page.expect("message.updated").await;
        let mut others_page = other.connects(Some(&others)).await;
        others_page.expect("message.updated").await;

        page.say(&json!({"type": "widget.typing", "is_typing": true}))
            .await;
        let typing = boriss.expect("customer.typing").await;
        assert_eq!(typing["conversation_id"], conversation["id"]);
        assert_eq!(typing["is_typing"], true);
        assert!(typing["seq"].is_null());

        let typing = json!({
            "type": "operator.typing", "conversation_id": conversation["id"], "is_typing": true,
        });
        boriss.say(&typing).await;
        assert_eq!(
            page.expect("operator.typing").await,
            json!({"type": "operator.typing", "is_typing": true})
        );
        // She does not see it, so she cannot type into it either; the socket goes on.
        annas.say(&typing).await;
        annas.say(&json!({"type": "ping"})).await;
        loop {
            let frame = annas.next().await.unwrap();
            assert_ne!(frame["type"], "customer.typing");
            if frame["type"] == "pong" {
                break;
            }
        }
        assert!(page.is_silent_for(millis(300)).await);
        assert!(others_page.is_silent_for(millis(300)).await);
        app.stop().await;
    }
);
