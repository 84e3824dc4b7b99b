//! A message that cannot be stored stops only itself (F13, F19).

use std::time::Duration;

use futures_util::future::join_all;
use omni_store::Dialect;
use omni_store::raw_events::RawState;
use omni_testkit::{Bot, Guest, TestApp, TestDatabase, both_engines, within};

use super::telegram::{texts, thread};

const CHATS: i64 = 20;
const MESSAGES: i64 = 5;
/// The chat and the message in the middle of it.
const POISONED: (i64, i64) = (7, 3);

/// From now on the database takes no message with this word in it.
async fn refuse_poison(app: &TestApp) {
    let refuse = match app.core().store().dialect() {
        Dialect::Sqlite => {
            "CREATE TRIGGER refuse_poison BEFORE INSERT ON messages \
             WHEN NEW.content LIKE '%poison%' \
             BEGIN SELECT RAISE(ABORT, 'poison'); END"
        }
        Dialect::Postgres => {
            "CREATE FUNCTION refuse_poison() RETURNS trigger LANGUAGE plpgsql \
             AS $$ BEGIN RAISE EXCEPTION 'poison'; END $$; \
             CREATE TRIGGER refuse_poison BEFORE INSERT ON messages FOR EACH ROW \
             WHEN (NEW.content LIKE '%poison%') EXECUTE FUNCTION refuse_poison()"
        }
    };
    app.database().execute(refuse).await;
}

fn words(chat: i64, number: i64) -> String {
    if (chat, number) == POISONED {
        "poison".to_owned()
    } else {
        format!("{chat}:{number}")
    }
}

both_engines!(
    one_poisoned_message_of_a_hundred_stops_only_itself,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let bot = Bot::called(&app, &salon).await;
        refuse_poison(&app).await;
        let chats = (1..=CHATS).map(|chat| {
            let bot = &bot;
            async move {
                for number in 1..=MESSAGES {
                    let update_id = chat * 100 + number;
                    let update = Guest(chat).writes(update_id, number, &words(chat, number));
                    bot.receives(update.to_string()).await.expect(200);
                }
            }
        });
        join_all(chats).await;
        // Three tries, a second and two in between.
        within(Duration::from_secs(30), "all but one", || async {
            (bot.kept(&app, RawState::Pending).await == 0).then_some(())
        })
        .await;

        for chat in 1..=CHATS {
            let conversation = salon.conversation_with(&Guest(chat).name()).await;
            let thread = thread(&salon, &conversation).await;
            let good = (1..=MESSAGES).filter(|number| (chat, *number) != POISONED);
            let good: Vec<String> = good.map(|number| words(chat, number)).collect();
            assert_eq!(texts(&thread), good);
            let seqs = thread.iter().filter_map(|message| message["seq"].as_i64());
            assert!(seqs.eq(1..=good.len() as i64), "no gap is left");
        }
        let done = bot.kept(&app, RawState::Done).await;
        let dead = bot.kept(&app, RawState::Dead).await;
        assert_eq!((done, dead), (99, 1));
        let log = bot.log(&app).await;
        let dead = log.iter().find(|event| event.state == "dead").unwrap();
        assert_eq!(dead.payload["message"]["text"], "poison");
        let reason = dead.error.as_deref();
        assert!(reason.is_some_and(|reason| !reason.is_empty()));

        // Its chat goes on.
        let next = Guest(POISONED.0).writes(9_999, MESSAGES + 1, "дальше");
        bot.receives(next.to_string()).await.expect(200);
        bot.has_done(&app, 100).await;
        app.stop().await;
    }
);
