//! What Telegram's bots need: groups that were told, bots that are looked after, the log of what came.

use std::time::Duration;

use omni_model::{ChannelKind, Clock, PlatformScope, SystemClock, Timestamp};
use omni_store::channel_watches::{self, Watch};
use omni_store::raw_event_log::{self, Wanted};
use omni_store::raw_events::{self, NewRawEvent, RawState};
use omni_store::testing::TestDatabase;
use omni_store::{Store, UnitOfWork, refused_chats};

use super::fixture::{Salon, salon};

async fn told(store: &Store, salon: Salon, chat: &'static str, pause: Duration) -> bool {
    let note = move |unit: UnitOfWork| async move {
        refused_chats::note(&unit, &salon.scope, salon.channel, chat, pause).await
    };
    store.write(&salon.scope, note).await.unwrap()
}

omni_store::both_engines!(
    a_group_is_told_once_in_a_while,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let (ours, theirs) = (salon(&store).await, salon(&store).await);
        let day = Duration::from_secs(24 * 3600);
        assert!(told(&store, ours, "-1", day).await);
        assert!(!told(&store, ours, "-1", day).await);
        assert!(told(&store, ours, "-2", day).await);
        assert!(told(&store, theirs, "-1", day).await);
        assert!(told(&store, ours, "-1", Duration::ZERO).await);
    }
);

async fn watch_of(store: &Store, salon: Salon, now: Timestamp) -> Option<Watch> {
    let why = PlatformScope::for_reason("a test");
    let due = channel_watches::due(store.reader(), why, ChannelKind::Telegram, now, 100)
        .await
        .unwrap();
    let mut due = due.into_iter();
    due.find(|(channel, _)| channel.id == salon.channel)
        .map(|(_, watch)| watch)
}

omni_store::both_engines!(
    a_bot_is_looked_after_by_one,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let salon = salon(&store).await;
        let now = SystemClock.now();
        let due = watch_of(&store, salon, now).await.unwrap();
        assert_eq!(due, Watch::default());
        let next = now.plus(Duration::from_secs(60));
        let taken = async || {
            let take = move |unit: UnitOfWork| async move {
                let found = omni_store::channels::lock(&unit, &salon.scope, salon.channel).await?;
                channel_watches::take(&unit, &found.unwrap(), due.at, next).await
            };
            store.write(&salon.scope, take).await.unwrap()
        };
        assert!(taken().await);
        assert!(!taken().await, "somebody else has it");
        assert_eq!(watch_of(&store, salon, now).await, None);

        let note = move |unit: UnitOfWork| async move {
            let found = omni_store::channels::lock(&unit, &salon.scope, salon.channel).await?;
            channel_watches::note(&unit, &found.unwrap(), Some(now), None).await
        };
        store.write(&salon.scope, note).await.unwrap();
        let watch = watch_of(&store, salon, next).await.unwrap();
        assert_eq!(
            (watch.at, watch.failing_since, watch.fell_back_at),
            (next, Some(now), None)
        );
    }
);

fn event(salon: Salon, number: i64) -> NewRawEvent {
    NewRawEvent {
        scope: salon.scope,
        channel_id: salon.channel,
        provider_event_id: number.to_string(),
        order_key: "111".to_owned(),
        kind: "message".to_owned(),
        payload: format!("{{\"update_id\":{number}}}"),
        received_at: SystemClock.now(),
    }
}

omni_store::both_engines!(
    what_came_is_listed_and_only_what_led_to_nothing_is_taken_up,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let (ours, theirs) = (salon(&store).await, salon(&store).await);
        let accept = move |unit: UnitOfWork| async move {
            let events: Vec<_> = (1..=3).map(|number| event(ours, number)).collect();
            raw_events::accept(&unit, &events).await
        };
        store.write(&ours.scope, accept).await.unwrap();
        let wanted = |state| Wanted {
            channel: ours.channel,
            state,
            before: None,
            limit: 2,
        };
        let page = async |scope, wanted| {
            let page = raw_event_log::page(store.reader(), scope, wanted).await;
            page.unwrap().0
        };
        let newest = page(&ours.scope, wanted(None)).await;
        let numbers: Vec<_> = newest
            .iter()
            .map(|it| it.provider_event_id.as_str())
            .collect();
        assert_eq!(numbers, ["3", "2"]);
        let before = Some(newest[1].row_id);
        let rest = page(
            &ours.scope,
            Wanted {
                before,
                ..wanted(None)
            },
        )
        .await;
        assert_eq!((rest.len(), rest[0].provider_event_id.as_str()), (1, "1"));
        assert!(page(&theirs.scope, wanted(None)).await.is_empty());

        let (dead, done) = (newest[0].row_id, newest[1].row_id);
        let finish = move |unit: UnitOfWork| async move {
            raw_events::finish(&unit, &[dead], RawState::Dead, Some("why")).await?;
            raw_events::finish(&unit, &[done], RawState::Done, None).await
        };
        store.write(&ours.scope, finish).await.unwrap();
        let aside = page(&ours.scope, wanted(Some(RawState::Dead))).await;
        assert_eq!((aside.len(), aside[0].error.as_deref()), (1, Some("why")));
        let found = raw_event_log::find(store.reader(), &ours.scope, ours.channel, dead).await;
        assert_eq!(found.unwrap().unwrap().1, "{\"update_id\":3}");
        let foreign = raw_event_log::find(store.reader(), &theirs.scope, ours.channel, dead).await;
        assert_eq!(foreign.unwrap(), None);

        let take_up = async |salon: Salon, row| {
            let take = move |unit: UnitOfWork| async move {
                raw_event_log::take_up(&unit, &salon.scope, salon.channel, row).await
            };
            store.write(&salon.scope, take).await.unwrap()
        };
        assert_eq!(take_up(theirs, dead).await, None);
        assert_eq!(take_up(ours, done).await, Some(false));
        assert_eq!(take_up(ours, dead).await, Some(true));
        assert_eq!(take_up(ours, dead).await, Some(false));
        let waits = page(&ours.scope, wanted(Some(RawState::Pending))).await;
        assert_eq!(waits[0].row_id, dead);
    }
);
