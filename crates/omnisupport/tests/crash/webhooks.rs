//! Webhooks through kills: nothing that was stored goes untold.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::time::Duration;

use omni_simulators::receiver::{Letter, WebhookReceiver};
use omni_testkit::site::{RECOVERY, Site, settings, telegram};
use omni_testkit::{Process, TestDatabase, both_engines, within};
use serde_json::json;

use super::kills;

both_engines!(
    what_was_stored_is_told_through_kills,
    |database: TestDatabase| async move {
        let (telegram, receiver) = (telegram().await, WebhookReceiver::start().await);
        let receiver = receiver.expect("a free port");
        let folder = database.folder().join("data");
        let mut settings = settings(&database.url, &folder, &telegram);
        settings.push(("OUTBOUND_ALLOW_HOSTS", "127.0.0.1".to_owned()));
        let binary = Path::new(env!("CARGO_BIN_EXE_omnisupport"));
        let mut process = Process::start(binary, &settings).await;
        let site = Site::open(&process, &telegram).await;
        let webhook = json!({"url": receiver.url(), "types": ["message.new"]});
        let made = site.owner.post("/api/v1/webhooks", &webhook).await;
        made.expect(201);
        let conversations = site.meets(&telegram, 1..=4).await;
        for kill in 0..kills() {
            for (at, conversation) in conversations.iter().cycle().take(24).enumerate() {
                let text = format!("{kill:02}-{at:02}");
                site.replies(conversation, &text).await;
            }
            // Before, while and after they are told.
            tokio::time::sleep(Duration::from_millis(120 * (1 + kill as u64 % 5))).await;
            process.kill().await;
            process.start_again().await;
        }
        let stored = 4 + 24 * kills();
        let letters = within(RECOVERY, "all of it to be told", || async {
            let letters = receiver.letters();
            (first_told(&letters).values().map(Vec::len).sum::<usize>() == stored)
                .then_some(letters)
        })
        .await;
        for (conversation, seqs) in first_told(&letters) {
            let all: Vec<i64> = (1..).take(seqs.len()).collect();
            assert_eq!(seqs, all, "{conversation}: whole and in order");
        }
        // What was told twice was told under the same id, and nothing else under that.
        let mut told: HashMap<String, String> = HashMap::new();
        for letter in &letters {
            let message = letter.body["data"]["message"]["id"].to_string();
            let before = told.insert(letter.id.clone(), message.clone());
            assert!(before.is_none_or(|before| before == message));
        }
        assert_eq!(told.len(), stored);
    }
);

/// By conversation: the places of its messages, in the order in which each was told first.
fn first_told(letters: &[Letter]) -> BTreeMap<String, Vec<i64>> {
    let mut told: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for letter in letters {
        let data = &letter.body["data"];
        let of = told.entry(data["conversation_id"].to_string()).or_default();
        let seq = data["seq"].as_i64().expect("a number");
        if !of.contains(&seq) {
            of.push(seq);
        }
    }
    told
}
