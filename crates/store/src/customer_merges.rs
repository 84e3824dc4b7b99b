//! Merging customers, and parting them again. Conversations follow their addresses: each has one customer, whose all
//! its conversations are, so that parting needs to know the addresses only.

use omni_model::{CustomerId, CustomerNoteId, IdentityId, TenantScope, Timestamp};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use serde_json::Value;
use uuid::Uuid;

use crate::entity::customer_merges::{ActiveModel, Column, Entity, Model};
use crate::entity::{conversations, customer_notes, customers, identities, messages};
use crate::records::{json, to_json};
use crate::{StoreError, UnitOfWork, bulk};

/// A merge that holds.
#[derive(Clone, Debug, PartialEq)]
pub struct MergeRecord {
    /// Who went into the other.
    pub merged_id: CustomerId,
    pub survivor_id: CustomerId,
    /// The addresses that he brought.
    pub identities: Vec<IdentityId>,
    /// The notes that he brought.
    pub notes: Vec<CustomerNoteId>,
    /// The survivor's profile before and after.
    pub before: Value,
    pub after: Value,
    pub created_at: Timestamp,
}

impl TryFrom<Model> for MergeRecord {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        const T: &str = "customer_merges";
        Ok(Self {
            merged_id: row.merged_id.into(),
            survivor_id: row.survivor_id.into(),
            identities: json(&row.identities, T, "identities")?,
            notes: json(&row.notes, T, "notes")?,
            before: json(&row.before, T, "before")?,
            after: json(&row.after, T, "after")?,
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

/// The merge by which this customer went into another.
pub async fn of_merged<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    merged: CustomerId,
) -> Result<Option<MergeRecord>, StoreError> {
    Entity::find_by_id(merged.0)
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .one(db)
        .await?
        .map(TryInto::try_into)
        .transpose()
}

/// The merges by which others went into this customer, the latest first.
pub async fn of_survivor<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    survivor: CustomerId,
    limit: u64,
) -> Result<Vec<MergeRecord>, StoreError> {
    Entity::find()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::SurvivorId.eq(survivor.0))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::MergedId)
        .limit(limit)
        .all(db)
        .await?
        .into_iter()
        .map(TryInto::try_into)
        .collect()
}

/// Whether a customer took part in a merge that holds.
pub(crate) async fn concern(
    unit: &UnitOfWork,
    scope: &TenantScope,
    customer: CustomerId,
) -> Result<bool, StoreError> {
    let found = of_survivor(unit.db(), scope, customer, 1).await?;
    Ok(!found.is_empty() || of_merged(unit.db(), scope, customer).await?.is_some())
}

/// Notes a merge; who was merged names his survivor from now on.
pub async fn insert(
    unit: &UnitOfWork,
    scope: &TenantScope,
    merge: &MergeRecord,
) -> Result<(), StoreError> {
    let row = ActiveModel {
        merged_id: Set(merge.merged_id.0),
        tenant_id: Set(scope.tenant_id().0),
        survivor_id: Set(merge.survivor_id.0),
        identities: Set(to_json(&merge.identities)),
        notes: Set(to_json(&merge.notes)),
        before: Set(to_json(&merge.before)),
        after: Set(to_json(&merge.after)),
        created_at: Set(merge.created_at.millis()),
    };
    Entity::insert(row)
        .exec_without_returning(unit.db())
        .await?;
    name_survivor(unit, scope, merge.merged_id, Some(merge.survivor_id)).await
}

/// Forgets a merge; who was merged is a customer again.
pub async fn remove(
    unit: &UnitOfWork,
    scope: &TenantScope,
    merged: CustomerId,
) -> Result<(), StoreError> {
    Entity::delete_many()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::MergedId.eq(merged.0))
        .exec(unit.db())
        .await?;
    name_survivor(unit, scope, merged, None).await
}

async fn name_survivor(
    unit: &UnitOfWork,
    scope: &TenantScope,
    merged: CustomerId,
    survivor: Option<CustomerId>,
) -> Result<(), StoreError> {
    customers::Entity::update_many()
        .col_expr(
            customers::Column::MergedInto,
            Expr::value(survivor.map(|id| id.0)),
        )
        .filter(customers::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(customers::Column::Id.eq(merged.0))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// Locks all conversations of these customers, in the order of creation, then their addresses: before the customers
/// themselves, as whoever starts a conversation does.
pub async fn lock_all_of(
    unit: &UnitOfWork,
    scope: &TenantScope,
    of: &[CustomerId],
) -> Result<(), StoreError> {
    use conversations::Column as Talk;
    let _: Vec<i64> = conversations::Entity::find()
        .select_only()
        .column(Talk::RowId)
        .filter(Talk::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Talk::CustomerId.is_in(of.iter().map(|id| id.0)))
        .order_by_asc(Talk::RowId)
        .lock_exclusive()
        .into_tuple()
        .all(unit.db())
        .await?;
    let _: Vec<Uuid> = identities::Entity::find()
        .select_only()
        .column(identities::Column::Id)
        .filter(identities::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(identities::Column::CustomerId.is_in(of.iter().map(|id| id.0)))
        .order_by_asc(identities::Column::Id)
        .lock_exclusive()
        .into_tuple()
        .all(unit.db())
        .await?;
    Ok(())
}

/// A customer's addresses.
pub async fn identities_of(
    unit: &UnitOfWork,
    scope: &TenantScope,
    customer: CustomerId,
) -> Result<Vec<IdentityId>, StoreError> {
    let ids: Vec<Uuid> = identities::Entity::find()
        .select_only()
        .column(identities::Column::Id)
        .filter(identities::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(identities::Column::CustomerId.eq(customer.0))
        .into_tuple()
        .all(unit.db())
        .await?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// The ids of the notes about a customer.
pub async fn notes_of(
    unit: &UnitOfWork,
    scope: &TenantScope,
    customer: CustomerId,
) -> Result<Vec<CustomerNoteId>, StoreError> {
    let ids: Vec<Uuid> = customer_notes::Entity::find()
        .select_only()
        .column(customer_notes::Column::Id)
        .filter(customer_notes::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(customer_notes::Column::CustomerId.eq(customer.0))
        .into_tuple()
        .all(unit.db())
        .await?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// Gives those of these addresses that `from` has to `to`, with their conversations and what was written in them; and
/// those of these notes that are about `from`.
pub async fn give(
    unit: &UnitOfWork,
    scope: &TenantScope,
    from: CustomerId,
    to: CustomerId,
    addresses: &[IdentityId],
    notes: &[CustomerNoteId],
) -> Result<(), StoreError> {
    let (db, tenant) = (unit.db(), Uuid::from(scope.tenant_id()));
    let ids = || addresses.iter().map(|id| id.0);
    identities::Entity::update_many()
        .col_expr(identities::Column::CustomerId, Expr::value(to.0))
        .filter(identities::Column::TenantId.eq(tenant))
        .filter(identities::Column::CustomerId.eq(from.0))
        .filter(bulk::among(db, identities::Column::Id, ids()))
        .exec(db)
        .await?;
    // From here on nobody starts a conversation of theirs for `from`: see `identities::check_holders`.
    conversations::Entity::update_many()
        .col_expr(conversations::Column::CustomerId, Expr::value(to.0))
        .filter(conversations::Column::TenantId.eq(tenant))
        .filter(conversations::Column::CustomerId.eq(from.0))
        .filter(bulk::among(db, conversations::Column::IdentityId, ids()))
        .exec(db)
        .await?;
    give_messages(unit, scope, from, to, addresses).await?;
    customer_notes::Entity::update_many()
        .col_expr(customer_notes::Column::CustomerId, Expr::value(to.0))
        .filter(customer_notes::Column::TenantId.eq(tenant))
        .filter(customer_notes::Column::CustomerId.eq(from.0))
        .filter(bulk::among(
            db,
            customer_notes::Column::Id,
            notes.iter().map(|id| id.0),
        ))
        .exec(db)
        .await?;
    Ok(())
}

/// What `from` wrote from these addresses was written by `to`. Of two messages under one idempotency key the moved one
/// loses it: a key is of its sender alone, and each chose his own.
async fn give_messages(
    unit: &UnitOfWork,
    scope: &TenantScope,
    from: CustomerId,
    to: CustomerId,
    addresses: &[IdentityId],
) -> Result<(), StoreError> {
    use conversations::Column as Talk;
    use messages::Column as Message;
    let (db, tenant) = (unit.db(), Uuid::from(scope.tenant_id()));
    let talks = Query::select()
        .column(Talk::Id)
        .from(conversations::Entity)
        .and_where(Talk::TenantId.eq(tenant))
        .and_where(Talk::CustomerId.eq(to.0))
        .and_where(bulk::among(
            db,
            Talk::IdentityId,
            addresses.iter().map(|id| id.0),
        ))
        .to_owned();
    let taken = Query::select()
        .column(Message::IdempotencyKey)
        .from(messages::Entity)
        .and_where(Message::TenantId.eq(tenant))
        .and_where(Message::SenderId.eq(to.0))
        .and_where(Message::IdempotencyKey.is_not_null())
        .to_owned();
    messages::Entity::update_many()
        .col_expr(Message::IdempotencyKey, Expr::value(None::<String>))
        .filter(Message::TenantId.eq(tenant))
        .filter(Message::SenderId.eq(from.0))
        .filter(Message::IdempotencyKey.in_subquery(taken))
        .exec(db)
        .await?;
    messages::Entity::update_many()
        .col_expr(Message::SenderId, Expr::value(to.0))
        .filter(Message::TenantId.eq(tenant))
        .filter(Message::SenderId.eq(from.0))
        .filter(Message::SenderType.eq("customer"))
        .filter(Message::ConversationId.in_subquery(talks))
        .exec(db)
        .await?;
    Ok(())
}
