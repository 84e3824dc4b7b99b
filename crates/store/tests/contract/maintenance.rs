//! Keeping the database in order.

use std::time::Duration;

use omni_model::{Job, MessageId, SystemClock};
use omni_store::testing::TestDatabase;
use omni_store::{Dialect, Store, StoreError};
use sea_orm::ConnectionTrait;

use super::fixture::salon;

omni_store::both_engines!(
    a_table_that_grew_is_counted_soon,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let salon = salon(&store).await;
        store
            .write(&salon.scope, |unit| async move {
                for lane in 0..600 {
                    let message_id = MessageId::new(&SystemClock);
                    unit.enqueue(format!("lane-{lane}"), Job::Deliver { message_id });
                }
                Ok::<_, StoreError>(())
            })
            .await
            .unwrap();
        // PostgreSQL notes what changed after a second, or after ten where nothing else happens.
        for _ in 0..300 {
            store.tend().await.unwrap();
            if is_counted(&store).await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("lanes were never counted");
    }
);

async fn is_counted(store: &Store) -> bool {
    if store.dialect() == Dialect::Sqlite {
        return true;
    }
    let sql = "SELECT reltuples >= 600 FROM pg_class WHERE oid = 'lanes'::regclass";
    let backend = store.reader().get_database_backend();
    let statement = sea_orm::Statement::from_string(backend, sql);
    let row = store.reader().query_one_raw(statement).await.unwrap();
    row.unwrap().try_get_by_index(0).unwrap()
}
