//! Search: what people type finds what was said, and only what they may see.

use std::fmt::Write;
use std::time::Duration;

use omni_testkit::{Api, TestApp, TestDatabase, both_engines};
use serde_json::{Value, json};

use super::{at, conversation, id, text, thread, visitor, widget};

/// A text as a part of an address.
fn typed(text: &str) -> String {
    text.bytes().fold(String::new(), |mut typed, byte| {
        write!(typed, "%{byte:02X}").unwrap();
        typed
    })
}

async fn search(api: &Api, words: &str, rest: &str) -> Value {
    let path = format!("/api/v1/search?q={}{rest}", typed(words));
    api.get(&path).await.expect(200)
}

/// Searches until so many are found.
async fn finds(api: &Api, words: &str, rest: &str, many: u64) -> Vec<Value> {
    for _ in 0..200 {
        let page = search(api, words, rest).await;
        if page["total"] == many {
            return page["items"].as_array().unwrap().clone();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{words}{rest} was not found {many} times");
}

async fn says(who: &Api, conversation: &Value, words: Value) -> Value {
    let path = at(conversation, "/messages");
    who.post(&path, &words).await.expect(201)["message"].clone()
}

/// The parts of a snippet that were looked for.
fn marked(hit: &Value) -> Vec<&str> {
    let pieces = hit["snippet"].as_array().unwrap();
    let marked = pieces.iter().filter(|piece| piece["hit"] == true);
    marked
        .map(|piece| piece["text"].as_str().unwrap())
        .collect()
}

both_engines!(
    what_was_said_is_found_in_all_its_forms,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.routes(json!({"strategy": "manual"})).await;
        let (_, key) = widget(&salon).await;
        let (guest, talk) = conversation(&app, &salon, &key, "Мария Иванова").await;
        let (_, other) = conversation(&app, &salon, &key, "Oleg").await;
        guest
            .post(
                "/api/v1/widget/messages",
                &text("Хочу на стрижку, +7 912 345-67-89"),
            )
            .await
            .expect(201);
        says(&salon.owner, &talk, text("<b>Стрижки</b> по четвергам")).await;
        let mut note = text("Стрижку ей делает Ольга");
        note["private"] = json!(true);
        says(&salon.owner, &talk, note).await;
        says(&salon.owner, &other, text("Your appointments: الموعد غدا")).await;

        finds(&salon.owner, "appointment", "", 1).await;
        // The newest first, each with the place where it opens.
        let found = finds(&salon.owner, "стрижка ", "", 3).await;
        let seqs: Vec<_> = found
            .iter()
            .map(|hit| hit["seq"].as_i64().unwrap())
            .collect();
        assert_eq!(seqs, [4, 3, 2]);
        assert_eq!(found[0]["private"], true);
        assert_eq!(found[1]["conversation_id"], talk["id"]);
        assert_eq!(found[1]["customer_name"], "Мария Иванова");
        assert_eq!(marked(&found[1]), ["Стрижки"]);
        assert_eq!(found[1]["snippet"][0]["text"], "<b>");
        let shown = thread(&salon.owner, &talk).await;
        assert_eq!(found[2]["message_id"], shown[1]["id"]);

        for (words, hits) in [
            ("стри", 3),
            ("стрижка четверг", 1),
            ("6789", 1),
            ("8 912 345 67 89", 1),
            ("appointment", 1),
            ("موعد", 1),
            ("четверг маникюр", 0),
            ("\" OR terms:*", 0),
            ("%", 0),
        ] {
            let page = search(&salon.owner, words, "").await;
            assert_eq!(
                (&page["total"], &page["total_is_exact"]),
                (&json!(hits), &json!(true)),
                "{words}"
            );
        }
        // Page by page.
        let (mut cursor, mut seen) = (String::new(), Vec::new());
        loop {
            let page = search(&salon.owner, "стрижка ", &format!("&limit=1{cursor}")).await;
            assert_eq!(page["total"], 3);
            seen.push(page["items"][0]["seq"].as_i64().unwrap());
            let Some(next) = page["next_cursor"].as_str() else {
                break;
            };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen, [4, 3, 2]);
        // Nothing of it is another company's.
        let stranger = app.salon().await.owner;
        assert_eq!(search(&stranger, "стрижка ", "").await["total"], 0);
        // A visitor has no search.
        let path = format!("/api/v1/search?q={}", typed("стрижка"));
        guest.get(&path).await.refused(401, "unauthenticated");
        app.stop().await;
    }
);

both_engines!(
    customers_and_their_conversations_are_found,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.routes(json!({"strategy": "manual"})).await;
        let (_, key) = widget(&salon).await;
        let (_, talk) = conversation(&app, &salon, &key, "Мария Иванова").await;
        conversation(&app, &salon, &key, "Олег").await;
        let owner = &salon.owner;
        let found = finds(owner, "марии", "&kind=customers", 1).await;
        assert_eq!(found[0]["conversation_id"], talk["id"]);
        assert_eq!(marked(&found[0]), ["Мария"]);

        let customer = talk["customer"]["id"].as_str().unwrap();
        let edit = json!({"name": "Мария Сидорова", "phone": "+7 912 345-67-89", "email": "masha@mail.ru"});
        owner
            .patch(&format!("/api/v1/customers/{customer}"), &edit)
            .await
            .expect(200);
        // By the name he gives himself in the channel, too.
        for words in ["сидорова", "6789", "masha@mail", "иванова"] {
            finds(owner, words, "&kind=customers", 1).await;
        }

        // Conversations: by what was said, by whom, by tag; in the list as well.
        owner
            .patch(&at(&talk, ""), &json!({"tags": ["VIP"]}))
            .await
            .expect(200);
        finds(owner, "здравствуйте", "&kind=conversations", 2).await;
        for words in ["сидоровой", "vip"] {
            let found = finds(owner, words, "&kind=conversations", 1).await;
            assert_eq!(found[0]["conversation"]["id"], talk["id"]);
            let list = format!("/api/v1/conversations?q={}", typed(words));
            let page = owner.get(&list).await.expect(200);
            assert_eq!(
                (&page["total"], id(&page["items"][0])),
                (&json!(1), id(&talk))
            );
        }
        app.stop().await;
    }
);

both_engines!(
    one_finds_what_one_may_see_and_asks_for,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon
            .routes(json!({"strategy": "manual", "visibility": "own"}))
            .await;
        let (channel, key) = widget(&salon).await;
        let (anna_id, anna) = salon.hires("anna", "operator").await;
        let (_, boris) = salon.hires("boris", "operator").await;
        let (_, annas) = conversation(&app, &salon, &key, "Мария").await;
        let guest = visitor(&app, &key, "Олег").await;
        guest
            .post("/api/v1/widget/messages", &text("Здравствуйте"))
            .await
            .expect(201);
        anna.post(&at(&annas, "/assign"), &json!({"operator_id": anna_id}))
            .await
            .expect(200);
        finds(&salon.owner, "здравствуйте", "", 2).await;
        assert_eq!(search(&anna, "здравствуйте", "").await["total"], 2);
        assert_eq!(search(&boris, "здравствуйте", "").await["total"], 1);
        assert_eq!(search(&boris, "мария", "&kind=customers").await["total"], 0);
        assert_eq!(search(&anna, "мария", "&kind=customers").await["total"], 1);
        assert_eq!(
            search(&boris, "мария", "&kind=conversations").await["total"],
            0
        );

        let channel = format!("&channel_id={}", id(&channel));
        for (filter, hits) in [
            ("&assigned_to=me", 1),
            ("&assigned_to=unassigned", 1),
            ("&channel=web", 2),
            ("&channel=telegram", 0),
            (channel.as_str(), 2),
            ("&tag=vip", 0),
            ("&from=2020-01-01T00:00:00Z", 2),
            ("&to=2020-01-01T00:00:00Z", 0),
        ] {
            assert_eq!(
                search(&anna, "здравствуйте", filter).await["total"],
                hits,
                "{filter}"
            );
        }
        for wrong in [
            String::new(),
            "?kind=messages".to_owned(),
            format!("?q={}", "x".repeat(201)),
            format!("?q={}", "x".repeat(60_000)),
            "?q=a&kind=files".to_owned(),
            "?q=a&cursor=x".to_owned(),
            "?q=a&channel=fax".to_owned(),
            "?q=a&from=yesterday".to_owned(),
            "?q=a&kind=customers&from=2020-01-01T00:00:00Z".to_owned(),
        ] {
            let answer = anna.get(&format!("/api/v1/search{wrong}")).await;
            let cut: String = wrong.chars().take(60).collect();
            assert!(
                [414, 422, 431].contains(&answer.status),
                "{cut} {}",
                answer.status
            );
        }
        for odd in [
            "\"", "(", "*", "a AND", "NEAR(", "\0", "'", "\\", "&|!<->", "🙂", "\u{202e}",
        ] {
            assert_eq!(search(&anna, odd, "").await["items"], json!([]), "{odd}");
        }
        app.stop().await;
    }
);
