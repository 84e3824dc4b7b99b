//! The least that a story needs: a tenant, a channel, a conversation.

use omni_model::{
    ChannelId, ChannelKind, Clock, Content, ConversationId, ConversationStatus, CustomerId,
    Direction, EventKind, Holder, IdentityId, MessageId, MessageStatus, NewEvent, PlatformScope,
    Priority, SenderType, SystemClock, TenantId, TenantScope, Timestamp,
};
use omni_store::conversations::{self, Change};
use omni_store::identities::{self, IdentityRecord, NewCustomer};
use omni_store::{ConversationRecord, MessageRecord, Store, StoreError};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

/// A tenant with one channel.
#[derive(Clone, Copy)]
pub(super) struct Salon {
    pub(super) scope: TenantScope,
    pub(super) channel: ChannelId,
}

/// Stores a tenant and a channel by hand, so that these tests rest on nothing else.
pub(super) async fn salon(store: &Store) -> Salon {
    let clock = SystemClock;
    let (tenant, channel) = (TenantId::new(&clock), ChannelId::new(&clock));
    let why = PlatformScope::for_reason("a test sets up");
    store
        .write_platform(why, move |unit| async move {
            let backend = unit.db().get_database_backend();
            let (now, tenant_key) = (unit.now().millis(), tenant.0);
            for (sql, values) in [
                (
                    "INSERT INTO tenants (id, name, slug, settings, branding, created_at, updated_at) \
                     VALUES ($1, 'Salon', $2, '{}', '{}', $3, $3)",
                    vec![tenant_key.into(), tenant.to_string().into(), now.into()],
                ),
                (
                    "INSERT INTO event_heads (tenant_id, seq, epoch) VALUES ($1, 0, $1)",
                    vec![tenant_key.into()],
                ),
                (
                    "INSERT INTO channels (id, tenant_id, kind, name, status, settings, secrets, \
                     public_key, poll_offset, created_at, updated_at) \
                     VALUES ($1, $2, 'telegram', 'Bot', 'active', '{}', '', $3, 0, $4, $4)",
                    vec![
                        channel.0.into(),
                        tenant_key.into(),
                        channel.to_string().into(),
                        now.into(),
                    ],
                ),
            ] {
                unit.db().execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
            }
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    Salon {
        scope: TenantScope::of(tenant),
        channel,
    }
}

/// Stores a customer with an identity and an open conversation, and tells of it.
pub(super) async fn conversation(store: &Store, salon: Salon) -> ConversationRecord {
    store
        .write(&salon.scope, move |unit| async move {
            let record = new_conversation(salon, unit.now());
            let customer = NewCustomer {
                id: record.customer_id,
                name: "Анна".to_owned(),
                verified_phone: None,
                verified_email: None,
                locale: None,
            };
            let identity = IdentityRecord {
                id: record.identity_id,
                customer_id: record.customer_id,
                channel_id: salon.channel,
                external_id: record.id.to_string(),
                display_name: "Анна".to_owned(),
                verified: false,
                blocked: false,
            };
            identities::insert(&unit, &salon.scope, &[customer], &[identity]).await?;
            let change = Change {
                before: None,
                after: record.clone(),
            };
            conversations::save(&unit, &[change]).await?;
            unit.emit(queued(record.id));
            Ok::<_, StoreError>(record)
        })
        .await
        .unwrap()
}

/// What the customer of a conversation says.
pub(super) fn message(talk: &ConversationRecord, seq: i64, text: &str) -> MessageRecord {
    let now = SystemClock.now();
    MessageRecord {
        id: MessageId::new(&SystemClock),
        tenant_id: talk.tenant_id,
        conversation_id: talk.id,
        seq,
        direction: Direction::Inbound,
        sender_type: SenderType::Customer,
        sender_id: Some(talk.customer_id.into()),
        channel_id: talk.channel_id,
        provider_id: None,
        content: Content::text(text),
        status: MessageStatus::Delivered,
        error: None,
        private: false,
        reply_to: None,
        idempotency_key: None,
        request_hash: None,
        metadata: json!({}),
        created_at: now,
        updated_at: now,
    }
}

/// The event of a new conversation.
pub(super) fn queued(conversation_id: ConversationId) -> NewEvent {
    NewEvent::about(
        EventKind::ConversationQueued,
        conversation_id,
        Holder::default(),
    )
}

fn new_conversation(salon: Salon, now: Timestamp) -> ConversationRecord {
    let clock: &dyn Clock = &SystemClock;
    ConversationRecord {
        row_id: 0,
        id: ConversationId::new(clock),
        tenant_id: salon.scope.tenant_id(),
        customer_id: CustomerId::new(clock),
        identity_id: IdentityId::new(clock),
        channel_id: salon.channel,
        channel_kind: ChannelKind::Telegram,
        status: ConversationStatus::Open,
        priority: Priority::Normal,
        tags: vec!["vip".to_owned()],
        assigned_to: None,
        assigned_team: None,
        assigned_reason: None,
        queued_at: now,
        last_seq: 0,
        read_seq: 0,
        unread_count: 0,
        metadata: json!({"source": "test"}),
        created_at: now,
        updated_at: now,
        resolved_at: None,
        snooze_until: None,
        woken_by: None,
        away_at: None,
    }
}
