//! The event log: gapless, in the order of commits.

use std::sync::{Arc, Mutex};

use omni_model::{Event, SystemClock};
use omni_store::testing::TestDatabase;
use omni_store::{CommitListener, Committed, StoreError, events};

use super::fixture::{conversation, queued, salon};

/// Keeps what commits tell.
#[derive(Default)]
struct Told(Mutex<Vec<Event>>);

impl CommitListener for Told {
    fn committed(&self, commit: &Committed) {
        if let Some(growth) = &commit.events {
            let mut told = self.0.lock().unwrap();
            told.extend(growth.events.iter().map(|told| told.event.clone()));
            assert_eq!(told.last().map(|event| event.seq), Some(growth.head));
        }
    }
}

omni_store::both_engines!(
    commits_tell_what_the_log_has,
    |database: TestDatabase| async move {
        let told = Arc::new(Told::default());
        let store = database
            .store_with(Arc::new(SystemClock), told.clone())
            .await
            .unwrap();
        let salon = salon(&store).await;
        let record = conversation(&store, salon).await;
        for count in 1..4 {
            store
                .write(&salon.scope, move |unit| async move {
                    for _ in 0..count {
                        unit.emit(queued(record.id));
                    }
                    Ok::<_, StoreError>(())
                })
                .await
                .unwrap();
        }
        let log = events::after(store.reader(), &salon.scope, 0, 100).await;
        assert_eq!(*told.0.lock().unwrap(), log.unwrap());
    }
);

omni_store::both_engines!(
    a_reader_sees_every_event_once_and_in_order,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let salon = salon(&store).await;
        let record = conversation(&store, salon).await;
        let reader = {
            let store = store.clone();
            tokio::spawn(async move {
                let (mut seen, mut last) = (Vec::new(), 1);
                while seen.len() < 200 {
                    let new = events::after(store.reader(), &salon.scope, last, 7)
                        .await
                        .unwrap();
                    last = new.last().map_or(last, |event| event.seq);
                    seen.extend(new.into_iter().map(|event| event.seq));
                }
                seen
            })
        };
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let store = store.clone();
                tokio::spawn(async move {
                    for round in 0..10 {
                        store
                            .write(&salon.scope, move |unit| async move {
                                // One to four events a commit: 8 writers x 10 rounds x 2.5 on average.
                                for _ in 0..=(writer + round) % 4 {
                                    unit.emit(queued(record.id));
                                }
                                Ok::<_, StoreError>(())
                            })
                            .await
                            .unwrap();
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        let seen = tokio::time::timeout(std::time::Duration::from_secs(20), reader)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(seen, (2..=201).collect::<Vec<i64>>());
        assert_eq!(
            events::head(store.reader(), &salon.scope).await.unwrap().0,
            201
        );
    }
);

omni_store::both_engines!(
    tenants_count_for_themselves,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let (one, two) = (salon(&store).await, salon(&store).await);
        conversation(&store, one).await;
        conversation(&store, one).await;
        conversation(&store, two).await;
        assert_eq!(events::head(store.reader(), &one.scope).await.unwrap().0, 2);
        assert_eq!(events::head(store.reader(), &two.scope).await.unwrap().0, 1);
        assert_ne!(
            events::head(store.reader(), &one.scope).await.unwrap().1,
            events::head(store.reader(), &two.scope).await.unwrap().1
        );
    }
);
