//! A reader that does not read costs nobody but himself (F54).

use super::*;
use omni_testkit::both_engines;

/// Enough to fill every buffer between the two ends, and then some.
const NOTES: usize = 400;

both_engines!(
    a_slow_reader_is_told_to_fetch_anew,
    |database: TestDatabase| async move {
        let live = LiveOptions {
            queue_bytes: 1024 * 1024,
            ..LiveOptions::default()
        };
        let app = app_with(database, live).await;
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

        let long = "щ".repeat(30_000);
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
