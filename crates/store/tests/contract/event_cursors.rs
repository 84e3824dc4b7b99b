//! Readers of the event log: who is behind, and who is not followed.

use omni_model::{PlatformScope, Queue, TenantId};
use omni_store::event_cursors::{self, EventCursor};
use omni_store::testing::TestDatabase;
use omni_store::{Store, StoreError, events};

use super::fixture::{Salon, conversation, salon};

const WHY: PlatformScope = PlatformScope::for_reason("a test looks");

async fn put(store: &Store, salon: Salon, cursor: EventCursor) {
    store
        .write(&salon.scope, move |unit| async move {
            event_cursors::put(&unit, &salon.scope, Queue::Index, cursor).await
        })
        .await
        .unwrap();
}

async fn head(store: &Store, salon: Salon) -> EventCursor {
    let (seq, epoch) = events::head(store.reader(), &salon.scope).await.unwrap();
    EventCursor { seq, epoch }
}

async fn behind(store: &Store, reader: Queue, tenants: &[TenantId]) -> Vec<TenantId> {
    event_cursors::behind(store.reader(), WHY, reader, tenants)
        .await
        .unwrap()
}

async fn left_behind(store: &Store) -> Vec<TenantId> {
    event_cursors::left_behind(store.reader(), WHY, Queue::Index, 10)
        .await
        .unwrap()
}

omni_store::both_engines!(
    a_reader_is_behind_until_it_has_read,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let (one, two, other) = (
            salon(&store).await,
            salon(&store).await,
            salon(&store).await,
        );
        let all = [one, two, other].map(|salon| salon.scope.tenant_id());
        let begin = head(&store, one).await;
        put(&store, one, begin).await;
        put(&store, two, head(&store, two).await).await;
        for salon in [one, other] {
            conversation(&store, salon).await;
        }
        // `other` has no cursor: nobody follows it.
        let found = event_cursors::get(store.reader(), &one.scope, Queue::Index).await;
        assert_eq!(found.unwrap(), Some(begin));
        assert_eq!(behind(&store, Queue::Index, &all).await, [all[0]]);
        assert_eq!(behind(&store, Queue::Index, &all[1..]).await, []);
        assert_eq!(behind(&store, Queue::Webhooks, &all).await, []);
        assert_eq!(left_behind(&store).await, [all[0]]);

        put(&store, one, head(&store, one).await).await;
        assert_eq!(behind(&store, Queue::Index, &all).await, []);
        assert_eq!(left_behind(&store).await, []);

        // Another life of the log: what was read says nothing of it.
        events::renew_epoch(&store, &two.scope).await.unwrap();
        assert_eq!(behind(&store, Queue::Index, &all).await, [all[1]]);
    }
);

omni_store::both_engines!(
    whoever_was_told_is_not_told_again,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let salon = salon(&store).await;
        put(&store, salon, head(&store, salon).await).await;
        conversation(&store, salon).await;
        assert_eq!(left_behind(&store).await, [salon.scope.tenant_id()]);
        store
            .write(&salon.scope, |unit| async move {
                unit.wake(Queue::Index, "");
                Ok::<_, StoreError>(())
            })
            .await
            .unwrap();
        assert_eq!(left_behind(&store).await, []);
    }
);
