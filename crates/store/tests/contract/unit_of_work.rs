//! All of a unit of work, or nothing.

use std::time::{Duration, Instant};

use omni_model::{ConversationStatus, Job, MessageId, Queue, SystemClock};
use omni_store::conversations::{self, Change};
use omni_store::lanes::{self, Leave};
use omni_store::testing::{TestDatabase, is_soak};
use omni_store::{Claim, CounterFilter, StoreError, UniqueKey, counters, events, live_views};

use super::fixture::{conversation, queued, salon};

omni_store::both_engines!(
    an_error_takes_everything_back,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let salon = salon(&store).await;
        let record = conversation(&store, salon).await;
        let outcome: Result<(), StoreError> = store
            .write(&salon.scope, move |unit| async move {
                let record = conversations::lock_one(&unit, &salon.scope, record.id)
                    .await?
                    .unwrap();
                let mut change = Change::of(record);
                change.after.status = ConversationStatus::Closed;
                conversations::save(&unit, &[change]).await?;
                unit.emit(queued(record_id(&unit)));
                unit.enqueue(
                    "k",
                    Job::Deliver {
                        message_id: MessageId::new(&SystemClock),
                    },
                );
                Err(StoreError::Reference)
            })
            .await;
        assert!(matches!(outcome, Err(StoreError::Reference)));

        let open = CounterFilter {
            statuses: vec![ConversationStatus::Open],
            ..Default::default()
        };
        assert_eq!(
            counters::total(store.reader(), &salon.scope, &open)
                .await
                .unwrap(),
            1
        );
        assert_eq!(
            events::head(store.reader(), &salon.scope).await.unwrap().0,
            1
        );
        assert_eq!(store.lane_backlog(Queue::Deliver).await.unwrap().lanes, 0);
    }
);

omni_store::both_engines!(
    what_was_held_back_is_there_with_the_rest_or_not_at_all,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let salon = salon(&store).await;
        let id = conversation(&store, salon).await.id;
        let grow = |fails: bool, leaves: bool| {
            let store = store.clone();
            async move {
                let claim = Claim {
                    queue: Queue::Route,
                    owner: "test".to_owned(),
                    lanes: 1,
                    tenant_bound: 1,
                };
                let lease = store.claim_lanes(claim, None).await.unwrap().pop();
                let held = lease.clone().filter(|_| leaves);
                let work = store.write(&salon.scope, move |unit| async move {
                    unit.hold_back();
                    let found = conversations::lock_one(&unit, &salon.scope, id).await?;
                    let mut change = Change::of(found.unwrap());
                    change.after.last_seq += 1;
                    conversations::save(&unit, &[change]).await?;
                    if let Some(lease) = held {
                        lanes::leave(&unit, &[(&lease, Leave::Drained)]).await?;
                    }
                    if fails {
                        return Err(StoreError::Reference);
                    }
                    Ok(())
                });
                assert_eq!(work.await.is_err(), fails);
                let found = live_views::conversations(store.reader(), &salon.scope, &[id]).await;
                (found.unwrap()[0].last_seq, lease.is_some())
            }
        };
        store
            .write(&salon.scope, |unit| async move {
                unit.wake(Queue::Route, "k");
                Ok::<_, StoreError>(())
            })
            .await
            .unwrap();
        assert_eq!(grow(false, true).await, (1, true), "with the lane");
        assert_eq!(grow(false, false).await, (2, false), "with the commit");
        assert_eq!(grow(true, false).await, (2, false), "with nothing");
    }
);

fn record_id(_: &omni_store::UnitOfWork) -> omni_model::ConversationId {
    omni_model::ConversationId::new(&SystemClock)
}

omni_store::both_engines!(
    a_panic_takes_everything_back_and_frees_the_writer,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let salon = salon(&store).await;
        let outcome: Result<(), StoreError> = store
            .write(&salon.scope, move |unit| async move {
                unit.emit(queued(record_id(&unit)));
                panic!("on purpose");
            })
            .await;
        assert!(matches!(outcome, Err(StoreError::Panicked)));
        conversation(&store, salon).await;
        assert_eq!(
            events::head(store.reader(), &salon.scope).await.unwrap().0,
            1
        );
    }
);

omni_store::both_engines!(
    a_conversation_survives_storing,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let salon = salon(&store).await;
        let stored = conversation(&store, salon).await;
        let (scope, id) = (salon.scope, stored.id);
        let read = store
            .write(&scope, move |unit| async move {
                conversations::lock_one(&unit, &scope, id).await
            })
            .await
            .unwrap()
            .unwrap();
        assert!(read.row_id > 0);
        assert_eq!(
            read,
            omni_store::ConversationRecord {
                row_id: read.row_id,
                ..stored
            }
        );
    }
);

omni_store::both_engines!(
    an_identity_has_one_open_conversation,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let salon = salon(&store).await;
        let first = conversation(&store, salon).await;
        let outcome = store
            .write(&salon.scope, move |unit| async move {
                let mut second = first.clone();
                second.row_id = 0;
                second.id = omni_model::ConversationId::new(&SystemClock);
                conversations::save(
                    &unit,
                    &[Change {
                        before: None,
                        after: second,
                    }],
                )
                .await
            })
            .await;
        assert!(outcome.unwrap_err().violates(UniqueKey::CONVERSATION_OPEN));
    }
);

omni_store::both_engines!(
    a_row_cannot_point_into_another_tenant,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let (ours, theirs) = (salon(&store).await, salon(&store).await);
        let foreign = conversation(&store, theirs).await;
        let outcome = store
            .write(&ours.scope, move |unit| async move {
                let mut stolen = foreign.clone();
                stolen.row_id = 0;
                stolen.id = omni_model::ConversationId::new(&SystemClock);
                stolen.tenant_id = ours.scope.tenant_id();
                stolen.channel_id = ours.channel;
                stolen.status = ConversationStatus::Closed;
                conversations::save(
                    &unit,
                    &[Change {
                        before: None,
                        after: stolen,
                    }],
                )
                .await
            })
            .await;
        assert!(matches!(outcome, Err(StoreError::Reference)), "{outcome:?}");
    }
);

omni_store::both_engines!(
    counters_follow_every_move,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let salon = salon(&store).await;
        let mut ids = Vec::new();
        for _ in 0..3 {
            ids.push(conversation(&store, salon).await.id);
        }
        let resolve = ids[0];
        store
            .write(&salon.scope, move |unit| async move {
                let record = conversations::lock_one(&unit, &salon.scope, resolve)
                    .await?
                    .unwrap();
                let mut change = Change::of(record);
                change.after.status = ConversationStatus::Resolved;
                conversations::save(&unit, &[change]).await
            })
            .await
            .unwrap();
        let total = async |statuses| {
            let filter = CounterFilter {
                statuses,
                ..Default::default()
            };
            counters::total(store.reader(), &salon.scope, &filter)
                .await
                .unwrap()
        };
        assert_eq!(total(vec![ConversationStatus::Open]).await, 2);
        assert_eq!(total(vec![ConversationStatus::Resolved]).await, 1);
        assert_eq!(total(vec![]).await, 3);
    }
);

/// Writers at once, and how often each of them writes.
const WRITERS: usize = 32;
const WRITES: usize = 25;
/// What one of a hundred writes may take longer than, on a machine that does nothing else.
const PROMPT: Duration = Duration::from_millis(250);

omni_store::both_engines!(
    thirty_two_writers_lose_nothing,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let salon = salon(&store).await;
        let mut ids = Vec::new();
        for _ in 0..4 {
            ids.push(conversation(&store, salon).await.id);
        }
        let writers: Vec<_> = ids
            .iter()
            .cycle()
            .take(WRITERS)
            .enumerate()
            .map(|(writer, &id)| {
                let store = store.clone();
                tokio::spawn(async move {
                    let mut took = Vec::new();
                    for _ in 0..WRITES {
                        let begun = Instant::now();
                        store
                            .write(&salon.scope, move |unit| async move {
                                // Whether each statement goes by itself, or all of them together.
                                if writer % 2 == 0 {
                                    unit.hold_back();
                                }
                                let record = conversations::lock_one(&unit, &salon.scope, id)
                                    .await?
                                    .unwrap();
                                let mut change = Change::of(record);
                                change.after.last_seq += 1;
                                // So that all of them meet at the counters, too.
                                change.after.status = match change.after.status {
                                    ConversationStatus::Open => ConversationStatus::Pending,
                                    _ => ConversationStatus::Open,
                                };
                                conversations::save(&unit, &[change]).await?;
                                unit.emit(queued(id));
                                Ok::<_, StoreError>(())
                            })
                            .await
                            .expect("nobody waits in vain");
                        took.push(begun.elapsed());
                    }
                    took
                })
            })
            .collect();
        let mut took = Vec::new();
        for writer in writers {
            took.extend(writer.await.unwrap());
        }

        let written = WRITERS * WRITES;
        let log = events::after(store.reader(), &salon.scope, 0, 10_000).await;
        let seqs: Vec<_> = log.unwrap().iter().map(|event| event.seq).collect();
        let head = i64::try_from(ids.len() + written).unwrap();
        assert_eq!(seqs, (1..=head).collect::<Vec<_>>());
        let counted = store
            .write(&salon.scope, move |unit| async move {
                let records = conversations::lock(&unit, &salon.scope, &ids).await?;
                Ok::<_, StoreError>(records.iter().map(|record| record.last_seq).sum::<i64>())
            })
            .await
            .unwrap();
        assert_eq!(counted, i64::try_from(written).unwrap());
        // Each was moved an even number of times.
        let open = CounterFilter {
            statuses: vec![ConversationStatus::Open],
            ..Default::default()
        };
        let open = counters::total(store.reader(), &salon.scope, &open).await;
        assert_eq!(open.unwrap(), 4);

        took.sort_unstable();
        let slowest = took[written * 99 / 100];
        eprintln!("one of a hundred writes took {slowest:?} or longer");
        assert!(!is_soak() || slowest < PROMPT, "{slowest:?}");
    }
);
