//! A reader that does not read costs nobody but himself (F54).

use super::*;
use omni_testkit::both_engines;

/// Enough to fill every buffer between the two ends, and then some.
const NOTES: usize = 400;

/// An installation that keeps less for those who do not read, and something long to tell them.
async fn app(database: TestDatabase) -> (TestApp, String) {
    let live = LiveOptions {
        queue_bytes: 1024 * 1024,
        ..LiveOptions::default()
    };
    (app_with(database, live).await, "щ".repeat(30_000))
}

both_engines!(
    a_slow_reader_is_told_to_fetch_anew,
    |database: TestDatabase| async move {
        let (app, long) = app(database).await;
        let salon = app.salon().await;
        let widget = salon.connects_widget().await;
        Visitor::arrives(&app, &widget, "Мария")
            .await
            .writes("привет")
            .await;
        let conversation = salon.conversation_with("Мария").await;

        let mut slow = salon.socket(salon.owner_id, &salon.owner, None).await;
        let mut quick = salon.socket(salon.owner_id, &salon.owner, None).await;
        slow.expect("operator.connected").await;
        let start = quick.expect("operator.connected").await["seq"]
            .as_i64()
            .unwrap();

        let reading = tokio::spawn(async move {
            let mut all = Vec::new();
            while all.len() < NOTES {
                let frame = quick.next().await.expect("the quick one stays");
                assert_ne!(frame["type"], "resync", "the quick one misses nothing");
                all.extend(seqs(&[frame]));
            }
            all
        });
        for _ in 0..NOTES {
            notes(&salon.owner, &conversation, &long).await;
        }
        let all = reading.await.unwrap();
        assert_eq!(
            all,
            (start + 1..start + 1 + NOTES as i64).collect::<Vec<_>>()
        );

        // Now he reads: what was under way, one word that he missed something, and what came after it.
        let end = head(&salon).await;
        let mut last = start;
        let mut resyncs = 0;
        while last < end {
            let frame = slow.next().await.expect("he stays connected");
            let seq = frame["seq"].as_i64().expect("numbered");
            assert!(seq > last, "forward only");
            if frame["type"] == "resync" {
                resyncs += 1;
            } else if frame["type"] != "sync" {
                assert_eq!(seq, last + 1, "nothing is skipped in silence");
            }
            last = seq;
        }
        assert!(resyncs >= 1);
        notes(&salon.owner, &conversation, "живой").await;
        assert_eq!(texts(&[slow.expect("message.new").await]), ["живой"]);
        app.stop().await;
    }
);

both_engines!(
    a_page_that_does_not_read_comes_again_for_the_rest,
    |database: TestDatabase| async move {
        let (app, long) = app(database).await;
        let salon = app.salon().await;
        let (maria, first, conversation) = Visitor::who_wrote(&app, &salon).await;
        let mut page = maria.connects(Some(&first)).await;
        let mut written = Vec::new();
        for _ in 0..NOTES {
            let reply = replies(&salon.owner, &conversation, &long).await;
            written.push(reply["id"].clone());
        }

        // Now it reads: what was under way, and that it must come again.
        let (frames, code) = page.until_closed().await;
        assert_eq!(code, 1012);
        let mut told: Vec<Value> = frames
            .iter()
            .filter(|frame| frame["type"] == "message.new")
            .map(|frame| frame["message"]["id"].clone())
            .collect();
        assert!(told.len() < NOTES, "there was room for everything");
        let again = |told: &[Value]| {
            let last = told.last().expect("something was under way").clone();
            let maria = &maria;
            async move { maria.connects(Some(&json!({"id": last}))).await }
        };
        let mut page = again(&told).await;
        while told.len() < written.len() {
            match page.next().await {
                Some(frame) if frame["type"] == "message.new" => {
                    told.push(frame["message"]["id"].clone());
                }
                Some(_) => {}
                // Too slow once more.
                None => page = again(&told).await,
            }
        }
        assert_eq!(told, written, "everything, once and in order");
        app.stop().await;
    }
);
