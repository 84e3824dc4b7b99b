//! Lanes that are leased by the statement that stores their first events.

use std::time::Duration;

use omni_model::{Clock, Queue, SystemClock};
use omni_store::lanes::{self, Leave};
use omni_store::raw_events::{self, NewRawEvent, RawEvent, RawState};
use omni_store::testing::TestDatabase;
use omni_store::{Claim, Dialect, Lease, Store, StoreError};

use super::fixture::{Salon, salon};

fn event(salon: Salon, chat: &str, id: u32) -> NewRawEvent {
    NewRawEvent {
        scope: salon.scope,
        channel_id: salon.channel,
        provider_event_id: id.to_string(),
        order_key: chat.to_owned(),
        kind: "message".to_owned(),
        payload: format!("{{\"update_id\":{id}}}"),
        received_at: SystemClock.now(),
    }
}

/// Stores events for the worker of this process; answers what it got.
async fn accept(store: &Store, events: &[NewRawEvent]) -> Vec<(Lease, Vec<RawEvent>)> {
    let given = events.to_vec();
    let gather = move || async move { Box::new(given) };
    let taken = raw_events::accept_next(store, Some("here"), gather).await;
    taken.unwrap().with(events.to_vec())
}

async fn claim(store: &Store) -> Vec<Lease> {
    let claim = Claim {
        queue: Queue::Inbound,
        owner: "test".to_owned(),
        lanes: 100,
        tenant_bound: 100,
    };
    store.claim_lanes(claim, None).await.unwrap()
}

async fn leave(store: &Store, lease: &Lease) -> Result<(), StoreError> {
    finish(store, lease, &[]).await
}

/// Leaves a lane whose worker is done with these events.
async fn finish(store: &Store, lease: &Lease, events: &[RawEvent]) -> Result<(), StoreError> {
    let lease = lease.clone();
    let done: Vec<i64> = events.iter().map(|event| event.row_id).collect();
    let scope = lease.scope;
    store
        .write_intake(&scope, move |unit| async move {
            unit.hold_back();
            raw_events::finish(&unit, &done, RawState::Done, None).await?;
            lanes::leave(&unit, &[(&lease, Leave::Drained)]).await
        })
        .await
}

fn payloads(events: &[RawEvent]) -> Vec<&str> {
    events.iter().map(|event| event.payload.as_str()).collect()
}

omni_store::both_engines!(
    a_new_lane_comes_with_its_events_and_goes_when_they_are_done,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let salon = salon(&store).await;
        let [a, b, c] = [("anna", 1), ("boris", 2), ("anna", 3)].map(|(w, n)| event(salon, w, n));
        let mut taken = accept(&store, &[a, b, c]).await;
        if store.dialect() == Dialect::Sqlite {
            assert!(taken.is_empty());
            assert_eq!(claim(&store).await.len(), 2, "one writer asks for many");
            return;
        }
        taken.sort_by(|(a, _), (b, _)| a.order_key.cmp(&b.order_key));
        let [(anna, hers), (boris, his)] = taken.as_slice() else {
            panic!("{taken:?}")
        };
        assert_eq!(payloads(hers), [r#"{"update_id":1}"#, r#"{"update_id":3}"#]);
        assert_eq!(payloads(his), [r#"{"update_id":2}"#]);
        assert!(hers[0].row_id < hers[1].row_id);
        assert!(claim(&store).await.is_empty(), "nobody else has them");
        let read = raw_events::of_lanes(store.reader(), std::slice::from_ref(anna), 10).await;
        assert_eq!(
            payloads(&read.unwrap()),
            payloads(hers),
            "as they are stored"
        );

        leave(&store, anna).await.unwrap();
        leave(&store, boris).await.unwrap();
        assert_eq!(store.lane_backlog(Queue::Inbound).await.unwrap().lanes, 0);
        assert!(matches!(leave(&store, anna).await, Err(StoreError::Stale)));
    }
);

omni_store::both_engines!(
    what_comes_meanwhile_is_claimed,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let salon = salon(&store).await;
        let first = accept(&store, &[event(salon, "anna", 1)]).await;
        let second = accept(&store, &[event(salon, "anna", 2), event(salon, "vera", 3)]).await;
        if store.dialect() == Dialect::Sqlite {
            return;
        }
        let new: Vec<_> = second.iter().map(|(_, events)| payloads(events)).collect();
        assert_eq!(new, [[r#"{"update_id":3}"#]], "anna's lane has a holder");
        let (anna, events) = &first[0];
        finish(&store, anna, events).await.unwrap();
        let claimed = claim(&store).await;
        assert_eq!(claimed.len(), 1);
        assert_eq!(
            (claimed[0].attempts, &claimed[0].order_key),
            (1, &anna.order_key)
        );
        let rest = raw_events::of_lanes(store.reader(), &claimed, 10).await;
        assert_eq!(payloads(&rest.unwrap()), [r#"{"update_id":2}"#]);
    }
);

omni_store::both_engines!(
    a_repeat_brings_no_event,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let salon = salon(&store).await;
        let once = event(salon, "anna", 1);
        for (lease, events) in accept(&store, std::slice::from_ref(&once)).await {
            assert_eq!(events.len(), 1);
            leave(&store, &lease).await.unwrap();
        }
        let twice = [once.clone(), once, event(salon, "anna", 2)];
        for (lease, events) in accept(&store, &twice).await {
            assert_eq!(payloads(&events), [r#"{"update_id":2}"#]);
            leave(&store, &lease).await.unwrap();
        }
        let stored = raw_events::count(
            store.reader(),
            &salon.scope,
            salon.channel,
            RawState::Pending,
        );
        assert_eq!(stored.await.unwrap(), 2);
    }
);

omni_store::both_engines!(
    what_is_given_back_can_be_claimed_at_once,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let salon = salon(&store).await;
        let taken = accept(&store, &[event(salon, "anna", 1), event(salon, "boris", 2)]).await;
        let leases: Vec<_> = taken.into_iter().map(|(lease, _)| lease).collect();
        store.give_back(&leases).await.unwrap();
        let claimed = claim(&store).await;
        assert_eq!(claimed.len(), 2);
        assert!(
            claimed.iter().all(|lease| lease.attempts == 1),
            "nothing was tried"
        );
        for lease in &leases {
            assert!(matches!(leave(&store, lease).await, Err(StoreError::Stale)));
        }
    }
);

/// A webhook on its way in: it has the lane, and comes to the event later.
const REPEAT: &str = "BEGIN; UPDATE lanes SET version = version + 1; SELECT pg_sleep(0.5); \
     INSERT INTO raw_events (tenant_id, channel_id, provider_event_id, order_key, kind, payload, state, received_at) \
     SELECT tenant_id, channel_id, provider_event_id, order_key, kind, payload, state, received_at FROM raw_events \
     ON CONFLICT (channel_id, provider_event_id) DO NOTHING; COMMIT";

omni_store::both_engines!(
    a_repeat_and_the_one_who_works_on_it_take_turns,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let salon = salon(&store).await;
        let once = event(salon, "anna", 1);
        let Some((lease, events)) = accept(&store, std::slice::from_ref(&once)).await.pop() else {
            return;
        };
        // From here on the lane has new work, and is not removed.
        accept(&store, std::slice::from_ref(&once)).await;
        let work = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            finish(&store, &lease, &events).await
        };
        let ((), work) = tokio::join!(database.execute(REPEAT), work);
        work.unwrap();
    }
);
