//! The search index: what is found, by whom, and how it follows changes.

use omni_analyzer::{Query, terms};
use omni_model::{MessageId, TenantScope};
use omni_store::conversation_views::ConversationFilter;
use omni_store::search_index::{self, CustomerTerms};
use omni_store::search_views::{self, Period};
use omni_store::testing::TestDatabase;
use omni_store::{
    ConversationRecord, SearchHits, Store, StoreError, both_engines, messages, search_sources,
};
use sea_orm::ConnectionTrait;

use super::fixture::{conversation, message, salon};

/// Stores a message with this text, indexes it, and answers its row key.
async fn says(store: &Store, talk: &ConversationRecord, seq: i64, text: &str) -> i64 {
    let record = message(talk, seq, text);
    let (scope, id) = (TenantScope::of(talk.tenant_id), record.id);
    store
        .write(&scope, move |unit| async move {
            messages::insert(&unit, &[record]).await
        })
        .await
        .unwrap();
    index(store, scope, id, text).await
}

async fn index(store: &Store, scope: TenantScope, id: MessageId, text: &str) -> i64 {
    let found = search_sources::messages(store.reader(), &scope, &[id]).await;
    let row_id = found.unwrap()[0].row_id;
    let terms: Vec<String> = terms(text).into_iter().collect();
    store
        .write(&scope, move |unit| async move {
            search_index::put_messages(&unit, &scope, [(row_id, terms.as_slice())]).await
        })
        .await
        .unwrap();
    row_id
}

async fn hits(store: &Store, scope: TenantScope, query: &str) -> Vec<i64> {
    page(store, scope, query, None, 100).await
}

async fn page(
    store: &Store,
    scope: TenantScope,
    query: &str,
    before: Option<i64>,
    most: usize,
) -> Vec<i64> {
    let (db, query) = (store.reader(), Query::read(query));
    let hits = SearchHits::messages(db, &scope, &query, before).await;
    hits.unwrap().up_to(db, most).await.unwrap()
}

both_engines!(
    messages_are_found_newest_first_and_only_ones_own,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let (one, two) = (salon(&store).await, salon(&store).await);
        let (here, there) = (one.scope, two.scope);
        let talk = conversation(&store, one).await;
        let first = says(&store, &talk, 1, "Хочу записаться на стрижку").await;
        let second = says(&store, &talk, 2, "Стрижки по четвергам, +7 912 345-67-89").await;
        let other = conversation(&store, two).await;
        let foreign = says(&store, &other, 1, "Стрижка").await;

        assert_eq!(hits(&store, here, "стрижка ").await, [second, first]);
        assert_eq!(hits(&store, here, "стри").await, [second, first]);
        assert_eq!(hits(&store, here, "6789").await, [second]);
        assert_eq!(hits(&store, here, "стрижка четверг").await, [second]);
        assert_eq!(hits(&store, there, "стрижку").await, [foreign]);
        assert_eq!(
            page(&store, here, "стрижка", Some(second), 1).await,
            [first]
        );

        // Whatever is typed, it is words.
        for odd in [
            "\"",
            "стрижка\" OR \"четверг",
            "terms:стрижка",
            "NEAR(a b)",
            "стрижка*",
            "a' | 'b",
            "\\",
            "(((",
            "-",
            "\0",
            "!стрижка & <->",
        ] {
            let found = hits(&store, here, odd).await;
            assert!(!found.contains(&foreign), "{odd}");
        }
        assert_eq!(
            hits(&store, here, "!стрижка:* & | <->").await,
            [second, first]
        );

        // A filter on conversations; what is another's passes none.
        let passing = async |filter: &ConversationFilter, scope: &TenantScope| {
            let hits = [second, first, foreign];
            search_views::messages_passing(store.reader(), scope, &hits, filter, Period::default())
                .await
                .unwrap()
        };
        let all = ConversationFilter::default();
        assert_eq!(passing(&all, &one.scope).await, [second, first]);
        assert_eq!(passing(&all, &two.scope).await, [foreign]);
        let vip = ConversationFilter {
            tag: Some("none".to_owned()),
            ..all
        };
        assert!(passing(&vip, &one.scope).await.is_empty());
    }
);

both_engines!(
    the_index_follows_edits_and_removals,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let salon = salon(&store).await;
        let talk = conversation(&store, salon).await;
        let row = says(&store, &talk, 1, "Завтра в десять").await;
        let last = says(&store, &talk, 2, "Спасибо").await;
        let found = search_views::messages(store.reader(), &salon.scope, &[row]).await;
        let id = found.unwrap()[0].id;
        index(&store, salon.scope, id, "Завтра в полдень").await;
        assert!(hits(&store, salon.scope, "десять ").await.is_empty());
        assert_eq!(hits(&store, salon.scope, "полдень ").await, [row]);
        // The same once more changes nothing.
        index(&store, salon.scope, id, "Завтра в полдень").await;
        assert_eq!(hits(&store, salon.scope, "завтра ").await, [row]);

        // A message that goes takes its terms along.
        database.execute("DELETE FROM messages WHERE seq = 1").await;
        assert!(hits(&store, salon.scope, "завтра ").await.is_empty());
        assert_eq!(hits(&store, salon.scope, "спасибо ").await, [last]);
    }
);

both_engines!(
    a_search_goes_from_part_to_part,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let (one, two) = (salon(&store).await, salon(&store).await);
        let (talk, other) = (
            conversation(&store, one).await,
            conversation(&store, two).await,
        );
        let mut rows = Vec::new();
        for seq in 1..=9 {
            rows.push(says(&store, &talk, seq, "Стрижка").await);
            says(&store, &other, seq, "Стрижка").await;
            // The next one needs a new part.
            database
                .execute("UPDATE search_parts SET size = 16384")
                .await;
        }
        rows.reverse();
        assert_eq!(hits(&store, one.scope, "стрижка ").await, rows);
        for (before, limit) in [(None, 4), (Some(rows[2]), 3), (Some(rows[0]), 1)] {
            let found = page(&store, one.scope, "стри", before, limit).await;
            let older = rows
                .iter()
                .filter(|row| before.is_none_or(|before| **row < before));
            let wanted: Vec<_> = older.take(limit).copied().collect();
            assert_eq!(found, wanted);
        }
        // What is stored anew stays in its part.
        let first = search_views::messages(store.reader(), &one.scope, &rows[8..]).await;
        index(&store, one.scope, first.unwrap()[0].id, "Укладка").await;
        assert_eq!(hits(&store, one.scope, "укладка ").await, rows[8..]);
        assert_eq!(hits(&store, one.scope, "стрижка ").await, rows[..8]);
    }
);

both_engines!(
    customers_are_indexed_as_they_are_now,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let salon = salon(&store).await;
        let talk = conversation(&store, salon).await;
        let changed = async || {
            search_sources::customers_changed(store.reader(), &salon.scope, &[talk.id])
                .await
                .unwrap()
        };
        let customer = changed().await.pop().unwrap();
        assert_eq!(customer.display_names, ["Анна"]);
        let indexed = CustomerTerms {
            id: customer.id,
            updated_at: customer.updated_at,
            terms: terms(&customer.name).into_iter().collect(),
        };
        store
            .write(&salon.scope, move |unit| async move {
                search_index::put_customers(&unit, &salon.scope, &[indexed]).await
            })
            .await
            .unwrap();
        assert!(changed().await.is_empty());
        let (db, scope) = (store.reader(), &salon.scope);
        let query = Query::read("анны");
        let found = SearchHits::customers(db, scope, &query, None)
            .await
            .unwrap();
        let found = found.up_to(db, 10).await.unwrap();
        assert_eq!(found.len(), 1);
        let all = ConversationFilter::default();
        let passing = search_views::customers_passing(db, scope, &found, &all).await;
        assert_eq!(passing.unwrap(), found);
        let shown = search_views::customers(db, scope, &found).await.unwrap();
        assert_eq!(shown[0].id, talk.customer_id);
        let newest = search_views::newest_conversations(db, scope, &[shown[0].id], &all).await;
        assert_eq!(newest.unwrap()[&talk.customer_id], talk.id);
        let of = search_views::conversations_of_customers(db, scope, &found, 10).await;
        assert_eq!(of.unwrap().len(), 1);
        let tagged = search_views::conversations_tagged(db, scope, "vip", 10).await;
        assert!(tagged.unwrap().is_empty(), "the row alone is no tag");

        store
            .write(scope, move |unit| async move {
                let sql = "UPDATE customers SET updated_at = updated_at + 1, name = 'Bella'";
                unit.db().execute_unprepared(sql).await?;
                Ok::<_, StoreError>(())
            })
            .await
            .unwrap();
        assert_eq!(changed().await[0].name, "Bella");
        let before =
            search_sources::customers_before(db, scope, uuid::Uuid::max().into(), 10).await;
        assert_eq!(before.unwrap().len(), 1);
    }
);
