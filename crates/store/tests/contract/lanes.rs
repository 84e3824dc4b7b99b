//! Lanes under crashes: order per lane, nothing lost, nothing run by two, a poisoned job stops only itself.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use omni_model::{Clock, Job, ManualClock, MessageId, Queue, SystemClock};
use omni_store::lanes::{self, Leave};
use omni_store::raw_events::{self, NewRawEvent};
use omni_store::testing::{Nobody, TestDatabase};
use omni_store::{Claim, CommitListener, Committed, Lease, Store, StoreError, jobs};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

use super::fixture::{Salon, salon};

/// What may happen next.
#[derive(Clone, Debug)]
enum Step {
    /// Jobs are added to a lane.
    Add { lane: u8, jobs: u8 },
    /// A worker leases lanes.
    Claim { worker: u8, lanes: u8 },
    /// A worker runs up to so many jobs of each of its lanes and commits.
    Run { worker: u8, jobs: u8 },
    /// A worker's first job fails: try again.
    Fail { worker: u8 },
    /// A worker dies with what it holds.
    Crash { worker: u8 },
    /// Time passes, and all leases run out; their holders do not know.
    Expire,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..4_u8, 1..4_u8).prop_map(|(lane, jobs)| Step::Add { lane, jobs }),
        4 => (0..3_u8, 1..4_u8).prop_map(|(worker, lanes)| Step::Claim { worker, lanes }),
        4 => (0..3_u8, 1..4_u8).prop_map(|(worker, jobs)| Step::Run { worker, jobs }),
        1 => (0..3_u8).prop_map(|worker| Step::Fail { worker }),
        1 => (0..3_u8).prop_map(|worker| Step::Crash { worker }),
        1 => Just(Step::Expire),
    ]
}

struct Model {
    store: Store,
    salon: Salon,
    added: BTreeMap<String, Vec<MessageId>>,
    /// What committed, in the order of commits.
    ran: BTreeMap<String, Vec<MessageId>>,
    held: HashMap<u8, Vec<Lease>>,
}

impl Model {
    async fn new(store: &Store) -> Self {
        Self {
            store: store.clone(),
            salon: salon(store).await,
            added: BTreeMap::new(),
            ran: BTreeMap::new(),
            held: HashMap::new(),
        }
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::Add { lane, jobs } => self.add(format!("lane-{lane}"), jobs).await,
            Step::Claim { worker, lanes } => {
                let leases = self.claim(usize::from(lanes)).await;
                self.held.entry(worker).or_default().extend(leases);
            }
            Step::Run { worker, jobs } => {
                for lease in self.held.remove(&worker).unwrap_or_default() {
                    self.run(lease, u64::from(jobs)).await;
                }
            }
            Step::Fail { worker } => {
                for lease in self.held.remove(&worker).unwrap_or_default() {
                    let retry = Leave::Retry(Duration::ZERO);
                    let _ = self.leave(lease, retry).await;
                }
            }
            Step::Crash { worker } => drop(self.held.remove(&worker)),
            Step::Expire => self.store.free_all_leases().await.unwrap(),
        }
    }

    async fn add(&mut self, lane: String, count: u8) {
        let ids: Vec<_> = (0..count).map(|_| MessageId::new(&SystemClock)).collect();
        self.added.entry(lane.clone()).or_default().extend(&ids);
        self.store
            .write(&self.salon.scope, move |unit| async move {
                for message_id in ids {
                    unit.enqueue(lane.clone(), Job::Deliver { message_id });
                }
                Ok::<_, StoreError>(())
            })
            .await
            .unwrap();
    }

    async fn claim(&self, lanes: usize) -> Vec<Lease> {
        let claim = Claim {
            queue: Queue::Deliver,
            owner: "test".to_owned(),
            lanes,
            tenant_bound: 100,
        };
        self.store.claim_lanes(claim, None).await.unwrap()
    }

    async fn run(&mut self, lease: Lease, limit: u64) {
        let waiting = jobs::of_lane(self.store.reader(), &lease, limit)
            .await
            .unwrap();
        let ids: Vec<_> = waiting
            .iter()
            .map(|pending| match pending.job {
                Job::Deliver { message_id } => message_id,
                _ => unreachable!("only deliveries are added"),
            })
            .collect();
        let leave = if (waiting.len() as u64) < limit {
            Leave::Drained
        } else {
            Leave::More
        };
        let lane = lease.order_key.clone();
        let outcome: Result<(), StoreError> = self
            .store
            .write(&self.salon.scope, move |unit| async move {
                for pending in waiting {
                    jobs::done(&unit, pending.row_id).await?;
                }
                lanes::leave(&unit, &[(&lease, leave)]).await
            })
            .await;
        match outcome {
            Ok(()) => self.ran.entry(lane).or_default().extend(ids),
            // The lease ran out meanwhile: nothing may have happened.
            Err(StoreError::Stale) => {}
            Err(other) => panic!("{other:?}"),
        }
    }

    async fn leave(&self, lease: Lease, leave: Leave) -> Result<(), StoreError> {
        self.store
            .write(&self.salon.scope, move |unit| async move {
                lanes::leave(&unit, &[(&lease, leave)]).await
            })
            .await
    }

    async fn drain(&mut self) {
        self.held.clear();
        self.store.free_all_leases().await.unwrap();
        for _ in 0..200 {
            let leases = self.claim(8).await;
            if leases.is_empty() {
                return;
            }
            for lease in leases {
                self.run(lease, 2).await;
            }
        }
        panic!("the lanes never ran dry");
    }
}

omni_store::both_engines!(
    nothing_is_lost_doubled_or_reordered_under_crashes,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let mut runner = TestRunner::new(Config::default());
        let steps = prop::collection::vec(step(), 5..40);
        for _ in 0..16 {
            let steps = steps.new_tree(&mut runner).unwrap().current();
            let mut model = Model::new(&store).await;
            for step in steps.clone() {
                model.take(step).await;
            }
            model.drain().await;
            assert_eq!(model.ran, model.added, "after {steps:?}");
        }
    }
);

omni_store::both_engines!(
    a_lane_is_never_leased_twice_at_once,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let mut model = Model::new(&store).await;
        for lane in 0..20 {
            model.add(format!("lane-{lane}"), 1).await;
        }
        let claims = (0..8).map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                let claim = Claim {
                    queue: Queue::Deliver,
                    owner: "test".to_owned(),
                    lanes: 4,
                    tenant_bound: 100,
                };
                store.claim_lanes(claim, None).await.unwrap()
            })
        });
        let mut keys = Vec::new();
        for claim in claims.collect::<Vec<_>>() {
            keys.extend(
                claim
                    .await
                    .unwrap()
                    .into_iter()
                    .map(|lease| lease.order_key),
            );
        }
        let claimed = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), claimed, "a lane was leased twice");
        assert!(claimed >= 16, "only {claimed} of 20 lanes were leased");
    }
);

omni_store::both_engines!(
    a_buried_job_lets_the_next_one_through,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let mut model = Model::new(&store).await;
        model.add("lane".to_owned(), 2).await;
        let lease = model.claim(1).await.pop().unwrap();
        store
            .write(&model.salon.scope, move |unit| async move {
                jobs::bury_first(&unit, &lease, "poison").await?;
                lanes::leave(&unit, &[(&lease, Leave::More)]).await
            })
            .await
            .unwrap();
        model.drain().await;
        assert_eq!(model.ran["lane"], model.added["lane"][1..]);
    }
);

omni_store::both_engines!(
    who_gave_a_lane_back_holds_it_no_more,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let mut model = Model::new(&store).await;
        model.add("lane".to_owned(), 2).await;
        let lease = model.claim(1).await.pop().unwrap();
        model.leave(lease.clone(), Leave::More).await.unwrap();

        store
            .renew_leases(std::slice::from_ref(&lease))
            .await
            .unwrap();
        let again = model.leave(lease, Leave::Postpone(Duration::ZERO)).await;
        assert!(matches!(again, Err(StoreError::Stale)), "{again:?}");

        let next = model.claim(1).await.pop().expect("the lane is free");
        assert_eq!(next.attempts, 1);
    }
);

omni_store::both_engines!(
    a_lease_that_ran_out_is_worth_nothing_in_another_lane,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let mut model = Model::new(&store).await;
        model.add("first".to_owned(), 1).await;
        let stale = model.claim(1).await.pop().unwrap();
        // Another worker finishes the lane meanwhile, and SQLite gives its row key to the next one.
        model.drain().await;
        model.add("second".to_owned(), 1).await;
        let lease = model.claim(1).await.pop().unwrap();

        for leave in [
            Leave::Drained,
            Leave::More,
            Leave::Retry(Duration::ZERO),
            Leave::Postpone(Duration::ZERO),
        ] {
            let left = model.leave(stale.clone(), leave).await;
            assert!(
                matches!(left, Err(StoreError::Stale)),
                "{leave:?}: {left:?}"
            );
        }
        let held = store
            .write(&model.salon.scope, move |unit| async move {
                lanes::assert_held(&unit, &stale).await
            })
            .await;
        assert!(matches!(held, Err(StoreError::Stale)), "{held:?}");
        model.run(lease, 2).await;
        assert_eq!(model.ran, model.added);
    }
);

omni_store::both_engines!(
    work_is_due_whatever_the_writers_clock_says,
    |database: TestDatabase| async move {
        let (now, hours) = (SystemClock.now(), Duration::from_secs(2 * 3600));
        for time in [now.plus(hours), now.minus(hours)] {
            let clock = Arc::new(ManualClock::at(time));
            let store = database.store_with(clock, Arc::new(Nobody)).await.unwrap();
            let mut model = Model::new(&store).await;
            model.add("lane".to_owned(), 1).await;
            let waiting = store.lane_backlog(Queue::Deliver).await.unwrap();
            assert!(waiting.oldest_due < Duration::from_secs(60), "{waiting:?}");
            assert_eq!(model.claim(1).await.len(), 1, "written at {time:?}");

            let event = NewRawEvent {
                scope: model.salon.scope,
                channel_id: model.salon.channel,
                provider_event_id: "1".to_owned(),
                order_key: "chat".to_owned(),
                kind: "message".to_owned(),
                payload: "{}".to_owned(),
                received_at: time,
            };
            raw_events::accept_next(&store, None, move || async move { Box::new(vec![event]) })
                .await
                .unwrap();
            let claim = Claim {
                queue: Queue::Inbound,
                owner: "test".to_owned(),
                lanes: 1,
                tenant_bound: 100,
            };
            let leases = store.claim_lanes(claim, None).await.unwrap();
            assert_eq!(leases.len(), 1, "received at {time:?}");
        }
    }
);

omni_store::both_engines!(
    a_noisy_tenant_holds_only_its_share,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let mut model = Model::new(&store).await;
        for lane in 0..6 {
            model.add(format!("lane-{lane}"), 1).await;
        }
        let claim = |bound| Claim {
            queue: Queue::Deliver,
            owner: "test".to_owned(),
            lanes: 2,
            tenant_bound: bound,
        };
        assert_eq!(store.claim_lanes(claim(2), None).await.unwrap().len(), 2);
        assert_eq!(store.claim_lanes(claim(2), None).await.unwrap().len(), 0);
        assert_eq!(store.claim_lanes(claim(3), None).await.unwrap().len(), 2);
    }
);

omni_store::both_engines!(
    those_who_bring_work_and_those_who_did_some_take_turns,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let salon = salon(&store).await;
        let work = |numbers: Vec<u32>| {
            let store = store.clone();
            tokio::spawn(async move {
                for _ in 0..40 {
                    let numbers = numbers.clone();
                    store
                        .write(&salon.scope, move |unit| async move {
                            for number in numbers {
                                unit.wake(Queue::Deliver, format!("lane-{number}"));
                            }
                            Ok::<_, StoreError>(())
                        })
                        .await?;
                }
                Ok::<_, StoreError>(())
            })
        };
        let leaver = || {
            let store = store.clone();
            tokio::spawn(async move {
                for _ in 0..40 {
                    let claim = Claim {
                        queue: Queue::Deliver,
                        owner: "test".to_owned(),
                        lanes: 64,
                        tenant_bound: 1_000,
                    };
                    let mut leases = store.claim_lanes(claim, None).await?;
                    // Due lanes come in the order of their dates, which is no order of keys.
                    leases.reverse();
                    store
                        .write(&salon.scope, move |unit| async move {
                            let left: Vec<_> = leases.iter().map(|l| (l, Leave::Drained)).collect();
                            lanes::leave(&unit, &left).await
                        })
                        .await?;
                }
                Ok::<_, StoreError>(())
            })
        };
        let tasks = [
            work((0..64).collect()),
            work((0..64).rev().step_by(2).collect()),
            work((0..64).step_by(3).collect()),
            leaver(),
            leaver(),
        ];
        for task in tasks {
            // A deadlock would end one of them as busy.
            task.await.unwrap().unwrap();
        }
    }
);

/// Remembers which queues it was told of.
#[derive(Default)]
struct Told(Mutex<Vec<Queue>>);

impl CommitListener for Told {
    fn committed(&self, commit: &Committed) {
        self.0.lock().unwrap().extend(&commit.queues);
    }
}

omni_store::both_engines!(
    who_leaves_work_in_a_lane_tells_of_it,
    |database: TestDatabase| async move {
        let told = Arc::new(Told::default());
        let clock = Arc::new(SystemClock);
        let store = database.store_with(clock, told.clone()).await.unwrap();
        let mut model = Model::new(&store).await;
        model.add("lane".to_owned(), 2).await;
        for (leave, is_told) in [
            (Leave::More, true),
            (Leave::Retry(Duration::ZERO), false),
            (Leave::Drained, false),
        ] {
            let lease = model.claim(1).await.pop().unwrap();
            told.0.lock().unwrap().clear();
            model.leave(lease, leave).await.unwrap();
            let queues = std::mem::take(&mut *told.0.lock().unwrap());
            assert_eq!(queues == [Queue::Deliver], is_told, "{leave:?}");
        }
        // Something came while the lane was held.
        model.add("lane".to_owned(), 1).await;
        let lease = model.claim(1).await.pop().unwrap();
        model.add("lane".to_owned(), 1).await;
        told.0.lock().unwrap().clear();
        model.leave(lease, Leave::Drained).await.unwrap();
        assert_eq!(*told.0.lock().unwrap(), [Queue::Deliver]);
    }
);
