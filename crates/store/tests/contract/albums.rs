//! Messages that belong together, and proofs that come with them.

use omni_model::{
    Clock, Content, Direction, MessageId, MessageStatus, SenderType, SystemClock, TenantId,
    TenantScope,
};
use omni_store::testing::TestDatabase;
use omni_store::{
    ConversationRecord, MessageRecord, StoreError, both_engines, customers, messages,
};
use serde_json::{Value, json};

use super::fixture::{conversation, salon};

fn message(of: &ConversationRecord, seq: i64, metadata: Value) -> MessageRecord {
    let clock = SystemClock;
    MessageRecord {
        id: MessageId::new(&clock),
        tenant_id: of.tenant_id,
        conversation_id: of.id,
        seq,
        direction: Direction::Outbound,
        sender_type: SenderType::Operator,
        sender_id: None,
        channel_id: of.channel_id,
        provider_id: None,
        content: Content::text(seq.to_string()),
        status: MessageStatus::Queued,
        error: None,
        private: false,
        reply_to: None,
        idempotency_key: None,
        request_hash: None,
        metadata,
        created_at: clock.now(),
        updated_at: clock.now(),
    }
}

both_engines!(
    an_album_is_found_whole_from_any_of_it,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let salon = salon(&store).await;
        let (first, second) = (
            conversation(&store, salon).await,
            conversation(&store, salon).await,
        );
        let album = |name: &str| json!({"album_id": name});
        let mut rows = vec![message(&first, 1, json!({}))];
        rows.extend((2..=11).map(|seq| message(&first, seq, album("a"))));
        rows.push(message(&first, 12, album("b")));
        rows.push(message(&second, 5, album("a")));
        let of_customer = MessageRecord {
            direction: Direction::Inbound,
            ..message(&first, 13, album("b"))
        };
        rows.push(of_customer);
        let stored = rows.clone();
        store
            .write(&salon.scope, move |unit| async move {
                messages::insert(&unit, &stored).await
            })
            .await
            .unwrap();
        let found = store
            .write(&salon.scope, move |unit| async move {
                let mut found = Vec::new();
                for at in [1, 5, 10, 11] {
                    let album = messages::lock_album(&unit, &rows[at]).await?;
                    found.push(album.iter().map(|row| row.seq).collect::<Vec<_>>());
                }
                let one = messages::lock(&unit, &salon.scope, rows[1].id).await?;
                assert_eq!(one.map(|row| row.seq), Some(2));
                let foreign = TenantScope::of(TenantId::new(&SystemClock));
                assert!(messages::lock(&unit, &foreign, rows[1].id).await?.is_none());
                Ok::<_, StoreError>(found)
            })
            .await
            .unwrap();
        let whole: Vec<i64> = (2..=11).collect();
        assert_eq!(found, [whole.clone(), whole.clone(), whole, vec![12]]);
    }
);

both_engines!(
    a_proven_number_takes_the_place_of_a_told_one,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let salon = salon(&store).await;
        let record = conversation(&store, salon).await;
        let (scope, id) = (salon.scope, record.customer_id);
        store
            .write(&scope, move |unit| async move {
                let foreign = TenantScope::of(TenantId::new(&SystemClock));
                customers::prove_phone(&unit, &foreign, id, "+70000000000").await?;
                customers::prove_phone(&unit, &scope, id, "+79990001122").await
            })
            .await
            .unwrap();
        let customer = customers::find(store.reader(), &scope, id).await.unwrap();
        let customer = customer.unwrap();
        assert_eq!(customer.phone.as_deref(), Some("+79990001122"));
        assert!(customer.phone_verified);
    }
);
