//! A socket that was cut goes on where it stopped: nothing twice, nothing missed (I7, F53).

use super::*;
use omni_testkit::both_engines;
use uuid::Uuid;

both_engines!(
    what_was_missed_is_told_exactly,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let visitor = Visitor::of(&app, &salon, "Мария").await;
        let mut socket = salon.socket(salon.owner_id, &salon.owner, None).await;
        let start = socket.expect("operator.connected").await["seq"]
            .as_i64()
            .unwrap();
        for text in ["раз", "два", "три"] {
            visitor.writes(text).await;
        }
        let first_head = head(&salon).await;
        let seen = socket.up_to(first_head).await;
        assert_eq!(seqs(&seen), (start + 1..=first_head).collect::<Vec<_>>());
        drop(socket);

        let missed: Vec<String> = (0..40).map(|n| format!("пока не было {n}")).collect();
        for text in &missed {
            visitor.writes(text).await;
        }
        let conversation = salon.conversation_with("Мария").await;
        notes(&salon.owner, &conversation, "заметка").await;
        let second_head = head(&salon).await;

        let mut socket = salon
            .socket(salon.owner_id, &salon.owner, Some(first_head))
            .await;
        let connected = socket.next().await.unwrap();
        assert_eq!(connected["type"], "operator.connected");
        assert_eq!(connected["seq"], second_head);
        let replayed = socket.up_to(second_head).await;
        assert_eq!(
            seqs(&replayed),
            (first_head + 1..=second_head).collect::<Vec<_>>()
        );
        let told = texts(&replayed);
        assert_eq!(
            told[..40],
            missed.iter().map(String::as_str).collect::<Vec<_>>()[..]
        );
        assert_eq!(told.last(), Some(&"заметка"));

        visitor.writes("и дальше").await;
        let live = socket.up_to(second_head + 1).await;
        assert_eq!(seqs(&live)[0], second_head + 1);
        assert_eq!(texts(&live), ["и дальше"]);
        app.stop().await;
    }
);

both_engines!(
    joining_in_the_middle_of_a_burst_has_no_gap_and_no_double,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let widget = salon.connects_widget().await;
        let visitors = [
            Visitor::arrives(&app, &widget, "А").await,
            Visitor::arrives(&app, &widget, "Б").await,
        ];
        let start = head(&salon).await;
        let burst = async {
            for round in 0..30 {
                for visitor in &visitors {
                    visitor.writes(&format!("{round}")).await;
                }
            }
        };
        let watch = async {
            let mut all = Vec::new();
            // Connects again and again while the events come, each time from where it stopped.
            for _ in 0..12 {
                let last = all.last().copied().unwrap_or(start);
                let mut socket = salon.socket(salon.owner_id, &salon.owner, Some(last)).await;
                socket.expect("operator.connected").await;
                for _ in 0..5 {
                    let Some(frame) = socket.next().await else {
                        break;
                    };
                    all.extend(seqs(&[frame]));
                }
            }
            all
        };
        let (all, ()) = tokio::join!(watch, burst);
        let end = all.last().copied().unwrap();
        assert_eq!(all, (start + 1..=end).collect::<Vec<_>>());
        app.stop().await;
    }
);

both_engines!(
    a_cursor_that_means_nothing_here_is_told_to_fetch_anew,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let visitor = Visitor::of(&app, &salon, "Мария").await;
        visitor.writes("привет").await;
        let mut socket = salon.socket(salon.owner_id, &salon.owner, None).await;
        let connected = socket.expect("operator.connected").await;
        let (seq, epoch) = (
            connected["seq"].as_i64().unwrap(),
            connected["epoch"].clone(),
        );
        assert!(
            epoch
                .as_str()
                .is_some_and(|epoch| epoch.parse::<Uuid>().is_ok())
        );

        let hello = |last_seq: i64, epoch: Value| {
            json!({
                "type": "operator.connect", "operator_id": salon.owner_id,
                "token": salon.owner.token(), "last_seq": last_seq, "epoch": epoch,
            })
        };
        let from_the_future = hello(seq + 100, epoch.clone());
        let too_old = hello(-7, epoch.clone());
        let of_another_life = hello(0, json!(Uuid::nil()));
        for wrong in [from_the_future, too_old, of_another_life] {
            let mut socket = Socket::open(app.addr(), "/api/v1/ws").await;
            socket.say(&wrong).await;
            let connected = socket.next().await.unwrap();
            assert_eq!(connected["type"], "operator.connected");
            let head = connected["seq"].as_i64().unwrap();
            assert_eq!(
                socket.next().await.unwrap(),
                json!({"type": "resync", "seq": head})
            );
            // Live from there.
            visitor.writes("ещё").await;
            let live = socket.expect("message.new").await;
            assert!(live["seq"].as_i64().unwrap() > head);
        }

        // The whole log is there: from its beginning is no gap.
        let mut socket = Socket::open(app.addr(), "/api/v1/ws").await;
        socket.say(&hello(0, epoch)).await;
        socket.expect("operator.connected").await;
        assert_eq!(socket.next().await.unwrap()["seq"], 1);
        app.stop().await;
    }
);

both_engines!(
    what_is_past_its_keeping_is_fetched_anew_and_the_rest_told_exactly,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let visitor = Visitor::of(&app, &salon, "Мария").await;
        for text in ["раз", "два", "три"] {
            visitor.writes(text).await;
        }
        let forgotten = head(&salon).await;
        for text in ["четыре", "пять"] {
            visitor.writes(text).await;
        }
        let kept = head(&salon).await;
        let ages = format!("UPDATE events SET created_at = 0 WHERE seq <= {forgotten}");
        app.database().execute(&ages).await;
        app.core().forget_old().await.unwrap();

        for last in [0, forgotten - 1] {
            let mut socket = salon.socket(salon.owner_id, &salon.owner, Some(last)).await;
            socket.expect("operator.connected").await;
            let told = socket.next().await.unwrap();
            assert_eq!(told, json!({"type": "resync", "seq": kept}), "from {last}");
        }
        for last in forgotten..kept {
            let mut socket = salon.socket(salon.owner_id, &salon.owner, Some(last)).await;
            socket.expect("operator.connected").await;
            let told = socket.up_to(kept).await;
            assert_eq!(seqs(&told), (last + 1..=kept).collect::<Vec<_>>());
        }

        // Whoever knows everything misses nothing, even when nothing is kept any more.
        app.database()
            .execute("UPDATE events SET created_at = 0")
            .await;
        app.core().forget_old().await.unwrap();
        let mut socket = salon.socket(salon.owner_id, &salon.owner, Some(kept)).await;
        socket.expect("operator.connected").await;
        visitor.writes("шесть").await;
        let told = socket.up_to(kept + 1).await;
        assert_eq!((seqs(&told), texts(&told)), (vec![kept + 1], vec!["шесть"]));
        app.stop().await;
    }
);

both_engines!(
    a_log_that_lost_its_end_is_fetched_anew,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let visitor = Visitor::of(&app, &salon, "Мария").await;
        for number in 0..8 {
            visitor.writes(&number.to_string()).await;
        }
        let mut open = salon.socket(salon.owner_id, &salon.owner, None).await;
        let connected = open.expect("operator.connected").await;
        let (known, epoch) = (connected["seq"].as_i64().unwrap(), &connected["epoch"]);

        // As after a failover to a copy that lacked the latest.
        let lost = format!("DELETE FROM events WHERE seq > {}", known - 5);
        app.database().execute(&lost).await;
        app.database()
            .execute("UPDATE event_heads SET seq = seq - 5")
            .await;
        assert_eq!(open.closed().await, 1012, "clients are asked to come again");
        let mut open = salon.socket(salon.owner_id, &salon.owner, None).await;
        let connected = open.expect("operator.connected").await;
        assert_eq!(connected["seq"], known - 5, "from where it goes on");
        let written: Vec<String> = (0..8).map(|number| format!("после {number}")).collect();
        for text in &written {
            visitor.writes(text).await;
        }
        let mut told = Vec::new();
        while told.len() < written.len() {
            told.push(open.expect("message.new").await);
        }
        assert_eq!(texts(&told), written);
        // By now the numbers are beyond what was known before, and mean something else: the life of the log says so.
        assert!(told[7]["seq"].as_i64().unwrap() > known);
        let mut again = Socket::open(app.addr(), "/api/v1/ws").await;
        again
            .say(&json!({
                "type": "operator.connect", "operator_id": salon.owner_id,
                "token": salon.owner.token(), "last_seq": known, "epoch": epoch,
            }))
            .await;
        again.expect("operator.connected").await;
        assert_eq!(again.next().await.unwrap()["type"], "resync");
        app.stop().await;
    }
);

both_engines!(
    a_restart_is_a_break_like_any_other,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let visitor = Visitor::of(&app, &salon, "Мария").await;
        visitor.writes("до").await;
        let mut socket = salon.socket(salon.owner_id, &salon.owner, None).await;
        let last = socket.expect("operator.connected").await["seq"].as_i64();
        let stopped = tokio::spawn(async move { socket.closed().await });
        let app = app.restart().await;
        assert_eq!(
            stopped.await.unwrap(),
            1012,
            "clients are asked to come again"
        );

        visitor.writes("после").await;
        let mut socket = salon.socket(salon.owner_id, &salon.owner, last).await;
        let told = socket.expect("message.new").await;
        assert_eq!(told["message"]["content"]["text"], "после");
        app.stop().await;
    }
);
