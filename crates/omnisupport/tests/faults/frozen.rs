//! A server stands still for longer than its leases last, as on a machine that was suspended. Another one, over the
//! same PostgreSQL, takes its work; what the first does when it wakes changes nothing.

use std::time::Duration;

use omni_simulators::telegram::{Fault, TelegramSimulator};
use omni_testkit::site::{RECOVERY, sent_texts};
use omni_testkit::{Engine, Holder, Process, TestDatabase, eventually, within};
use serde_json::Value;

use crate::site::{Site, binary, settings, telegram};

/// How long something may take that is done at once.
const PATIENCE: Duration = Duration::from_secs(10);

/// What servers share.
struct Shared {
    database: TestDatabase,
    telegram: TelegramSimulator,
}

impl Shared {
    /// `None` where there is no PostgreSQL: then the test says so and passes.
    async fn prepare() -> Option<Self> {
        Some(Self {
            database: TestDatabase::create(Engine::Postgres).await?,
            telegram: telegram().await,
        })
    }

    /// One more server.
    async fn server(&self) -> Process {
        let folder = self.database.folder().join("data");
        let settings = settings(&self.database.url, &folder, &self.telegram);
        Process::start(binary(), &settings).await
    }

    /// The conversation with somebody who wrote `0`.
    async fn conversation(&self, site: &Site) -> Value {
        self.telegram.customer(7, "Ира").writes("0");
        eventually("a conversation", || async {
            site.conversations().await.into_iter().next()
        })
        .await
    }
}

/// The server that slept is back at work: it takes a reply and, if it is its turn, sends it. What it still had in
/// hand when it fell asleep is over by then.
async fn is_awake(site: &Site, first: &Process, conversation: &Value, text: &str) {
    let here = site.at(first).await;
    here.replies(conversation, text).await;
    here.becomes(conversation, text, "sent").await;
    tokio::time::sleep(Duration::from_secs(2)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_taken_when_its_server_froze_is_unknown_and_stays_so() {
    let Some(shared) = Shared::prepare().await else {
        return;
    };
    let mut first = shared.server().await;
    let site = Site::open(&first, &shared.telegram).await;
    let conversation = shared.conversation(&site).await;
    let late = Fault::Late(Duration::from_secs(3));
    shared.telegram.fault("sendMessage", late);
    site.replies(&conversation, "1").await;
    let taken = shared.telegram.sent(1, PATIENCE).await;
    taken.expect("it is taken");
    first.freeze().await;

    let mut second = shared.server().await;
    let there = site.at(&second).await;
    there.replies(&conversation, "2").await;
    there.replies(&conversation, "3").await;
    // Far from the numbers that the simulator gives.
    for update in 1_001..=1_003 {
        there.receives(update, 10).await.expect(200);
    }
    let unknown = there.becomes(&conversation, "1", "unknown").await;
    assert_eq!(unknown["error"]["code"], "interrupted");
    there.becomes(&conversation, "2", "sent").await;
    there.becomes(&conversation, "3", "sent").await;
    eventually("what the customer wrote", || async {
        (there.stored().await == [0, 1_001, 1_002, 1_003]).then_some(())
    })
    .await;
    let before = there.thread(&conversation).await;

    first.thaw().await;
    is_awake(&there, &first, &conversation, "4").await;
    let after = there.thread(&conversation).await;
    assert_eq!(after[..before.len()], before);
    assert_eq!(sent_texts(&shared.telegram), ["1", "2", "3", "4"]);
    there.expect_whole_log().await;
    assert!(first.terminate().await && second.terminate().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_slept_past_his_lease_sends_nothing() {
    let Some(shared) = Shared::prepare().await else {
        return;
    };
    let mut first = shared.server().await;
    let site = Site::open(&first, &shared.telegram).await;
    let conversation = shared.conversation(&site).await;
    // It falls asleep after noting that it sends and before sending: it waits for the customer's address.
    let lock = "LOCK TABLE identities IN ACCESS EXCLUSIVE MODE";
    let holder = Holder::of(&shared.database.url, lock).await;
    site.replies(&conversation, "1").await;
    site.becomes(&conversation, "1", "sending").await;
    first.freeze().await;
    holder.gives_up().await;

    let mut second = shared.server().await;
    let there = site.at(&second).await;
    there.becomes(&conversation, "1", "unknown").await;
    there.replies(&conversation, "2").await;
    there.becomes(&conversation, "2", "sent").await;

    first.thaw().await;
    is_awake(&there, &first, &conversation, "3").await;
    assert_eq!(sent_texts(&shared.telegram), ["2", "3"]);
    there.becomes(&conversation, "1", "unknown").await;
    assert!(first.terminate().await && second.terminate().await);
}

/// Waits until the numbers from 1 on are stored, each once and in order.
async fn has_all(site: &Site, most: i64) {
    let expected: Vec<i64> = (1..=most).collect();
    within(RECOVERY, "each message, once and in order", || async {
        (site.stored().await == expected).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bot_that_two_servers_read_says_everything_once() {
    let Some(shared) = Shared::prepare().await else {
        return;
    };
    let mut first = shared.server().await;
    let site = Site::open_polled(&first).await;
    let mut second = shared.server().await;
    let customer = shared.telegram.customer(7, "Ира");
    for number in 1..=20 {
        customer.writes(&number.to_string());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    has_all(&site, 20).await;

    // Whichever of them reads: the other one goes on.
    second.kill().await;
    for number in 21..=25 {
        customer.writes(&number.to_string());
    }
    has_all(&site, 25).await;
    second.start_again().await;
    let channels = site.owner.get("/api/v1/channels").await.expect(200);
    assert_eq!(channels["items"][0]["status"], "active", "{channels:#}");
    assert!(first.terminate().await && second.terminate().await);
}
