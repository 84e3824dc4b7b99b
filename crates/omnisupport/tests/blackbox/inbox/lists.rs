//! The inbox: filters, pages, totals.

use omni_testkit::{Api, TestApp, TestDatabase, both_engines};
use serde_json::{Value, json};

use super::{at, conversation, id, text, widget};

async fn names(api: &Api, query: &str) -> (Vec<String>, Value) {
    let page = api
        .get(&format!("/api/v1/conversations{query}"))
        .await
        .expect(200);
    let items = page["items"].as_array().unwrap();
    let names = items
        .iter()
        .map(|c| c["customer"]["name"].as_str().unwrap().to_owned());
    (names.collect(), page)
}

both_engines!(
    filters_find_what_they_say,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.routes(json!({"strategy": "manual"})).await;
        let (channel, key) = widget(&salon).await;
        salon.connects_telegram().await;
        let (anna_id, anna) = salon.hires("anna", "operator").await;
        let mut all = Vec::new();
        for name in ["Анна Павлова", "Борис", "100% скидка_"] {
            all.push(conversation(&app, &salon, &key, name).await.1);
        }
        salon.customer(&app, 9, "Телеграм").writes("Привет");
        salon.conversation_with("Телеграм").await;
        anna.post(&at(&all[0], "/assign"), &json!({"operator_id": anna_id}))
            .await
            .expect(200);
        anna.post(&at(&all[1], "/status"), &json!({"status": "resolved"}))
            .await
            .expect(200);
        let tags = json!({"tags": ["vip", " жалоба ", "vip"]});
        let tagged = anna.patch(&at(&all[2], ""), &tags).await.expect(200);
        assert_eq!(tagged["tags"], json!(["vip", "жалоба"]));

        let channel = id(&channel).to_owned();
        for (query, expected) in [
            ("?status=resolved", vec!["Борис"]),
            (
                "?status=open,resolved&channel=web",
                vec!["100% скидка_", "Анна Павлова", "Борис"],
            ),
            ("?assigned_to=me", vec!["Анна Павлова"]),
            (
                "?assigned_to=unassigned&status=open",
                vec!["100% скидка_", "Телеграм"],
            ),
            ("?channel=telegram", vec!["Телеграм"]),
            (
                &format!("?channel_id={channel}&status=open"),
                vec!["100% скидка_", "Анна Павлова"],
            ),
            (
                "?tag=%D0%B6%D0%B0%D0%BB%D0%BE%D0%B1%D0%B0",
                vec!["100% скидка_"],
            ),
            ("?tag=nothing", vec![]),
            ("?q=%D0%BF%D0%B0%D0%B2%D0%BB", vec!["Анна Павлова"]),
            ("?q=100%25", vec!["100% скидка_"]),
            ("?q=%25", vec![]),
            ("?q=_", vec![]),
            ("?q='%3B%20DROP%20TABLE%20conversations%3B--", vec![]),
        ] {
            // The index follows a moment later.
            let (mut found, mut page) = names(&anna, query).await;
            for _ in 0..200 {
                if found.len() == expected.len() {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                (found, page) = names(&anna, query).await;
            }
            found.sort();
            assert_eq!(found, expected, "{query}");
            assert_eq!(page["total"], expected.len(), "{query}");
            assert_eq!(page["total_is_exact"], true, "{query}");
        }
        for wrong in [
            "?status=lost",
            "?assigned_to=you",
            "?channel=fax",
            "?cursor=x",
            "?sort=name",
            "?limit=x",
        ] {
            anna.get(&format!("/api/v1/conversations{wrong}"))
                .await
                .refused(422, "invalid");
        }
        // Nothing of it for others.
        let (found, page) = names(&app.salon().await.owner, "").await;
        assert_eq!((found.len(), &page["total"]), (0, &json!(0)));
        app.stop().await;
    }
);

both_engines!(
    pages_join_without_gap_or_double,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, key) = widget(&salon).await;
        let mut expected = Vec::new();
        for n in 0..7 {
            let (_, one) = conversation(&app, &salon, &key, &format!("Гость {n}")).await;
            expected.insert(0, id(&one).to_owned());
        }
        let mut seen = Vec::new();
        let mut next = String::new();
        loop {
            let path = format!("/api/v1/conversations?limit=3{next}");
            let page = salon.owner.get(&path).await.expect(200);
            assert_eq!(page["total"], 7);
            seen.extend(
                page["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|c| id(c).to_owned()),
            );
            match page["next_cursor"].as_str() {
                Some(cursor) => next = format!("&cursor={cursor}"),
                None => break,
            }
        }
        assert_eq!(seen, expected);
        let skipped = salon
            .owner
            .get("/api/v1/conversations?offset=5&limit=200")
            .await
            .expect(200);
        assert_eq!(skipped["items"].as_array().unwrap().len(), 2);
        app.stop().await;
    }
);

both_engines!(
    a_thread_is_read_in_windows,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, key) = widget(&salon).await;
        let (guest, one) = conversation(&app, &salon, &key, "Мария").await;
        for n in 2..=6 {
            guest
                .post("/api/v1/widget/messages", &text(&n.to_string()))
                .await
                .expect(201);
        }
        let read = async |query: &str| {
            let page = salon
                .owner
                .get(&at(&one, &format!("/messages{query}")))
                .await
                .expect(200);
            let items = page["items"].as_array().unwrap();
            let seqs: Vec<i64> = items.iter().map(|m| m["seq"].as_i64().unwrap()).collect();
            let ids: Vec<String> = items.iter().map(|m| id(m).to_owned()).collect();
            (
                seqs,
                (page["has_before"] == true, page["has_after"] == true),
                ids,
            )
        };
        let (seqs, more, ids) = read("").await;
        assert_eq!((seqs, more), (vec![1, 2, 3, 4, 5, 6], (false, false)));
        let (seqs, more, _) = read("?limit=2").await;
        assert_eq!((seqs, more), (vec![5, 6], (true, false)));
        let (seqs, more, _) = read(&format!("?limit=2&before={}", ids[4])).await;
        assert_eq!((seqs, more), (vec![3, 4], (true, true)));
        let (seqs, more, _) = read(&format!("?limit=9&before={}", ids[2])).await;
        assert_eq!((seqs, more), (vec![1, 2], (false, true)));
        let (seqs, more, _) = read("?after=0&limit=2").await;
        assert_eq!((seqs, more), (vec![1, 2], (false, true)));
        let (seqs, more, _) = read(&format!("?after={}", ids[3])).await;
        assert_eq!((seqs, more), (vec![5, 6], (true, false)));
        let (seqs, more, _) = read(&format!("?after={}", ids[5])).await;
        assert_eq!((seqs, more), (vec![], (true, false)));

        let (_, other) = conversation(&app, &salon, &key, "Олег").await;
        for bound in ["before", "after"] {
            let elsewhere = at(&other, &format!("/messages?{bound}={}", ids[0]));
            salon.owner.get(&elsewhere).await.refused(404, "not_found");
        }
        salon
            .owner
            .get(&at(&one, "/messages?after=x"))
            .await
            .refused(422, "invalid");
        app.stop().await;
    }
);
