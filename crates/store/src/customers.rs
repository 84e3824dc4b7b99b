//! Customers' profiles. Look-ups in sets and by proof are in `identities`.

use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;

use omni_model::{
    ChannelKind, ConversationId, Customer, CustomerFieldId, CustomerId, IdentityBrief, SeenBy,
    TenantId, TenantScope, Timestamp,
};
use sea_orm::sea_query::Query;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType,
    QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::entity::customers::{ActiveModel, Column, Entity, Model};
use crate::entity::{channels, conversations, identities};
use crate::records::{json, to_json};
use crate::{StoreError, UnitOfWork, bulk, sight};

/// Identities shown with one customer at most.
const IDENTITIES: u64 = 100;

/// Values of a company's own fields, by the field's id.
pub type FieldValues = BTreeMap<CustomerFieldId, Value>;

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
    /// Values of the company's own fields, by the field's id.
    pub fields: FieldValues,
    /// Since when the team does not want to hear him.
    pub blocked_at: Option<Timestamp>,
    /// Who he turned out to be: he himself is out of sight.
    pub merged_into: Option<CustomerId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl CustomerRecord {
    /// The profile as the API shows it.
    pub fn into_profile(
        self,
        identities: Vec<IdentityBrief>,
        fields: Map<String, Value>,
    ) -> Customer {
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
            fields,
            blocked_at: self.blocked_at,
            merged_into: self.merged_into,
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
            fields: json(&row.fields, "customers", "fields")?,
            blocked_at: row.blocked_at.map(Timestamp::from_millis),
            merged_into: row.merged_into.map(Into::into),
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
            fields: Set(to_json(&record.fields)),
            blocked_at: Set(record.blocked_at.map(Timestamp::millis)),
            updated_at: Set(unit.now().millis()),
            ..ActiveModel::default()
        })
        .filter(Column::TenantId.eq(Uuid::from(record.tenant_id)))
        .filter(Column::Id.eq(Uuid::from(record.id)))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// Notes a phone number that the channel proved to be the customer's own.
pub async fn prove_phone(
    unit: &UnitOfWork,
    scope: &TenantScope,
    id: CustomerId,
    phone: &str,
) -> Result<(), StoreError> {
    Entity::update_many()
        .set(ActiveModel {
            phone: Set(Some(phone.to_owned())),
            phone_verified: Set(true),
            updated_at: Set(unit.now().millis()),
            ..ActiveModel::default()
        })
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::Id.eq(Uuid::from(id)))
        .exec(unit.db())
        .await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct IdentityRow {
    id: Uuid,
    customer_id: Uuid,
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
    let mut found = identities_among(db, scope, &[customer], IDENTITIES).await?;
    Ok(found.remove(&customer).unwrap_or_default())
}

/// The addresses of each of these customers, oldest first.
pub async fn identities_of<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    customers: &[CustomerId],
) -> Result<HashMap<CustomerId, Vec<IdentityBrief>>, StoreError> {
    let most = IDENTITIES * customers.len() as u64;
    identities_among(db, scope, customers, most).await
}

async fn identities_among<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    customers: &[CustomerId],
    most: u64,
) -> Result<HashMap<CustomerId, Vec<IdentityBrief>>, StoreError> {
    use identities::Column as Identity;
    if customers.is_empty() {
        return Ok(HashMap::new());
    }
    let of_channel = identities::Entity::belongs_to(channels::Entity)
        .from(Identity::ChannelId)
        .to(channels::Column::Id);
    let rows: Vec<IdentityRow> = identities::Entity::find()
        .select_only()
        .columns([
            Identity::Id,
            Identity::CustomerId,
            Identity::ChannelId,
            Identity::ExternalId,
            Identity::DisplayName,
            Identity::CreatedAt,
        ])
        .column(channels::Column::Kind)
        .join(JoinType::InnerJoin, of_channel.into())
        .filter(Identity::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(bulk::among(
            db,
            Identity::CustomerId,
            customers.iter().map(|id| id.0),
        ))
        .order_by_asc(Identity::CreatedAt)
        .limit(most)
        .into_model()
        .all(db)
        .await?;
    let mut found: HashMap<CustomerId, Vec<IdentityBrief>> = HashMap::new();
    for row in rows {
        let brief = IdentityBrief {
            id: row.id.into(),
            channel: ChannelKind::from_str(&row.kind).map_err(|_| StoreError::Inconsistent {
                table: "channels",
                column: "kind",
            })?,
            channel_id: row.channel_id.into(),
            external_id: row.external_id,
            display_name: row.display_name,
            created_at: Timestamp::from_millis(row.created_at),
        };
        found.entry(row.customer_id.into()).or_default().push(brief);
    }
    Ok(found)
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

/// The names of these customers.
pub async fn names<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    ids: &[CustomerId],
) -> Result<HashMap<CustomerId, String>, StoreError> {
    let rows: Vec<(Uuid, String)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::Name])
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(bulk::among(db, Column::Id, ids.iter().map(|id| id.0)))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, name)| (id.into(), name))
        .collect())
}

/// Whether the customer is blocked.
pub async fn is_blocked<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    id: CustomerId,
) -> Result<bool, StoreError> {
    let blocked_at: Option<Option<i64>> = Entity::find_by_id(Uuid::from(id))
        .select_only()
        .column(Column::BlockedAt)
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .into_tuple()
        .one(db)
        .await?;
    Ok(blocked_at.flatten().is_some())
}

/// The customer's newest conversations: where a screen shows him most likely.
pub async fn newest_conversations<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    customer: CustomerId,
    limit: u64,
) -> Result<Vec<ConversationId>, StoreError> {
    use conversations::Column as Conversation;
    let ids: Vec<Uuid> = conversations::Entity::find()
        .select_only()
        .column(Conversation::Id)
        .filter(Conversation::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Conversation::CustomerId.eq(Uuid::from(customer)))
        .order_by_desc(Conversation::CreatedAt)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().map(Into::into).collect())
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
