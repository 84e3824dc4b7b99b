//! Webhooks and what is on its way to them.

use std::time::Duration;

use omni_model::{
    Clock, ConversationId, EventKind, PlatformScope, SystemClock, TenantScope, Timestamp,
    WebhookAttempt, WebhookDeliveryId, WebhookDeliveryState, WebhookId, WebhookOutcome,
    WebhookStop,
};
use omni_store::testing::TestDatabase;
use omni_store::webhook_deliveries::{self, Wanted};
use omni_store::{Store, StoreError, WebhookDeliveryRecord, WebhookRecord, webhooks};

use super::fixture::salon;

fn webhook(scope: TenantScope) -> WebhookRecord {
    let now = SystemClock.now();
    WebhookRecord {
        id: WebhookId::at(now),
        tenant_id: scope.tenant_id(),
        url: "https://example.com/hook".to_owned(),
        description: "Склад".to_owned(),
        types: vec![EventKind::MessageNew],
        stopped: None,
        secret: "sealed".to_owned(),
        old_secret: None,
        after_seq: 7,
        failing_since: None,
        created_at: now,
        updated_at: now,
    }
}

fn delivery(webhook: &WebhookRecord, event_seq: i64) -> WebhookDeliveryRecord {
    let now = SystemClock.now();
    WebhookDeliveryRecord {
        id: WebhookDeliveryId::at(now),
        tenant_id: webhook.tenant_id,
        webhook_id: webhook.id,
        event_seq,
        kind: EventKind::ConversationAssigned,
        conversation_id: ConversationId::at(now),
        message_id: None,
        assigned_to: None,
        event_at: Timestamp::from_millis(1_000 * event_seq),
        state: WebhookDeliveryState::Pending,
        tries: 0,
        attempts: Vec::new(),
        first_tried_at: None,
        retry_at: None,
        created_at: now,
    }
}

async fn store_both(store: &Store, webhook: &WebhookRecord, them: &[WebhookDeliveryRecord]) {
    let (scope, webhook, them) = (webhook.scope(), webhook.clone(), them.to_vec());
    store
        .write(&scope, move |unit| async move {
            webhooks::insert(&unit, &webhook).await?;
            webhook_deliveries::insert(&unit, &them).await?;
            // The same events once more: a reader that was interrupted.
            let again: Vec<_> = (them.iter().cloned())
                .map(|record| WebhookDeliveryRecord {
                    id: WebhookDeliveryId::new(&SystemClock),
                    ..record
                })
                .collect();
            webhook_deliveries::insert(&unit, &again).await
        })
        .await
        .unwrap();
}

async fn seqs(store: &Store, wanted: Wanted, scope: &TenantScope) -> Vec<i64> {
    let page = webhook_deliveries::page(store.reader(), scope, wanted).await;
    let (records, _) = page.unwrap();
    records.iter().map(|record| record.event_seq).collect()
}

omni_store::both_engines!(
    a_webhook_comes_back_as_it_was_and_belongs_to_one_tenant,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let (ours, theirs) = (salon(&store).await.scope, salon(&store).await.scope);
        let mut record = webhook(ours);
        store_both(&store, &record, &[]).await;
        let find = async |scope| {
            webhooks::find(store.reader(), scope, record.id)
                .await
                .unwrap()
        };
        assert_eq!(find(&ours).await.as_ref(), Some(&record));
        assert_eq!(find(&theirs).await, None);
        record.stopped = Some((WebhookStop::Failing, record.created_at));
        record.old_secret = Some(("old".to_owned(), record.created_at));
        record.types = Vec::new();
        let (changed, id) = (record.clone(), record.id);
        store
            .write(&ours, move |unit| async move {
                webhooks::update(&unit, &changed).await?;
                assert_eq!(webhooks::lock_count(&unit, &ours).await?, 1);
                assert_eq!(webhooks::lock_count(&unit, &theirs).await?, 0);
                Ok::<_, StoreError>(())
            })
            .await
            .unwrap();
        let find = async |scope| webhooks::find(store.reader(), scope, id).await.unwrap();
        assert_eq!(find(&ours).await.as_ref(), Some(&record));
        let gone = record.clone();
        store
            .write(&ours, move |unit| async move {
                webhooks::delete(&unit, &gone).await
            })
            .await
            .unwrap();
        assert_eq!(find(&ours).await, None);
        assert!(
            webhooks::list(store.reader(), &ours)
                .await
                .unwrap()
                .is_empty()
        );
    }
);

omni_store::both_engines!(
    an_event_is_on_its_way_to_a_webhook_once,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let (ours, theirs) = (salon(&store).await.scope, salon(&store).await.scope);
        let record = webhook(ours);
        let mut them: Vec<_> = (1..=5).map(|seq| delivery(&record, seq)).collect();
        them[1].state = WebhookDeliveryState::Failed;
        them[1].attempts.push(WebhookAttempt {
            at: record.created_at,
            outcome: WebhookOutcome::Refused,
            status: Some(500),
            duration_ms: 12,
        });
        them[3].state = WebhookDeliveryState::Skipped;
        store_both(&store, &record, &them).await;
        let wanted = Wanted {
            webhook_id: record.id,
            state: None,
            after: None,
            offset: 0,
            limit: 3,
        };
        assert_eq!(seqs(&store, wanted, &ours).await, [5, 4, 3]);
        let after = Wanted {
            after: Some(them[2].id),
            ..wanted
        };
        assert_eq!(seqs(&store, after, &ours).await, [2, 1]);
        assert!(seqs(&store, wanted, &theirs).await.is_empty());
        let found = webhook_deliveries::find(store.reader(), &ours, them[1].id).await;
        assert_eq!(found.unwrap().as_ref(), Some(&them[1]));
        let id = record.id;
        let missed = store
            .write(&ours, move |unit| async move {
                let (from, to) = (Timestamp::from_millis(2_000), Timestamp::from_millis(5_000));
                let missed =
                    webhook_deliveries::lock_missed(&unit, &ours, id, from, to, 10).await?;
                let ids: Vec<_> = missed.iter().map(|it| it.id).collect();
                webhook_deliveries::begin_anew(&unit, &ours, &ids).await?;
                Ok::<_, StoreError>(missed)
            })
            .await
            .unwrap();
        let missed: Vec<i64> = missed.iter().map(|it| it.event_seq).collect();
        assert_eq!(missed, [2, 4]);
        let pending = Wanted {
            state: Some(WebhookDeliveryState::Pending),
            limit: 10,
            ..wanted
        };
        assert_eq!(seqs(&store, pending, &ours).await, [5, 4, 3, 2, 1]);
    }
);

omni_store::both_engines!(
    what_is_due_is_taken_by_one_and_what_is_old_is_forgotten,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let ours = salon(&store).await.scope;
        let record = webhook(ours);
        let mut them: Vec<_> = (1..=3).map(|seq| delivery(&record, seq)).collect();
        them[0].retry_at = Some(Timestamp::from_millis(20));
        them[1].retry_at = Some(Timestamp::from_millis(10));
        them[2].retry_at = Some(Timestamp::from_millis(90));
        store_both(&store, &record, &them).await;
        let why = PlatformScope::for_reason("a test");
        let now = Timestamp::from_millis(50);
        let due = webhook_deliveries::due_retries(store.reader(), why, now, 10).await;
        let ids: Vec<_> = due.unwrap().iter().map(|it| it.id).collect();
        assert_eq!(ids, [them[1].id, them[0].id]);
        let take = || {
            let ids = ids.clone();
            store.write(&ours, move |unit| async move {
                webhook_deliveries::take_retries(&unit, &ours, &ids).await
            })
        };
        assert_eq!(take().await.unwrap().len(), 2);
        assert!(take().await.unwrap().is_empty(), "somebody else has them");
        store
            .write_platform(why, |unit| async move {
                let (day, none) = (Duration::from_secs(86_400), Duration::ZERO);
                assert_eq!(webhook_deliveries::forget_old(&unit, day).await?, 0);
                assert_eq!(webhooks::forget_deleted(&unit, none).await?, 0);
                Ok::<_, StoreError>(())
            })
            .await
            .unwrap();
    }
);
