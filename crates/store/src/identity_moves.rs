//! What happens to an anonymous visitor's conversations when he proves who he is.

use omni_model::{ConversationId, CustomerId, IdentityId, MessageId, SenderType, TenantScope};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::entity::{conversations, customers, identities, messages};
use crate::identities::IdentityRecord;
use crate::{ConversationRecord, StoreError, UnitOfWork};
use crate::{customer_merges, customer_notes, customer_proposals, customers as cards};

/// Makes an identity the proven one of `external_id`, which nobody has yet.
pub async fn prove(
    unit: &UnitOfWork,
    scope: &TenantScope,
    identity: IdentityId,
    external_id: &str,
) -> Result<(), StoreError> {
    identities::Entity::update_many()
        .col_expr(identities::Column::ExternalId, Expr::value(external_id))
        .col_expr(identities::Column::Verified, Expr::value(true))
        .filter(identities::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(identities::Column::Id.eq(Uuid::from(identity)))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// Every conversation of these identities, locked, in the order of creation.
pub async fn lock_all(
    unit: &UnitOfWork,
    scope: &TenantScope,
    identities: &[IdentityId],
) -> Result<Vec<ConversationRecord>, StoreError> {
    conversations::Entity::find()
        .filter(conversations::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(conversations::Column::IdentityId.is_in(identities.iter().map(|id| id.0)))
        .order_by_asc(conversations::Column::RowId)
        .lock_exclusive()
        .all(unit.db())
        .await?
        .into_iter()
        .map(TryInto::try_into)
        .collect()
}

/// Gives locked conversations of one identity, and what the customer wrote in them, to another.
pub async fn give_to(
    unit: &UnitOfWork,
    scope: &TenantScope,
    moved: &[ConversationId],
    to: &IdentityRecord,
) -> Result<(), StoreError> {
    let tenant = Uuid::from(scope.tenant_id());
    let ids: Vec<Uuid> = moved.iter().map(|id| id.0).collect();
    conversations::Entity::update_many()
        .col_expr(conversations::Column::IdentityId, Expr::value(to.id.0))
        .col_expr(
            conversations::Column::CustomerId,
            Expr::value(to.customer_id.0),
        )
        .filter(conversations::Column::TenantId.eq(tenant))
        .filter(conversations::Column::Id.is_in(ids.clone()))
        .exec(unit.db())
        .await?;
    messages::Entity::update_many()
        .col_expr(messages::Column::SenderId, Expr::value(to.customer_id.0))
        .filter(messages::Column::TenantId.eq(tenant))
        .filter(messages::Column::ConversationId.is_in(ids))
        .filter(messages::Column::SenderType.eq(SenderType::Customer.as_str()))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// Puts all messages of one locked conversation behind the last of another. Returns them in order.
pub async fn append_messages(
    unit: &UnitOfWork,
    scope: &TenantScope,
    from: ConversationId,
    to: &ConversationRecord,
) -> Result<Vec<MessageId>, StoreError> {
    let mut moved = messages::Entity::update_many()
        .col_expr(messages::Column::ConversationId, Expr::value(to.id.0))
        .col_expr(
            messages::Column::Seq,
            Expr::col(messages::Column::Seq).add(to.last_seq),
        )
        .filter(messages::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(messages::Column::ConversationId.eq(Uuid::from(from)))
        .exec_with_returning(unit.db())
        .await?;
    moved.sort_by_key(|message| message.seq);
    Ok(moved.into_iter().map(|message| message.id.into()).collect())
}

/// Removes an identity whose conversations were all given away, and its customer if he has no other. What his card
/// says goes to `heir`, who turned out to be him.
pub async fn remove(
    unit: &UnitOfWork,
    scope: &TenantScope,
    identity: IdentityId,
    customer: CustomerId,
    heir: CustomerId,
) -> Result<(), StoreError> {
    let tenant = Uuid::from(scope.tenant_id());
    identities::Entity::delete_many()
        .filter(identities::Column::TenantId.eq(tenant))
        .filter(identities::Column::Id.eq(Uuid::from(identity)))
        .exec(unit.db())
        .await?;
    let other: Option<Uuid> = identities::Entity::find()
        .select_only()
        .column(identities::Column::Id)
        .filter(identities::Column::TenantId.eq(tenant))
        .filter(identities::Column::CustomerId.eq(Uuid::from(customer)))
        .limit(1)
        .into_tuple()
        .one(unit.db())
        .await?;
    // Who took part in a merge is still needed to part those.
    if other.is_none() && !customer_merges::concern(unit, scope, customer).await? {
        customer_proposals::forget(unit, scope, customer).await?;
        customer_notes::give(unit, scope, customer, heir).await?;
        inherit_fields(unit, scope, customer, heir).await?;
        customers::Entity::delete_many()
            .filter(customers::Column::TenantId.eq(tenant))
            .filter(customers::Column::Id.eq(Uuid::from(customer)))
            .exec(unit.db())
            .await?;
    }
    Ok(())
}

/// Puts one customer's values of the company's fields into the empty places of another's.
async fn inherit_fields(
    unit: &UnitOfWork,
    scope: &TenantScope,
    from: CustomerId,
    heir: CustomerId,
) -> Result<(), StoreError> {
    let Some(left) = cards::find(unit.db(), scope, from).await? else {
        return Ok(());
    };
    if left.fields.is_empty() {
        return Ok(());
    }
    if let Some(mut card) = cards::lock(unit, scope, heir).await? {
        for (field, value) in left.fields {
            card.fields.entry(field).or_insert(value);
        }
        cards::update(unit, &card).await?;
    }
    Ok(())
}
