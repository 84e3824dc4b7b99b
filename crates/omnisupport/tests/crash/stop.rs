//! The end of a server at a chosen moment: in the middle of sending, and in the middle of a load.

use std::time::Duration;

use omni_simulators::telegram::Fault;
use omni_testkit::site::{finished, sent_texts};
use omni_testkit::{TestDatabase, both_engines, number};
use serde_json::json;

use crate::open;

/// How long a message may take to Telegram.
const PATIENCE: Duration = Duration::from_secs(10);

both_engines!(
    a_reply_that_was_taken_when_the_server_died_is_unknown_and_not_sent_again,
    |database: TestDatabase| async move {
        let (mut process, telegram, site) = open(&database).await;
        let conversation = &site.meets(&telegram, 1..=1).await[0];
        // Telegram takes it at once; the answer finds nobody any more.
        telegram.fault("sendMessage", Fault::Late(Duration::from_secs(5)));
        let message = site.replies(conversation, "1").await;
        telegram.sent(1, PATIENCE).await.expect("it is taken");
        site.becomes(conversation, "1", "sending").await;
        process.kill().await;
        process.start_again().await;

        let unknown = site.becomes(conversation, "1", "unknown").await;
        assert_eq!(unknown["error"]["code"], "interrupted");
        site.replies(conversation, "2").await;
        site.becomes(conversation, "2", "sent").await;
        assert_eq!(sent_texts(&telegram), ["1", "2"]);

        // Somebody looked, and wants it sent all the same.
        let path = format!(
            "/api/v1/messages/{}/retry",
            message["id"].as_str().expect("an id")
        );
        site.owner.post(&path, &json!({})).await.expect(200);
        site.becomes(conversation, "1", "sent").await;
        assert_eq!(telegram.ledger().len(), 3);
    }
);

both_engines!(
    a_stop_in_the_middle_of_a_load_finishes_what_is_under_way,
    |database: TestDatabase| async move {
        let (mut process, telegram, site) = open(&database).await;
        let conversations = site.meets(&telegram, 901..=904).await;
        let screen = site.screen(None).await;
        let load = site.load(12);
        let writing = load.start();
        telegram.fault_times("sendMessage", Fault::Late(Duration::from_secs(2)), 8);
        for (at, conversation) in conversations.iter().cycle().take(8).enumerate() {
            site.replies(conversation, &at.to_string()).await;
        }
        // One of each conversation; the other waits for it.
        telegram.sent(4, PATIENCE).await.expect("they are taken");
        assert!(process.terminate().await, "it stops well, and in time");
        assert_eq!(screen.closed().await, 1012, "pages are asked to come again");
        let held = "SELECT COUNT(*) FROM lanes WHERE owner IS NOT NULL";
        assert_eq!(number(&database.url, held).await, 0, "all is given back");

        process.start_again().await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        writing.stop().await;
        finished(&database.url).await;
        load.expect_in(&site.stored_by_chat().await);
        for conversation in &conversations {
            for message in site.replied(conversation).await {
                assert_eq!(message["status"], "sent", "{message:#}");
            }
        }
        assert_eq!(sent_texts(&telegram).len(), 8);
    }
);
