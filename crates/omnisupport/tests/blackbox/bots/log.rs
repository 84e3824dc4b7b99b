//! The log of what a bot was handed: what became of it, what it carried, and taking it up again.

use omni_model::{ChannelId, TenantScope, Timestamp};
use omni_store::StoreError;
use omni_store::raw_event_log::{self, Wanted};
use omni_store::raw_events::{self, NewRawEvent, RawState};
use omni_testkit::{Bot, Guest, Salon, TestApp, TestDatabase, both_engines, eventually};
use serde_json::{Value, json};

use super::once;
use crate::telegram::texts;

/// Something that came, and was set aside before it was worked on.
async fn set_aside(app: &TestApp, salon: &Salon, bot: &Bot, update: &Value) {
    let scope = TenantScope::of(salon.tenant_id.into());
    let channel: ChannelId = bot.channel["id"].as_str().unwrap().parse().unwrap();
    let event = NewRawEvent {
        scope,
        channel_id: channel,
        provider_event_id: update["update_id"].to_string(),
        order_key: update["message"]["chat"]["id"].to_string(),
        kind: "message".to_owned(),
        payload: update.to_string(),
        received_at: Timestamp::from_seconds(1_790_000_000),
    };
    let done = app.core().store().write(&scope, move |unit| async move {
        raw_events::accept(&unit, std::slice::from_ref(&event)).await?;
        let newest = Wanted {
            channel,
            state: Some(RawState::Pending),
            before: None,
            limit: 1,
        };
        let (lines, _) = raw_event_log::page(unit.db(), &scope, newest).await?;
        let rows: Vec<i64> = lines.iter().map(|line| line.row_id).collect();
        let why = Some("the disk was full");
        raw_events::finish(&unit, &rows, RawState::Dead, why).await?;
        Ok::<_, StoreError>(())
    });
    done.await.unwrap();
}

both_engines!(
    what_was_set_aside_is_taken_up_again_and_nothing_is_doubled,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let bot = Bot::called(&app, &salon).await;
        let guest = Guest(771);
        let first = guest.writes(1, 1, "раз");
        bot.receives(first.to_string()).await.expect(200);
        let conversation = salon.conversation_with(&guest.name()).await;
        set_aside(&app, &salon, &bot, &guest.writes(2, 2, "два")).await;
        let strange = json!({"update_id": 3, "brand_new": {"x": 1}}).to_string();
        bot.receives(strange).await.expect(200);

        let log = format!(
            "/api/v1/channels/{}/events",
            bot.channel["id"].as_str().unwrap()
        );
        let all = eventually("all three", || async {
            let all = salon.owner.get(&log).await.expect(200);
            let waits = all["items"]
                .as_array()?
                .iter()
                .any(|it| it["outcome"] == "pending");
            (all["total"] == 3 && !waits).then_some(all)
        })
        .await;
        let told = |at: usize, name: &str| all["items"][at][name].clone();
        assert_eq!(
            [told(0, "kind"), told(0, "outcome")],
            ["brand_new", "unsupported"]
        );
        assert_eq!(
            [told(1, "outcome"), told(1, "error")],
            ["failed", "the disk was full"]
        );
        assert_eq!(
            [told(2, "outcome"), told(2, "provider_event_id")],
            ["done", "1"]
        );
        assert!(!all.to_string().contains("два"), "only one by one");

        // Page by page, and only some.
        let page = salon.owner.get(&format!("{log}?limit=2")).await.expect(200);
        let next = page["next_cursor"].as_str().unwrap();
        let rest = salon
            .owner
            .get(&format!("{log}?limit=2&cursor={next}"))
            .await
            .expect(200);
        assert_eq!(
            (&rest["items"][0]["id"], rest.get("next_cursor")),
            (&told(2, "id"), None)
        );
        for (outcome, count) in [
            ("done", 1),
            ("failed", 1),
            ("unsupported", 1),
            ("pending", 0),
        ] {
            let some = salon
                .owner
                .get(&format!("{log}?outcome={outcome}"))
                .await
                .expect(200);
            assert_eq!(some["total"], count, "{outcome}");
        }
        for wrong in ["limit=0", "cursor=x", "outcome=lost", "x=1"] {
            let answer = salon.owner.get(&format!("{log}?{wrong}")).await;
            assert!(
                matches!(answer.status, 400 | 422),
                "{wrong}: {}",
                answer.status
            );
        }

        let lost = format!("{log}/{}", told(1, "id").as_str().unwrap());
        let shown = salon.owner.get(&lost).await.expect(200);
        assert_eq!(shown["payload"]["message"]["text"], "два");
        let again = format!("{lost}/replay");
        salon.owner.post(&again, &json!({})).await.expect(200);
        let is = |thread: &[Value]| texts(thread) == ["раз", "два"];
        once(&salon, &conversation, is).await;
        eventually("it to be done", || async {
            let shown = salon.owner.get(&lost).await.expect(200);
            (shown["outcome"] == "done" && shown.get("error").is_none()).then_some(())
        })
        .await;

        // Nothing is doubled, however often that is asked for; nor where only the note of it was lost.
        let scope = TenantScope::of(salon.tenant_id.into());
        let row: i64 = told(2, "id").as_str().unwrap().parse().unwrap();
        let forgotten = app.core().store().write(&scope, move |unit| async move {
            raw_events::finish(&unit, &[row], RawState::Dead, None).await
        });
        forgotten.await.unwrap();
        let known = format!("{log}/{row}/replay");
        for path in [&again, &known, &known] {
            salon.owner.post(path, &json!({})).await.expect(200);
        }
        bot.receives(guest.writes(4, 4, "три").to_string())
            .await
            .expect(200);
        let is = |thread: &[Value]| texts(thread) == ["раз", "два", "три"];
        once(&salon, &conversation, is).await;
        eventually("it to be done again", || async {
            let all = salon
                .owner
                .get(&format!("{log}?outcome=done"))
                .await
                .expect(200);
            (all["total"] == 3).then_some(())
        })
        .await;
        let (_, operator) = salon.hires("anna", "operator").await;
        operator.get(&lost).await.refused(403, "forbidden");
        salon
            .owner
            .get(&format!("{log}/999999999"))
            .await
            .refused(404, "not_found");
        app.stop().await;
    }
);
