//! Canned responses: texts that are written once and sent often.

use omni_model::{CannedResponseId, FileId, TenantScope, Timestamp, UserId};
use sea_orm::sea_query::LikeExpr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

use crate::entity::canned_responses::{ActiveModel, Column, Entity, Model};
use crate::like::{containing, scattered};
use crate::{StoreError, UnitOfWork};

/// A canned response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CannedRecord {
    pub id: CannedResponseId,
    /// Whose it is alone; `None` = everybody's.
    pub owner_id: Option<UserId>,
    /// In small letters.
    pub short_code: String,
    pub title: String,
    pub text: String,
    pub file_id: Option<FileId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl From<Model> for CannedRecord {
    fn from(row: Model) -> Self {
        Self {
            id: row.id.into(),
            owner_id: row.owner_id.map(Into::into),
            short_code: row.short_code,
            title: row.title,
            text: row.text,
            file_id: row.file_id.map(Into::into),
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        }
    }
}

fn row(scope: &TenantScope, record: &CannedRecord) -> ActiveModel {
    let words = [&record.short_code, &record.title, &record.text];
    ActiveModel {
        id: Set(record.id.into()),
        tenant_id: Set(scope.tenant_id().into()),
        owner_id: Set(record.owner_id.map(Into::into)),
        short_code: Set(record.short_code.clone()),
        title: Set(record.title.clone()),
        text: Set(record.text.clone()),
        file_id: Set(record.file_id.map(Into::into)),
        folded: Set(words.map(|words| words.to_lowercase()).join("\n")),
        created_at: Set(record.created_at.millis()),
        updated_at: Set(record.updated_at.millis()),
    }
}

fn of_tenant(scope: &TenantScope) -> Select<Entity> {
    Entity::find().filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
}

/// Everybody's and his own.
fn seen_by(scope: &TenantScope, user: UserId) -> Select<Entity> {
    of_tenant(scope).filter(
        Condition::any()
            .add(Column::OwnerId.is_null())
            .add(Column::OwnerId.eq(Uuid::from(user))),
    )
}

/// One that `user` sees.
pub async fn find<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    user: UserId,
    id: CannedResponseId,
) -> Result<Option<CannedRecord>, StoreError> {
    let found = seen_by(scope, user)
        .filter(Column::Id.eq(Uuid::from(id)))
        .one(db)
        .await?;
    Ok(found.map(Into::into))
}

/// Those that `user` sees, by their short codes, and how many there are. `q` asks for its words anywhere, or for
/// its letters in their order within the short code.
pub async fn page<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    user: UserId,
    q: Option<&str>,
    offset: u64,
    limit: u64,
) -> Result<(Vec<CannedRecord>, u64), StoreError> {
    let mut matching = seen_by(scope, user);
    if let Some(q) = q {
        let q = q.to_lowercase();
        let words = q.split_whitespace().fold(Condition::all(), |all, word| {
            all.add(Column::Folded.like(containing(word)))
        });
        let code: LikeExpr = scattered(&q);
        matching = matching.filter(
            Condition::any()
                .add(words)
                .add(Column::ShortCode.like(code)),
        );
    }
    let total = matching.clone().count(db).await?;
    let rows = matching
        .order_by_asc(Column::ShortCode)
        .offset(offset)
        .limit(limit)
        .all(db)
        .await?;
    Ok((rows.into_iter().map(Into::into).collect(), total))
}

/// How many the tenant has.
pub async fn count<C: ConnectionTrait>(db: &C, scope: &TenantScope) -> Result<u64, StoreError> {
    Ok(of_tenant(scope).count(db).await?)
}

/// Whether `user` is handed this file by a canned response.
pub async fn offers_file<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    user: UserId,
    file: FileId,
) -> Result<bool, StoreError> {
    let offered = seen_by(scope, user).filter(Column::FileId.eq(Uuid::from(file)));
    Ok(offered.limit(1).one(db).await?.is_some())
}

/// Stores a new one.
pub async fn insert(
    unit: &UnitOfWork,
    scope: &TenantScope,
    record: &CannedRecord,
) -> Result<(), StoreError> {
    Entity::insert(row(scope, record))
        .exec_without_returning(unit.db())
        .await?;
    Ok(())
}

/// Writes one anew.
pub async fn update(
    unit: &UnitOfWork,
    scope: &TenantScope,
    record: &CannedRecord,
) -> Result<(), StoreError> {
    Entity::update_many()
        .set(row(scope, record))
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::Id.eq(Uuid::from(record.id)))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// Removes one. Its file is forgotten later, unless a message shows it.
pub async fn remove(
    unit: &UnitOfWork,
    scope: &TenantScope,
    id: CannedResponseId,
) -> Result<(), StoreError> {
    Entity::delete_many()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::Id.eq(Uuid::from(id)))
        .exec(unit.db())
        .await?;
    Ok(())
}
