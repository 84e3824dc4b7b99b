//! Customers' profiles. Look-ups in sets and by proof are in `identities`.

use std::str::FromStr;

use omni_model::{
    ChannelKind, ConversationId, Customer, CustomerId, IdentityBrief, SeenBy, TenantId,
    TenantScope, Timestamp,
};
use sea_orm::sea_query::Query;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType,
    QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::Value;
use uuid::Uuid;

use crate::entity::customers::{ActiveModel, Column, Entity, Model};
use crate::entity::{channels, conversations, identities};
use crate::records::{json, to_json};
use crate::{StoreError, UnitOfWork, sight};

/// Identities shown with one customer at most.
const IDENTITIES: u64 = 100;

/// A customer's row.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomerRecord {
    pub id: CustomerId,
    pub tenant_id: TenantId,
    pub name: String,
    pub phone: Option<String>,
    pub phone_verified: bool,
    pub email: Option<String>,
    pub email_verified: bool,
    pub locale: Option<String>,
    pub metadata: Value,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl CustomerRecord {
    /// The profile as the API shows it.
    pub fn into_profile(self, identities: Vec<IdentityBrief>) -> Customer {
        Customer {
            id: self.id,
            name: self.name,
            phone: self.phone,
            phone_verified: self.phone_verified,
            email: self.email,
            email_verified: self.email_verified,
            locale: self.locale,
            identities,
            metadata: self.metadata,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

impl TryFrom<Model> for CustomerRecord {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            tenant_id: row.tenant_id.into(),
            name: row.name,
            phone: row.phone,
            phone_verified: row.phone_verified,
            email: row.email,
            email_verified: row.email_verified,
            locale: row.locale,
            metadata: json(&row.metadata, "customers", "metadata")?,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        })
    }
}

/// A customer by id.
pub async fn find<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    id: CustomerId,
) -> Result<Option<CustomerRecord>, StoreError> {
    Entity::find_by_id(Uuid::from(id))
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .one(db)
        .await?
        .map(TryInto::try_into)
        .transpose()
}

/// A customer, locked until the unit of work ends.
pub async fn lock(
    unit: &UnitOfWork,
    scope: &TenantScope,
    id: CustomerId,
) -> Result<Option<CustomerRecord>, StoreError> {
    Entity::find_by_id(Uuid::from(id))
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .lock_exclusive()
        .one(unit.db())
        .await?
        .map(TryInto::try_into)
        .transpose()
}

/// Writes what may change in a profile.
pub async fn update(unit: &UnitOfWork, record: &CustomerRecord) -> Result<(), StoreError> {
    Entity::update_many()
        .set(ActiveModel {
            name: Set(record.name.clone()),
            phone: Set(record.phone.clone()),
            phone_verified: Set(record.phone_verified),
            email: Set(record.email.clone()),
            email_verified: Set(record.email_verified),
            locale: Set(record.locale.clone()),
            metadata: Set(to_json(&record.metadata)),
            updated_at: Set(unit.now().millis()),
            ..ActiveModel::default()
        })
        .filter(Column::TenantId.eq(Uuid::from(record.tenant_id)))
        .filter(Column::Id.eq(Uuid::from(record.id)))
        .exec(unit.db())
        .await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct IdentityRow {
    id: Uuid,
    kind: String,
    channel_id: Uuid,
    external_id: String,
    display_name: String,
    created_at: i64,
}

/// A customer's addresses, oldest first.
pub async fn identities<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    customer: CustomerId,
) -> Result<Vec<IdentityBrief>, StoreError> {
    use identities::Column as Identity;
    let of_channel = identities::Entity::belongs_to(channels::Entity)
        .from(Identity::ChannelId)
        .to(channels::Column::Id);
    let rows: Vec<IdentityRow> = identities::Entity::find()
        .select_only()
        .columns([
            Identity::Id,
            Identity::ChannelId,
            Identity::ExternalId,
            Identity::DisplayName,
            Identity::CreatedAt,
        ])
        .column(channels::Column::Kind)
        .join(JoinType::InnerJoin, of_channel.into())
        .filter(Identity::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Identity::CustomerId.eq(Uuid::from(customer)))
        .order_by_asc(Identity::CreatedAt)
        .limit(IDENTITIES)
        .into_model()
        .all(db)
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(IdentityBrief {
                id: row.id.into(),
                channel: ChannelKind::from_str(&row.kind).map_err(|_| {
                    StoreError::Inconsistent {
                        table: "channels",
                        column: "kind",
                    }
                })?,
                channel_id: row.channel_id.into(),
                external_id: row.external_id,
                display_name: row.display_name,
                created_at: Timestamp::from_millis(row.created_at),
            })
        })
        .collect()
}

/// The customer's active conversations: a change of the profile shows in them.
pub async fn active_conversations<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    customer: CustomerId,
) -> Result<Vec<crate::ConversationRecord>, StoreError> {
    use conversations::Column as Conversation;
    conversations::Entity::find()
        .filter(Conversation::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Conversation::CustomerId.eq(Uuid::from(customer)))
        .filter(Conversation::Status.is_in(["open", "pending"]))
        .order_by_asc(Conversation::RowId)
        .all(db)
        .await?
        .into_iter()
        .map(TryInto::try_into)
        .collect()
}

/// Whether this operator sees the customer where each sees his own conversations and the queue.
pub async fn is_seen_by<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    customer: CustomerId,
    seen_by: &SeenBy,
) -> Result<bool, StoreError> {
    use conversations::Column as Conversation;
    let found: Option<i64> = conversations::Entity::find()
        .select_only()
        .column(Conversation::RowId)
        .filter(Conversation::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Conversation::CustomerId.eq(Uuid::from(customer)))
        .filter(sight::conversations_seen(seen_by))
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(found.is_some())
}

/// The customer of a conversation.
pub async fn of_conversation<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    conversation: ConversationId,
) -> Result<Option<CustomerRecord>, StoreError> {
    use conversations::{Column as Talk, Entity as Talks};
    let its = Query::select()
        .column(Talk::CustomerId)
        .from(Talks)
        .and_where(Talk::TenantId.eq(Uuid::from(scope.tenant_id())))
        .and_where(Talk::Id.eq(Uuid::from(conversation)))
        .to_owned();
    Entity::find()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::Id.in_subquery(its))
        .one(db)
        .await?
        .map(TryInto::try_into)
        .transpose()
}
