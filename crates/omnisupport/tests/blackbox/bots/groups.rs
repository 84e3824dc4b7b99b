//! A bot in a group says where it answers, once, and leaves.

use std::time::Duration;

use omni_simulators::telegram::Fault;
use omni_store::raw_events::RawState;
use omni_testkit::{Bot, TestApp, TestDatabase, both_engines, eventually};
use serde_json::json;

both_engines!(
    a_bot_in_a_group_says_so_once_and_leaves,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let bot = Bot::called(&app, &salon).await;
        let oleg = salon.customer(&app, 701, "Олег");
        let group = app.telegram.group(-1_000_701, "Соседи");
        group.lets_in(&oleg);
        for _ in 0..3 {
            group.hears(&oleg, "/help кто тут?");
        }
        eventually("the bot to leave", || async {
            (!group.has_bot_of(&oleg)).then_some(())
        })
        .await;
        let said = app.telegram.ledger();
        assert_eq!((said.len(), said[0].chat_id), (1, -1_000_701));
        let link = format!("https://t.me/simulated_{}_bot", salon.bot_id());
        let words = said[0].text.as_deref().unwrap();
        assert!(
            words.contains("личных сообщениях") && words.ends_with(&link),
            "{words}"
        );

        // Let in again on the same day, it leaves without another word.
        group.lets_in(&oleg);
        eventually("the bot to leave again", || async {
            (!group.has_bot_of(&oleg)).then_some(())
        })
        .await;
        // It goes on with people; and the group is no conversation.
        oleg.writes("А тут?");
        let conversation = salon.conversation_with("Олег").await;
        assert_eq!(conversation["unread_count"], 1);
        assert_eq!(app.telegram.ledger().len(), 1);
        let all = salon.owner.get("/api/v1/conversations").await.expect(200);
        assert_eq!(all["total"], 1);
        let log = bot.log(&app).await;
        let told = log.iter().filter(|event| event.state == "unsupported");
        let refused = told.filter(|event| event.error.is_some()).count();
        assert!(refused >= 3, "{log:?}");
        app.stop().await;
    }
);

both_engines!(
    a_group_that_is_hard_to_leave_is_left_all_the_same,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.connects_telegram().await;
        let oleg = salon.customer(&app, 702, "Олег");
        let group = app.telegram.group(-1_000_702, "Соседи");
        // The answer to what it says is lost, and leaving is refused for a moment.
        app.telegram.fault("sendMessage", Fault::DropAfterAccepting);
        let busy = Fault::TooManyRequests { retry_after: 1 };
        app.telegram.fault("leaveChat", busy);
        group.lets_in(&oleg);
        eventually("the bot to leave", || async {
            (!group.has_bot_of(&oleg)).then_some(())
        })
        .await;
        assert_eq!(app.telegram.ledger().len(), 1, "it is not said twice");
        app.stop().await;
    }
);

both_engines!(
    posts_of_channels_are_kept_and_nothing_else,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let bot = Bot::called(&app, &salon).await;
        let chat = json!({"id": -1_000_703, "type": "channel", "title": "Новости"});
        let post = json!({"update_id": 1, "channel_post": {"message_id": 1, "date": 1, "chat": chat, "text": "x"}});
        let member = json!({"update_id": 2, "my_chat_member": {"chat": chat, "date": 1,
            "from": {"id": 5, "is_bot": false, "first_name": "X"},
            "new_chat_member": {"status": "administrator"}}});
        for update in [post, member] {
            bot.receives(update.to_string()).await.expect(200);
        }
        eventually("both to be looked at", || async {
            (bot.kept(&app, RawState::Unsupported).await == 2).then_some(())
        })
        .await;
        let sent = app.telegram.sent(1, Duration::from_millis(200)).await;
        assert_eq!(sent, None);
        app.stop().await;
    }
);
