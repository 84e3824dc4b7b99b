//! Lists: order, places, totals.

use omni_model::{ConversationId, ConversationStatus, SystemClock, Timestamp, Total};
use omni_store::conversation_views::{self as views, ConversationFilter, Place, Start};
use omni_store::conversations::{self, Change};
use omni_store::testing::TestDatabase;
use omni_store::{StoreError, both_engines, conversation_tags};

use super::fixture::{conversation, salon};

both_engines!(
    lists_are_whole_and_totals_say_how_sure_they_are,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let salon = salon(&store).await;
        let first = conversation(&store, salon).await;
        // Twelve hundred closed ones of the same customer, many of the same moment, all with a tag.
        let model = first.clone();
        store
            .write(&salon.scope, move |unit| async move {
                let changes: Vec<Change> = (0..1_200)
                    .map(|n| {
                        let mut after = model.clone();
                        after.id = ConversationId::new(&SystemClock);
                        after.status = ConversationStatus::Closed;
                        after.updated_at = Timestamp::from_millis(1_000 + n / 100);
                        Change {
                            before: None,
                            after,
                        }
                    })
                    .collect();
                conversations::save(&unit, &changes).await?;
                for change in changes {
                    let (scope, id) = (salon.scope, change.after.id);
                    conversation_tags::replace(&unit, &scope, id, &["old".to_owned()]).await?;
                }
                Ok::<_, StoreError>(())
            })
            .await
            .unwrap();

        let (reader, scope) = (store.reader(), &salon.scope);
        let all = ConversationFilter::default();
        let (mut start, mut seen) = (Start::Offset(0), Vec::new());
        loop {
            let page = views::list(reader, scope, &all, start, 199).await.unwrap();
            let Some(last) = page.last() else { break };
            start = Start::After(Place {
                updated_at: last.updated_at,
                row_id: last.row_id,
            });
            seen.extend(page.iter().map(|record| (record.updated_at, record.row_id)));
        }
        assert_eq!(seen.len(), 1_201);
        assert!(
            seen.is_sorted_by(|one, next| one > next),
            "newest first, each once"
        );

        let total =
            async |filter: &ConversationFilter| views::total(reader, scope, filter).await.unwrap();
        assert_eq!(total(&all).await, Total::Exact(1_201));
        let closed = ConversationFilter {
            statuses: vec![ConversationStatus::Closed],
            ..all.clone()
        };
        assert_eq!(total(&closed).await, Total::Exact(1_200));
        let tagged = ConversationFilter {
            tag: Some("old".to_owned()),
            ..all.clone()
        };
        assert_eq!(total(&tagged).await, Total::AtLeast(1_000));
        let rare = ConversationFilter {
            statuses: vec![ConversationStatus::Open],
            found: Some(vec![seen[0].1, i64::MAX]),
            ..all
        };
        assert_eq!(total(&rare).await, Total::Exact(1));

        let beside = views::beside(reader, scope, &[first.id]).await.unwrap();
        assert_eq!(beside[&first.id].customer.name, "Анна");
        assert!(beside[&first.id].last_message.is_none());
    }
);
