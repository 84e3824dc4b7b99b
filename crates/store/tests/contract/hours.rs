//! Business hours, and when routing is to look again.

use std::collections::HashMap;

use omni_model::{
    ConversationStatus, HoursSettings, OutsideHours, PlatformScope, Schedule, Team, TeamHours,
    TeamId, Timestamp,
};
use omni_store::conversations::{self, Change};
use omni_store::testing::TestDatabase;
use omni_store::{Store, StoreError, hours, live_views, teams};

use super::fixture::{Salon, conversation, salon};

fn looks() -> PlatformScope {
    PlatformScope::for_reason("a test looks at what is due")
}

/// A team of nobody.
async fn team(store: &Store, salon: Salon) -> TeamId {
    let scope = salon.scope;
    store
        .write(&scope, move |unit| async move {
            let team = Team {
                id: TeamId::at(unit.now()),
                name: "Night".to_owned(),
                members: Vec::new(),
                created_at: unit.now(),
                updated_at: unit.now(),
            };
            teams::insert(&unit, &scope, &team).await?;
            Ok::<_, StoreError>(team.id)
        })
        .await
        .unwrap()
}

async fn set_team(store: &Store, salon: Salon, id: TeamId, wanted: &TeamHours) {
    let (scope, wanted) = (salon.scope, wanted.clone());
    let set = store.write(&scope, move |unit| async move {
        hours::set_team(&unit, &scope, id, &wanted).await
    });
    set.await.unwrap();
}

async fn remind(store: &Store, salon: Salon, at: i64) {
    let scope = salon.scope;
    let set = store.write(&scope, move |unit| async move {
        hours::remind(&unit, &scope, Timestamp::from_millis(at)).await
    });
    set.await.unwrap();
}

async fn take_due(store: &Store, salon: Salon, now: i64) -> bool {
    let scope = salon.scope;
    let taken = store.write(&scope, move |unit| async move {
        hours::take_due(&unit, &scope, Timestamp::from_millis(now)).await
    });
    taken.await.unwrap()
}

omni_store::both_engines!(
    hours_are_kept_for_each_company_and_team,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let (mine, other) = (salon(&store).await, salon(&store).await);
        let read = hours::of_company(store.reader(), &mine.scope).await;
        assert_eq!(read.unwrap(), HoursSettings::default());
        let wanted = HoursSettings {
            enabled: true,
            outside_hours: OutsideHours::Queue,
            away_message: [("ar".to_owned(), "مغلق".to_owned())].into(),
            ..HoursSettings::default()
        };
        let (scope, set) = (mine.scope, wanted.clone());
        let before = store
            .write(&scope, move |unit| async move {
                hours::set_company(&unit, &scope, &set).await
            })
            .await
            .unwrap();
        assert_eq!(before, HoursSettings::default());
        let read = hours::of_company(store.reader(), &mine.scope).await;
        assert_eq!(read.unwrap(), wanted);
        let read = hours::of_company(store.reader(), &other.scope).await;
        assert_eq!(read.unwrap(), HoursSettings::default());

        let id = team(&store, mine).await;
        let of = async |salon: Salon| hours::of_team(store.reader(), &salon.scope, id).await;
        assert_eq!(of(mine).await.unwrap(), Some(TeamHours::default()));
        assert_eq!(of(other).await.unwrap(), None);
        let own = TeamHours {
            schedule: Some(Schedule::default()),
        };
        set_team(&store, other, id, &own).await;
        assert_eq!(of(mine).await.unwrap(), Some(TeamHours::default()));
        set_team(&store, mine, id, &own).await;
        assert_eq!(of(mine).await.unwrap(), Some(own));
        let all = async |salon: Salon| hours::of_teams(store.reader(), &salon.scope).await;
        let expected = HashMap::from([(id, Schedule::default())]);
        assert_eq!(all(mine).await.unwrap(), expected);
        assert_eq!(all(other).await.unwrap(), HashMap::new());
        set_team(&store, mine, id, &TeamHours::default()).await;
        assert_eq!(all(mine).await.unwrap(), HashMap::new());
    }
);

omni_store::both_engines!(
    the_earliest_reminder_stands_and_is_taken_once,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let (mine, other) = (salon(&store).await, salon(&store).await);
        let due = async |now: i64| {
            let now = Timestamp::from_millis(now);
            let due = hours::due(store.reader(), looks(), now).await.unwrap();
            due.iter()
                .map(|scope| scope.tenant_id())
                .collect::<Vec<_>>()
        };
        remind(&store, mine, 2_000).await;
        remind(&store, mine, 1_000).await;
        remind(&store, mine, 3_000).await;
        remind(&store, other, 5_000).await;
        assert!(due(999).await.is_empty());
        assert!(!take_due(&store, mine, 999).await);
        assert_eq!(due(1_000).await, [mine.scope.tenant_id()]);
        assert!(take_due(&store, mine, 1_000).await);
        assert!(!take_due(&store, mine, 1_000).await);
        assert!(due(4_000).await.is_empty());
        assert_eq!(due(5_000).await, [other.scope.tenant_id()]);
    }
);

omni_store::both_engines!(
    who_waits_is_read_in_the_order_of_the_queue,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let (mine, other) = (salon(&store).await, salon(&store).await);
        let first = conversation(&store, mine).await;
        let second = conversation(&store, mine).await;
        let closed = conversation(&store, mine).await;
        conversation(&store, other).await;
        let (scope, ids) = (mine.scope, [first.id, closed.id]);
        let changed = store.write(&scope, move |unit| async move {
            let locked = conversations::lock(&unit, &scope, &ids).await?;
            let mut changes: Vec<Change> = locked.into_iter().map(Change::of).collect();
            // It went back into the queue.
            changes[0].after.queued_at = Timestamp::from_millis(i64::MAX);
            changes[1].after.status = ConversationStatus::Closed;
            conversations::save(&unit, &changes).await
        });
        changed.await.unwrap();
        let queue = async |limit: u64| {
            let queue = live_views::queue(store.reader(), &mine.scope, limit).await;
            let ids = queue.unwrap().into_iter().map(|one| one.conversation);
            ids.collect::<Vec<_>>()
        };
        assert_eq!(queue(10).await, [second.id, first.id]);
        assert_eq!(queue(1).await, [second.id]);
    }
);
