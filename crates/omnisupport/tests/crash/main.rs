//! `kill -9` in the middle of a load: what was acknowledged is stored exactly once and in order, and no
//! message leaves twice.

mod stop;
mod webhooks;

use std::path::Path;
use std::time::Duration;

use omni_simulators::telegram::TelegramSimulator;
use omni_testkit::site::{Site, finished, sent_texts, settings, telegram};
use omni_testkit::{Process, TestDatabase, both_engines, is_soak};
use serde_json::{Value, json};
use uuid::Uuid;

/// Conversations that each operator takes at once.
const CAPACITY: usize = 3;

both_engines!(
    acknowledged_is_stored_once_and_in_order_through_kills,
    |database: TestDatabase| async move {
        let (mut process, _telegram, site) = open(&database).await;
        let team = [hires(&site, "anna").await, hires(&site, "boris").await];
        let load = site.load(12);
        let writing = load.start();
        for kill in 0..kills() {
            // Not always after the same time.
            tokio::time::sleep(Duration::from_millis(300 + 170 * (kill as u64 % 5))).await;
            process.kill().await;
            process.start_again().await;
            for held in held_by(&site.conversations().await, &team) {
                assert!(held <= CAPACITY, "somebody has {held}");
            }
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        writing.stop().await;
        finished(&database.url).await;
        let stored = site.stored_by_chat().await;
        load.expect_in(&stored);
        // A provider whom the answer did not reach repeats what is stored.
        load.hand_over_again().await;
        finished(&database.url).await;
        assert_eq!(site.stored_by_chat().await, stored);
        expect_shared_out(&site, &team).await;
        site.expect_whole_log().await;
    }
);

both_engines!(
    no_reply_leaves_twice_through_kills,
    |database: TestDatabase| async move {
        let (mut process, telegram, site) = open(&database).await;
        let conversations = site.meets(&telegram, 1..=4).await;
        let mut written = 0;
        for kill in 0..kills() {
            for (at, conversation) in conversations.iter().cycle().take(24).enumerate() {
                site.replies(conversation, &format!("{kill:02}-{at:02}"))
                    .await;
                written += 1;
            }
            tokio::time::sleep(Duration::from_millis(20 * kill as u64)).await;
            process.kill().await;
            process.start_again().await;
        }
        finished(&database.url).await;
        let left = sent_texts(&telegram);
        let (mut sent, mut unknown) = (0, 0);
        for conversation in &conversations {
            for message in site.replied(conversation).await {
                let text = message["content"]["text"].as_str().expect("a text");
                match message["status"].as_str() {
                    Some("sent") if left.iter().any(|it| it == text) => sent += 1,
                    Some("unknown") => unknown += 1,
                    _ => panic!("{text} did not leave, and nobody is told: {message:#}"),
                }
            }
        }
        assert_eq!(sent + unknown, written);
        let in_flight = conversations.len() * kills();
        assert!(
            unknown <= in_flight,
            "{unknown} unknown, but at most {in_flight} were in flight"
        );
    }
);

/// Three in the suite, thirty in a soak.
fn kills() -> usize {
    if is_soak() { 30 } else { 3 }
}

/// A server over this database with one company and its bot.
async fn open(database: &TestDatabase) -> (Process, TelegramSimulator, Site) {
    let telegram = telegram().await;
    let settings = settings(&database.url, &database.folder().join("data"), &telegram);
    let process = Process::start(Path::new(env!("CARGO_BIN_EXE_omnisupport")), &settings).await;
    let site = Site::open(&process, &telegram).await;
    (process, telegram, site)
}

async fn hires(site: &Site, name: &str) -> Uuid {
    let capacity = i32::try_from(CAPACITY).expect("a small number");
    site.hires_online(name, capacity).await
}

/// How many of these conversations each of the team has.
fn held_by(conversations: &[Value], team: &[Uuid]) -> Vec<usize> {
    let held = |operator: &Uuid| {
        let his = |it: &&Value| it["assigned_to"] == json!(operator);
        conversations.iter().filter(his).count()
    };
    team.iter().map(held).collect()
}

/// Looks whether everybody has as much as he takes, for a reason, and is counted so, and the rest waits.
async fn expect_shared_out(site: &Site, team: &[Uuid]) {
    let conversations = site.conversations().await;
    assert_eq!(held_by(&conversations, team), vec![CAPACITY; team.len()]);
    for it in &conversations {
        assert_eq!(it["status"], "open");
        assert_eq!(it["assigned_to"].is_null(), it["assigned_reason"].is_null());
    }
    let total = async |filter: &str| {
        let path = format!("/api/v1/conversations?limit=1{filter}");
        site.owner.get(&path).await.expect(200)["total"].clone()
    };
    for operator in team {
        let his = total(&format!("&assigned_to={operator}")).await;
        assert_eq!(his, json!(CAPACITY));
    }
    let waiting = conversations.len() - CAPACITY * team.len();
    assert_eq!(total("&assigned_to=unassigned").await, json!(waiting));
    assert_eq!(total("").await, json!(conversations.len()));
}
