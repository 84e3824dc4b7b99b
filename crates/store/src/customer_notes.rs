//! What the team notes about customers.

use omni_model::{Actor, ActorId, CustomerId, CustomerNoteId, TenantScope, Timestamp, Total};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

use crate::capped;
use crate::entity::customer_notes::{ActiveModel, Column, Entity, Model};
use crate::records::word;
use crate::{StoreError, UnitOfWork};

/// A note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteRecord {
    pub id: CustomerNoteId,
    pub customer_id: CustomerId,
    pub author: Actor,
    pub text: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl TryFrom<Model> for NoteRecord {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let kind = word(&row.author_type, "customer_notes", "author_type")?;
        Ok(Self {
            id: row.id.into(),
            customer_id: row.customer_id.into(),
            author: Actor::of(kind, ActorId(row.author_id)),
            text: row.text,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        })
    }
}

fn about(scope: &TenantScope, customer: CustomerId) -> Select<Entity> {
    Entity::find()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::CustomerId.eq(Uuid::from(customer)))
}

/// A page of the notes about a customer, newest first. `after` = the last one of the page before.
pub async fn page<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    customer: CustomerId,
    after: Option<(Timestamp, CustomerNoteId)>,
    offset: u64,
    limit: u64,
) -> Result<(Vec<NoteRecord>, Total), StoreError> {
    let total = capped::count(db, about(scope, customer)).await?;
    let mut query = about(scope, customer)
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id);
    if let Some((at, id)) = after {
        query = query.filter(
            Condition::any().add(Column::CreatedAt.lt(at.millis())).add(
                Condition::all()
                    .add(Column::CreatedAt.eq(at.millis()))
                    .add(Column::Id.lt(Uuid::from(id))),
            ),
        );
    }
    let rows = query.offset(offset).limit(limit).all(db).await?;
    let notes = rows
        .into_iter()
        .map(TryInto::try_into)
        .collect::<Result<_, _>>()?;
    Ok((notes, total))
}

/// How many there are about a customer.
pub async fn count<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    customer: CustomerId,
) -> Result<u64, StoreError> {
    Ok(about(scope, customer).count(db).await?)
}

/// A note about this customer.
pub async fn find<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    customer: CustomerId,
    id: CustomerNoteId,
) -> Result<Option<NoteRecord>, StoreError> {
    about(scope, customer)
        .filter(Column::Id.eq(Uuid::from(id)))
        .one(db)
        .await?
        .map(TryInto::try_into)
        .transpose()
}

/// Stores a new one.
pub async fn insert(
    unit: &UnitOfWork,
    scope: &TenantScope,
    note: &NoteRecord,
) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(note.id.into()),
        tenant_id: Set(scope.tenant_id().into()),
        customer_id: Set(note.customer_id.into()),
        author_id: Set(note.author.id().into()),
        author_type: Set(note.author.kind().as_str().to_owned()),
        text: Set(note.text.clone()),
        created_at: Set(note.created_at.millis()),
        updated_at: Set(note.updated_at.millis()),
    };
    Entity::insert(row)
        .exec_without_returning(unit.db())
        .await?;
    Ok(())
}

/// Puts other words in its place.
pub async fn reword(
    unit: &UnitOfWork,
    scope: &TenantScope,
    id: CustomerNoteId,
    text: &str,
) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::Text, Expr::value(text))
        .col_expr(Column::UpdatedAt, Expr::value(unit.now().millis()))
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::Id.eq(Uuid::from(id)))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// Removes one.
pub async fn remove(
    unit: &UnitOfWork,
    scope: &TenantScope,
    id: CustomerNoteId,
) -> Result<(), StoreError> {
    Entity::delete_many()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::Id.eq(Uuid::from(id)))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// Gives the notes about one customer to another, who turned out to be the same.
pub(crate) async fn give(
    unit: &UnitOfWork,
    scope: &TenantScope,
    from: CustomerId,
    to: CustomerId,
) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::CustomerId, Expr::value(to.0))
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::CustomerId.eq(Uuid::from(from)))
        .exec(unit.db())
        .await?;
    Ok(())
}
