//! Somebody else holds a lock and comes to no end: who needs it is refused in time, all others go on.

use std::time::Duration;

use futures_util::future::join_all;
use omni_testkit::{Answer, Bot, Engine, Guest, Holder, TestApp, TestDatabase, eventually};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::site::Alone;

/// How long anybody may wait for an answer, were it a refusal.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long those may wait who need nothing of what is locked.
const SOON: Duration = Duration::from_secs(10);

fn is_asked_to_come_again(answer: Answer) {
    assert!(answer.header("retry-after").is_some());
    answer.refused(503, "unavailable");
}

/// Hands an update over as a provider does: until it is taken.
async fn hands_over(bot: &Bot, update: Value) {
    loop {
        let answer = bot.receives(update.to_string()).await;
        if answer.status == 200 {
            return;
        }
        is_asked_to_come_again(answer);
        sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_company_whose_rows_are_locked_holds_up_nobody_else() {
    let Some(database) = TestDatabase::create(Engine::Postgres).await else {
        return;
    };
    let app = TestApp::start(database).await;
    let (salon, other) = (app.salon().await, app.salon().await);
    let bot = Bot::called(&app, &salon).await;
    let others_bot = Bot::called(&app, &other).await;
    let (guest, others_guest) = (Guest(7), Guest(8));
    hands_over(&bot, guest.writes(1, 1, "0")).await;
    let conversation = salon.conversation_with(&guest.name()).await;
    let list = "/api/v1/conversations";
    let messages = format!("{list}/{}/messages", conversation["id"].as_str().unwrap());
    let reply = json!({"content_type": "text", "content": {"text": "Да"}});

    let rows = format!(
        "UPDATE event_heads SET seq = seq WHERE tenant_id = '{}'",
        salon.tenant_id
    );
    let holder = Holder::of(&app.database().url, &rows).await;
    // Taken; working on it waits for the lock, and holds the chat meanwhile.
    hands_over(&bot, guest.writes(2, 2, "1")).await;
    sleep(Duration::from_millis(300)).await;
    let next = timeout(PATIENCE, hands_over(&bot, guest.writes(3, 3, "2")));
    // More than there are connections.
    let writes = join_all((0..12).map(|_| salon.owner.post(&messages, &reply)));
    let writes = timeout(PATIENCE, writes);
    let others = async {
        sleep(Duration::from_millis(300)).await;
        let theirs = hands_over(&others_bot, others_guest.writes(1, 1, "привет"));
        timeout(SOON, theirs).await.expect("others are not held up");
        salon.owner.get(list).await.expect(200);
    };
    let (next, writes, ()) = tokio::join!(next, writes, others);
    next.expect("a provider is answered in time");
    let writes = writes.expect("a writer is answered in time");
    writes.into_iter().for_each(is_asked_to_come_again);
    // While the lock is still held.
    other.conversation_with(&others_guest.name()).await;

    holder.gives_up().await;
    eventually("everything once and in order", || async {
        let page = salon.owner.get(&format!("{messages}?after=0")).await;
        let page = page.expect(200);
        let items = page["items"].as_array().unwrap();
        let texts: Vec<_> = items.iter().map(|it| &it["content"]["text"]).collect();
        (texts == ["0", "1", "2"]).then_some(())
    })
    .await;
    salon.owner.post(&messages, &reply).await.expect(201);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_somebody_else_writes_refuses_in_time_and_recovers() {
    let Alone {
        mut process,
        site,
        url,
        telegram: _telegram,
        folder: _folder,
    } = Alone::with_one_message().await;

    let holder = Holder::of(&url, "UPDATE event_heads SET seq = seq").await;
    let refused = timeout(PATIENCE, site.receives(2, 10)).await;
    is_asked_to_come_again(refused.expect("a provider is answered in time"));
    assert_eq!(site.stored().await, [1], "reading goes on");

    holder.gives_up().await;
    eventually("writing again", || async {
        (site.receives(2, 10).await.status == 200).then_some(())
    })
    .await;
    eventually("everything acknowledged", || async {
        (site.stored().await == [1, 2]).then_some(())
    })
    .await;
    assert!(process.terminate().await, "it stops well");
}
