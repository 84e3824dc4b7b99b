//! Who sees what, live and when he comes back (S6, S15).

use super::*;
use omni_testkit::{both_engines, eventually};
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
        replies(&boris, &conversation, "тайный ответ").await;
        let page = visitor.connects(None).await;
        let updated = boriss.expect("message.updated").await;
        assert_eq!(texts(&[updated]), ["тайный ответ"]);
        drop(page);

        // Coming back, she is told what she may see now.
        let mut again = salon.socket(anna_id, &anna, start).await;
        again.expect("operator.connected").await;
        let replayed = again.up_to(head(&salon).await).await;
        assert_eq!(kinds(&replayed), ["conversation.removed", "sync"]);
        assert!(!serde_json::to_string(&replayed).unwrap().contains("тайн"));

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
    what_is_fleeting_stays_in_its_company,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let (salon, stranger) = (app.salon().await, app.salon().await);
        let (anna_id, anna) = salon.hires("anna", "operator").await;
        let (guest, _, conversation) = Visitor::who_wrote(&app, &stranger).await;
        let mut page = guest.connects(None).await;
        page.until_pong().await;
        let mut theirs = stranger
            .socket(stranger.owner_id, &stranger.owner, None)
            .await;
        theirs.expect("operator.connected").await;
        let (visitor, _, _) = Visitor::who_wrote(&app, &salon).await;
        let mut ours = visitor.connects(None).await;
        let mut annas = salon.socket(anna_id, &anna, None).await;
        annas.expect("operator.connected").await;

        // A visitor types, Anna comes, and she tries to type into a conversation over there.
        ours.say(&json!({"type": "widget.typing", "is_typing": true}))
            .await;
        annas.expect("customer.typing").await;
        annas
            .say(&json!({"type": "operator.status", "status": "online"}))
            .await;
        annas.expect("operator.status").await;
        let typing = |is_typing: bool| {
            json!({
                "type": "operator.typing", "conversation_id": conversation["id"],
                "is_typing": is_typing,
            })
        };
        annas.say(&typing(true)).await;
        annas.until_pong().await;
        // What is their own takes the same way, and would come behind whatever had got through.
        theirs
            .say(&json!({"type": "operator.status", "status": "online"}))
            .await;
        let mut told = Vec::new();
        while told
            .last()
            .is_none_or(|frame: &Value| frame["type"] != "operator.status")
        {
            told.push(theirs.next().await.unwrap());
        }
        assert_eq!(
            told.pop().unwrap()["operator_id"],
            stranger.owner_id.to_string()
        );
        assert!(!kinds(&told).contains(&"customer.typing"), "{told:?}");
        theirs.say(&typing(false)).await;
        assert_eq!(page.expect("operator.typing").await["is_typing"], false);
        app.stop().await;
    }
);

both_engines!(
    who_may_not_answer_is_not_seen_typing,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.connects_telegram().await;
        for (chat, name) in [(71, "Пётр"), (72, "Павел")] {
            salon.customer(&app, chat, name).writes("Добрый день");
        }
        let petr = salon.conversation_with("Пётр").await;
        let pavel = salon.conversation_with("Павел").await;
        let (maria, _, web) = Visitor::who_wrote(&app, &salon).await;
        let mut page = maria.connects(None).await;
        page.until_pong().await;
        let (vera_id, vera) = salon.hires("vera", "viewer").await;
        let mut veras = salon.socket(vera_id, &vera, None).await;
        veras.expect("operator.connected").await;
        for conversation in [&petr, &web] {
            let typing = json!({
                "type": "operator.typing", "conversation_id": conversation["id"],
                "is_typing": true,
            });
            veras.say(&typing).await;
        }
        veras.until_pong().await;
        // Somebody who may, later and on the same ways: nothing came before.
        for (conversation, is_typing) in [(&pavel, true), (&web, false)] {
            let path = format!("/api/v1/conversations/{}/typing", id(conversation));
            let body = json!({"is_typing": is_typing});
            salon.owner.post(&path, &body).await.expect(204);
        }
        eventually("the messenger to be told", || async {
            (!app.telegram.actions().is_empty()).then_some(())
        })
        .await;
        assert_eq!(app.telegram.actions(), [(72, "typing".to_owned())]);
        assert_eq!(page.expect("operator.typing").await["is_typing"], false);
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
