//! A hint that got lost costs a moment and nothing else: what another process wrote is found without one.

use omni_model::{ConversationId, EventKind, Holder, NewEvent, TenantScope};
use omni_store::StoreError;
use omni_store::raw_events::{self, NewRawEvent};
use omni_testkit::{Guest, TestApp, TestDatabase, both_engines};

both_engines!(
    what_nobody_announced_is_found,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let channel = salon.connects_telegram().await;
        let mut screen = salon.socket(salon.owner_id, &salon.owner, None).await;
        screen.expect("operator.connected").await;
        // Nobody listens to what this one commits.
        let elsewhere = app.database().store().await.expect("the database opens");
        let scope = TenantScope::of(salon.tenant_id.into());

        let guest = Guest(7);
        let event = NewRawEvent {
            scope,
            channel_id: channel["id"].as_str().unwrap().parse().unwrap(),
            provider_event_id: "1".to_owned(),
            order_key: guest.0.to_string(),
            kind: "message".to_owned(),
            payload: guest.writes(1, 1, "есть кто?").to_string(),
            received_at: app.core().clock().now(),
        };
        raw_events::accept_next(
            &elsewhere,
            None,
            move || async move { Box::new(vec![event]) },
        )
        .await
        .expect("it is stored");
        let told = screen.expect("message.new").await;
        assert_eq!(told["message"]["content"]["text"], "есть кто?");

        let conversation = salon.conversation_with(&guest.name()).await;
        let id: ConversationId = conversation["id"].as_str().unwrap().parse().unwrap();
        screen.until_pong().await;
        elsewhere
            .write(&scope, move |unit| async move {
                let kind = EventKind::ConversationUpdated;
                unit.emit(NewEvent::about(kind, id, Holder::default()));
                Ok::<_, StoreError>(())
            })
            .await
            .expect("it is written");
        let told = screen.expect("conversation.updated").await;
        assert_eq!(told["conversation"]["id"], conversation["id"]);
        app.stop().await;
    }
);
