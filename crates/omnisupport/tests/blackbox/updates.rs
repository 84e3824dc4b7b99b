//! Updates as they come in truth: twice, all at once, in any order, broken, or from somebody else (F14 to F17, F20,
//! S68, S69).

use futures_util::future::join_all;
use omni_model::limits;
use omni_store::raw_events::RawState;
use omni_testkit::{Bot, Dice, Guest, Salon, TestApp, TestDatabase, both_engines, eventually};
use serde_json::{Value, json};

use super::telegram::{texts, thread};

const MEGABYTE: usize = 1024 * 1024;

/// All conversations, and how many customers they are with.
async fn inbox(salon: &Salon) -> (Vec<Value>, usize) {
    let list = salon.owner.get("/api/v1/conversations").await.expect(200);
    let items = list["items"].as_array().unwrap().clone();
    let mut customers: Vec<&str> = items
        .iter()
        .filter_map(|conversation| conversation["customer"]["id"].as_str())
        .collect();
    customers.sort_unstable();
    customers.dedup();
    let customers = customers.len();
    (items, customers)
}

fn seqs(thread: &[Value]) -> Vec<i64> {
    thread
        .iter()
        .filter_map(|message| message["seq"].as_i64())
        .collect()
}

both_engines!(
    one_update_fifty_times_at_once_is_one_message,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let bot = Bot::called(&app, &salon).await;
        let mut socket = salon.socket(salon.owner_id, &salon.owner, None).await;
        socket.expect("operator.connected").await;

        let guest = Guest(14);
        let update = guest.writes(1, 1, "один раз").to_string();
        // The same message under the number of another update is the same message all the same.
        let other = guest.writes(2, 1, "один раз").to_string();
        let bodies = (0..60).map(|n| if n % 6 == 5 { &other } else { &update });
        let calls = bodies.map(|body| bot.receives(body.clone()));
        for answer in join_all(calls).await {
            answer.expect(200);
        }
        bot.has_done(&app, 2).await;
        let conversation = salon.conversation_with(&guest.name()).await;
        assert_eq!(conversation["unread_count"], 1);
        assert_eq!(thread(&salon, &conversation).await.len(), 1);

        // Nor does a repeat begin anew what is over.
        let id = conversation["id"].as_str().unwrap();
        let status = format!("/api/v1/conversations/{id}/status");
        let closed = json!({"status": "closed"});
        salon.owner.post(&status, &closed).await.expect(200);
        let third = guest.writes(3, 1, "один раз").to_string();
        for repeat in [update, third] {
            bot.receives(repeat).await.expect(200);
        }
        bot.has_done(&app, 3).await;
        let (all, _) = inbox(&salon).await;
        assert_eq!((all.len(), &all[0]["status"]), (1, &json!("closed")));

        let next = guest.writes(4, 2, "и ещё").to_string();
        bot.receives(next).await.expect(200);
        for text in ["один раз", "и ещё"] {
            let told = socket.expect("message.new").await;
            assert_eq!(told["message"]["content"]["text"], text);
        }
        let (all, customers) = inbox(&salon).await;
        assert_eq!((all.len(), customers), (2, 1));
        app.stop().await;
    }
);

both_engines!(
    ten_webhooks_of_a_stranger_at_once_are_one_conversation,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let bot = Bot::called(&app, &salon).await;
        let album = (1..=10).map(|n| {
            let mut update = Guest(15).writes(n, n, &format!("{n:02}"));
            update["message"]["media_group_id"] = "777".into();
            bot.receives(update.to_string())
        });
        for answer in join_all(album).await {
            answer.expect(200);
        }
        bot.has_done(&app, 10).await;

        let (all, customers) = inbox(&salon).await;
        assert_eq!((all.len(), customers), (1, 1));
        assert_eq!(all[0]["unread_count"], 10);
        let thread = thread(&salon, &all[0]).await;
        assert_eq!(seqs(&thread), (1..=10).collect::<Vec<_>>());
        for message in &thread {
            assert_eq!(message["metadata"]["album_id"], "777");
        }
        // Telegram hands a chat's updates over one by one; the order of those that come at once is that of arrival.
        let mut said = texts(&thread);
        said.sort_unstable();
        let sent: Vec<String> = (1..=10).map(|n| format!("{n:02}")).collect();
        assert_eq!(said, sent);
        app.stop().await;
    }
);

both_engines!(
    shuffled_edits_end_alike,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let bot = Bot::called(&app, &salon).await;
        let guests = || (1..=16_i64).map(|seed| (seed, Guest(1_600 + seed)));
        let mut handed = 0;
        for (seed, guest) in guests() {
            let first = seed * 10;
            let mut updates = vec![guest.writes(first, 1, "версия 0")];
            updates.extend((1..=3).map(|n| guest.edits(first + n, 1, &format!("версия {n}"), n)));
            Dice::of(seed.unsigned_abs()).shuffle(&mut updates);
            for update in updates {
                bot.receives(update.to_string()).await.expect(200);
                handed += 1;
                // Some are worked off one by one, others together.
                if seed % 2 == 0 {
                    bot.has_done(&app, handed).await;
                }
            }
        }
        bot.has_done(&app, handed).await;
        for (seed, guest) in guests() {
            let conversation = salon.conversation_with(&guest.name()).await;
            let thread = thread(&salon, &conversation).await;
            assert_eq!(texts(&thread), ["версия 3"], "seed {seed}");
            assert_eq!(thread[0]["metadata"]["edited"], true, "seed {seed}");
            assert_eq!(conversation["unread_count"], 1, "seed {seed}");
        }
        app.stop().await;
    }
);

both_engines!(
    an_edit_that_overtook_its_message_is_the_message,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let bot = Bot::called(&app, &salon).await;
        // Once with time in between, once in one go.
        let (slow, quick) = (Guest(170), Guest(171));
        let edit = slow.edits(1, 1, "в шесть", 60).to_string();
        bot.receives(edit).await.expect(200);
        bot.has_done(&app, 1).await;
        for update in [
            slow.writes(2, 1, "в пять"),
            quick.edits(3, 1, "в шесть", 60),
            quick.writes(4, 1, "в пять"),
        ] {
            bot.receives(update.to_string()).await.expect(200);
        }
        bot.has_done(&app, 4).await;
        for (guest, at) in [(slow, 10), (quick, 20)] {
            let conversation = salon.conversation_with(&guest.name()).await;
            assert_eq!(conversation["unread_count"], 1);
            let before = thread(&salon, &conversation).await;
            assert_eq!(texts(&before), ["в шесть"]);
            assert_eq!(before[0]["metadata"]["edited"], true);

            // It is changed and answered like any other.
            let later = guest.edits(at, 1, "в семь", 120);
            let mut answer = guest.writes(at + 1, 2, "верно?");
            answer["message"]["reply_to_message"] = json!({"message_id": 1});
            for update in [later, answer] {
                bot.receives(update.to_string()).await.expect(200);
            }
            let after = eventually("the answer", || async {
                let thread = thread(&salon, &conversation).await;
                (thread.len() == 2).then_some(thread)
            })
            .await;
            assert_eq!(texts(&after), ["в семь", "верно?"]);
            assert_eq!(after[1]["reply_to"], before[0]["id"]);
        }
        app.stop().await;
    }
);

both_engines!(
    an_edit_may_bring_a_file,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let bot = Bot::called(&app, &salon).await;
        let guest = Guest(172);
        let first = guest.writes(1, 1, "вот фото").to_string();
        bot.receives(first).await.expect(200);
        let conversation = salon.conversation_with(&guest.name()).await;
        let mut edit = guest.edits(2, 1, "", 60);
        let message = edit["edited_message"].as_object_mut().unwrap();
        message.remove("text");
        message.insert("caption".to_owned(), json!("вот оно"));
        message.insert(
            "photo".to_owned(),
            json!([{"file_id": "p", "file_unique_id": "u", "width": 9, "height": 9}]),
        );
        bot.receives(edit.to_string()).await.expect(200);
        bot.has_done(&app, 2).await;
        let thread = thread(&salon, &conversation).await;
        assert_eq!(thread.len(), 1);
        assert_eq!(thread[0]["content_type"], "image", "{}", thread[0]);
        assert_eq!(thread[0]["content"]["caption"], "вот оно");
        app.stop().await;
    }
);

both_engines!(
    everything_again_a_thousand_times_changes_nothing,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let bot = Bot::called(&app, &salon).await;
        let customer = salon.customer(&app, 69, "Олег");
        let question = customer.writes("завтра в 5");
        bot.has_done(&app, 1).await;
        for (done, text) in [(2, "завтра в 6"), (3, "завтра в 7")] {
            customer.edits(question, text);
            bot.has_done(&app, done).await;
        }
        let conversation = salon.conversation_with("Олег").await;
        let id = conversation["id"].as_str().unwrap();
        let buttons = json!([{"id": "yes", "title": "Да"}]);
        let offer = json!({"text": "Записать вас?", "buttons": buttons});
        let offer = json!({"content_type": "interactive", "content": offer});
        let path = format!("/api/v1/conversations/{id}/messages");
        salon.owner.post(&path, &offer).await.expect(201);
        let offered = eventually("the offer", || async { app.telegram.ledger().pop() }).await;
        let press = customer.presses(offered.message_id, "yes").unwrap();
        bot.has_done(&app, 4).await;
        customer.blocks_bot();
        bot.has_done(&app, 5).await;
        let before = eventually("the press to be answered", || async {
            let thread = thread(&salon, &conversation).await;
            let settled = thread[1]["status"] == "sent";
            (settled && app.telegram.answered_callbacks() == [press.clone()]).then_some(thread)
        })
        .await;
        assert_eq!(texts(&before), ["завтра в 7", "Записать вас?", "Да"]);
        let unread = salon.conversation_with("Олег").await["unread_count"].as_i64();
        let audit = salon.owner.get("/api/v1/audit").await.expect(200);
        let mut socket = salon.socket(salon.owner_id, &salon.owner, None).await;
        let head = socket.expect("operator.connected").await["seq"].as_i64();

        // All five as they came, twenty-five at a time, forty times at once.
        let log = bot.log(&app).await;
        let updates: Vec<String> = log.iter().map(|event| event.payload.to_string()).collect();
        assert_eq!(updates.len(), 5);
        let batches = (1..=40).map(|seed| {
            let mut again = vec![updates.clone(); 5].concat();
            Dice::of(seed).shuffle(&mut again);
            let bot = &bot;
            async move {
                for update in again {
                    bot.receives(update).await.expect(200);
                }
            }
        });
        join_all(batches).await;

        customer.writes("это снова я");
        let told = socket.expect("message.new").await;
        assert_eq!(told["message"]["content"]["text"], "это снова я");
        assert_eq!(
            told["seq"].as_i64(),
            head.map(|head| head + 1),
            "nothing else was told"
        );
        let after = thread(&salon, &conversation).await;
        assert_eq!(after[..3], before[..]);
        assert_eq!(seqs(&after), [1, 2, 3, 4]);
        let now = salon.conversation_with("Олег").await["unread_count"].as_i64();
        assert_eq!(now, unread.map(|unread| unread + 1));
        assert_eq!(
            salon.owner.get("/api/v1/audit").await.expect(200)["items"],
            audit["items"]
        );
        bot.has_done(&app, 6).await;
        assert_eq!(app.telegram.answered_callbacks(), [press]);
        assert_eq!(app.telegram.ledger().len(), 1);
        app.stop().await;
    }
);

/// What is refused, and how.
fn refused() -> Vec<(Vec<u8>, u16, &'static str)> {
    let huge = Guest(20).writes(1, 1, &"я".repeat(3 * MEGABYTE / 2));
    let malformed = |body: &[u8]| (body.to_vec(), 400, "malformed_json");
    vec![
        (vec![b' '; 10 * MEGABYTE], 413, "too_large"),
        (huge.to_string().into_bytes(), 413, "too_large"),
        malformed(b""),
        malformed(b"{\"update_id\":1,\"message\":{"),
        // The first half of a letter.
        malformed(b"{\"update_id\":1,\"message\":{\"text\":\"\xd1\"}}"),
        malformed("[".repeat(100_000).as_bytes()),
        malformed("{\"a\":".repeat(100_000).as_bytes()),
    ]
}

/// What is taken and kept, and leads to nothing: there is no telling what Telegram will have to say one day.
const STRANGE: [&str; 7] = [
    r#"{"update_id":21,"brand_new":{"x":[1,2]}}"#,
    r#"{"update_id":"22","message":{"text":"x"}}"#,
    r#"{"message":17}"#,
    "{}",
    "[]",
    "7",
    "null",
];

/// After all that a good message still arrives; it is the person's `number`th.
async fn hears(bot: &Bot, salon: &Salon, number: i64) {
    let guest = Guest(20);
    let update = guest.writes(2_000 + number, number, &number.to_string());
    bot.receives(update.to_string()).await.expect(200);
    let conversation = salon.conversation_with(&guest.name()).await;
    let written: Vec<String> = (1..=number).map(|n| n.to_string()).collect();
    eventually("the good message", || async {
        (texts(&thread(salon, &conversation).await) == written).then_some(())
    })
    .await;
}

both_engines!(
    what_telegram_never_sends_does_no_harm,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let bot = Bot::called(&app, &salon).await;
        let mut number = 0;
        for (body, status, code) in refused() {
            bot.receives(body).await.refused(status, code);
            number += 1;
            hears(&bot, &salon, number).await;
        }
        for body in STRANGE {
            bot.receives(body).await.expect(200);
            number += 1;
            hears(&bot, &salon, number).await;
        }

        let mut long = Guest(21).writes(31, 1, &"я".repeat(100_000));
        let bold = |n: i64| json!({"type": "bold", "offset": n * 10, "length": 5});
        long["message"]["entities"] = (0..10_000).map(bold).collect();
        let long = long.to_string();
        assert!(long.len() < MEGABYTE, "{}", long.len());
        bot.receives(long).await.expect(200);
        let conversation = salon.conversation_with(&Guest(21).name()).await;
        let cut = thread(&salon, &conversation).await;
        assert_eq!(texts(&cut), ["я".repeat(limits::MESSAGE_TEXT)]);
        assert_eq!(cut[0]["metadata"]["truncated"], true);

        // Turned around, of no width, joined: what a person wrote is what is shown.
        let odd = "\u{202e}олам\u{202c} а\u{200b}б\u{200d}в \u{2066}x\u{2069}\u{feff} e\u{301}";
        let turned = Guest(22).writes(32, 1, odd).to_string();
        bot.receives(turned).await.expect(200);
        let conversation = salon.conversation_with(&Guest(22).name()).await;
        assert_eq!(texts(&thread(&salon, &conversation).await), [odd]);
        hears(&bot, &salon, number + 1).await;

        let done = u64::try_from(number).unwrap() + 3;
        bot.has_done(&app, done).await;
        let strange = bot.kept(&app, RawState::Unsupported).await;
        let dead = bot.kept(&app, RawState::Dead).await;
        assert_eq!((strange, dead), (STRANGE.len() as u64, 0));
        app.stop().await;
    }
);

both_engines!(
    a_wrong_secret_stores_nothing,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let (salon, stranger) = (app.salon().await, app.salon().await);
        let bot = Bot::called(&app, &salon).await;
        let theirs = Bot::called(&app, &stranger).await;
        let right = bot.secret.as_str();
        let flipped = |c: char| match c.is_ascii_lowercase() {
            true => c.to_ascii_uppercase(),
            false => c.to_ascii_lowercase(),
        };
        let other_case: String = right.chars().map(flipped).collect();
        // HTTP itself drops an ordinary blank at the end of a header, but no other.
        let (padded, listed) = (format!("{right}\u{a0}"), format!("{right},{right}"));
        let update = Guest(68).writes(1, 1, "впустите").to_string();
        for (what, secrets) in [
            ("none", vec![]),
            ("an empty one", vec![""]),
            ("another", vec!["x"]),
            ("a part", vec![&right[1..]]),
            ("a blank behind it", vec![padded.as_str()]),
            ("other letters", vec![other_case.as_str()]),
            ("another company's", vec![theirs.secret.as_str()]),
            ("two in one", vec![listed.as_str()]),
            ("the right one second", vec!["x", right]),
            ("the right one first", vec![right, "x"]),
        ] {
            let answer = bot.receives_with(&secrets, update.clone()).await;
            assert_eq!(answer.status, 401, "{what}");
            answer.refused(401, "bad_signature");
        }
        let states = [
            RawState::Pending,
            RawState::Done,
            RawState::Unsupported,
            RawState::Dead,
        ];
        for state in states {
            for channel in [&bot, &theirs] {
                assert_eq!(channel.kept(&app, state).await, 0, "{state:?}");
            }
        }

        bot.receives(update).await.expect(200);
        bot.has_done(&app, 1).await;
        let mut kept = 0;
        for state in states {
            kept += bot.kept(&app, state).await;
            assert_eq!(theirs.kept(&app, state).await, 0, "{state:?}");
        }
        assert_eq!(kept, 1);
        let (all, _) = inbox(&salon).await;
        assert_eq!(all.len(), 1);
        app.stop().await;
    }
);
