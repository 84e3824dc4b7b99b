//! Customers who may be one person: what is proven of one is proven of the other, too. What was only told proves
//! nothing, and is not looked at.

use std::collections::BTreeMap;

use omni_model::{ChannelKind, CustomerId, TenantScope};
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, QueryFilter,
    QuerySelect,
};
use uuid::Uuid;

use crate::customers::CustomerRecord;
use crate::entity::{channels, customer_strangers, customers, identities};
use crate::{StoreError, UnitOfWork};

/// Candidates looked at for each kind of proof.
const MOST: u64 = 20;

/// What two customers share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shared {
    Phone,
    Email,
    /// The messenger's own id of a person, or the one that the company's site vouched for.
    ExternalId,
}

/// The customers who share something proven with this one and were not said to be somebody else.
pub async fn of<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    customer: &CustomerRecord,
) -> Result<BTreeMap<CustomerId, Vec<Shared>>, StoreError> {
    use customers::Column;
    let mut found: BTreeMap<CustomerId, Vec<Shared>> = BTreeMap::new();
    let phone = customer.phone.as_ref().filter(|_| customer.phone_verified);
    let email = customer.email.as_ref().filter(|_| customer.email_verified);
    let proofs = [
        (
            Shared::Phone,
            phone.map(|phone| {
                Condition::all()
                    .add(Expr::cust("phone_verified"))
                    .add(Column::Phone.eq(phone))
            }),
        ),
        (
            Shared::Email,
            email.map(|email| {
                Condition::all()
                    .add(Expr::cust("email_verified"))
                    .add(Column::Email.eq(email))
            }),
        ),
    ];
    for (shared, proof) in proofs {
        let Some(proof) = proof else { continue };
        let ids: Vec<Uuid> = customers::Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
            .filter(proof)
            .filter(Column::MergedInto.is_null())
            .limit(MOST)
            .into_tuple()
            .all(db)
            .await?;
        for id in ids {
            found.entry(id.into()).or_default().push(shared);
        }
    }
    for id in same_person(db, scope, customer.id).await? {
        found.entry(id).or_default().push(Shared::ExternalId);
    }
    found.remove(&customer.id);
    for other in strangers(db, scope, customer.id).await? {
        found.remove(&other);
    }
    Ok(found)
}

/// Those who have the same proven id in another channel of the same kind.
async fn same_person<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    customer: CustomerId,
) -> Result<Vec<CustomerId>, StoreError> {
    use identities::Column;
    let tenant = Uuid::from(scope.tenant_id());
    let of_channel = || {
        identities::Entity::belongs_to(channels::Entity)
            .from(Column::ChannelId)
            .to(channels::Column::Id)
    };
    // A messenger knows its people; of a widget's visitors only a signed identify does.
    let proven = || {
        Condition::any()
            .add(Column::Verified.eq(true))
            .add(channels::Column::Kind.ne(ChannelKind::Widget.as_str()))
    };
    let own: Vec<(String, String)> = identities::Entity::find()
        .select_only()
        .column(channels::Column::Kind)
        .column(Column::ExternalId)
        .join(JoinType::InnerJoin, of_channel().into())
        .filter(Column::TenantId.eq(tenant))
        .filter(Column::CustomerId.eq(customer.0))
        .filter(proven())
        .limit(MOST)
        .into_tuple()
        .all(db)
        .await?;
    let mut found = Vec::new();
    for (kind, external_id) in own {
        let of_kind = Query::select()
            .column(channels::Column::Id)
            .from(channels::Entity)
            .and_where(channels::Column::TenantId.eq(tenant))
            .and_where(channels::Column::Kind.eq(kind))
            .to_owned();
        let ids: Vec<Uuid> = identities::Entity::find()
            .select_only()
            .column(Column::CustomerId)
            .join(JoinType::InnerJoin, of_channel().into())
            .filter(Column::TenantId.eq(tenant))
            .filter(Column::ChannelId.in_subquery(of_kind))
            .filter(Column::ExternalId.eq(external_id))
            .filter(Column::CustomerId.ne(customer.0))
            .filter(proven())
            .limit(MOST)
            .into_tuple()
            .all(db)
            .await?;
        found.extend(ids.into_iter().map(CustomerId::from));
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

async fn strangers<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    customer: CustomerId,
) -> Result<Vec<CustomerId>, StoreError> {
    use customer_strangers::Column;
    let pairs: Vec<(Uuid, Uuid)> = customer_strangers::Entity::find()
        .select_only()
        .columns([Column::OneId, Column::OtherId])
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(either(customer))
        .into_tuple()
        .all(db)
        .await?;
    let other = |(one, other): (Uuid, Uuid)| if one == customer.0 { other } else { one };
    Ok(pairs.into_iter().map(|pair| other(pair).into()).collect())
}

fn either(customer: CustomerId) -> Condition {
    use customer_strangers::Column;
    Condition::any()
        .add(Column::OneId.eq(customer.0))
        .add(Column::OtherId.eq(customer.0))
}

/// Notes that these two are two people, whatever they share.
pub async fn dismiss(
    unit: &UnitOfWork,
    scope: &TenantScope,
    one: CustomerId,
    other: CustomerId,
) -> Result<(), StoreError> {
    use customer_strangers::Column;
    let row = customer_strangers::ActiveModel {
        tenant_id: Set(scope.tenant_id().0),
        one_id: Set(one.min(other).0),
        other_id: Set(one.max(other).0),
        created_at: Set(unit.now().millis()),
    };
    let again = OnConflict::columns([Column::TenantId, Column::OneId, Column::OtherId])
        .do_nothing()
        .to_owned();
    customer_strangers::Entity::insert(row)
        .on_conflict(again)
        .exec_without_returning(unit.db())
        .await?;
    Ok(())
}

/// Forgets what was said of a customer who is about to be removed.
pub(crate) async fn forget(
    unit: &UnitOfWork,
    scope: &TenantScope,
    customer: CustomerId,
) -> Result<(), StoreError> {
    customer_strangers::Entity::delete_many()
        .filter(customer_strangers::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(either(customer))
        .exec(unit.db())
        .await?;
    Ok(())
}
