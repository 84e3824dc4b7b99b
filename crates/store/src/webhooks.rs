//! Webhooks: a tenant's own addresses. Their secrets are sealed before they come here.

use std::time::Duration;

use omni_model::{EventKind, TenantId, TenantScope, Timestamp, WebhookId, WebhookStop};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

use crate::entity::tenants;
use crate::entity::webhooks::{ActiveModel, Column, Entity, Model};
use crate::records::{json, to_json, word};
use crate::{StoreError, UnitOfWork};

/// A webhook's row.
#[derive(Clone, Debug, PartialEq)]
pub struct WebhookRecord {
    pub id: WebhookId,
    pub tenant_id: TenantId,
    pub url: String,
    pub description: String,
    /// What it is told of; empty = everything.
    pub types: Vec<EventKind>,
    /// Why it gets nothing, and since when.
    pub stopped: Option<(WebhookStop, Timestamp)>,
    /// Sealed.
    pub secret: String,
    /// Sealed; it signs, too, until then.
    pub old_secret: Option<(String, Timestamp)>,
    /// The newest event when it was made: it is told of what comes after.
    pub after_seq: i64,
    /// When the first of nothing but failures was.
    pub failing_since: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl WebhookRecord {
    /// The scope of its tenant.
    pub const fn scope(&self) -> TenantScope {
        TenantScope::of(self.tenant_id)
    }

    /// Whether it wants to be told of events of this kind.
    pub fn wants(&self, kind: EventKind) -> bool {
        self.types.is_empty() || self.types.contains(&kind)
    }
}

impl TryFrom<Model> for WebhookRecord {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        const T: &str = "webhooks";
        let stopped = match (row.stopped, row.stopped_at) {
            (Some(why), Some(at)) => Some((word(&why, T, "stopped")?, Timestamp::from_millis(at))),
            _ => None,
        };
        Ok(Self {
            id: row.id.into(),
            tenant_id: row.tenant_id.into(),
            url: row.url,
            description: row.description,
            types: json(&row.types, T, "types")?,
            stopped,
            secret: row.secret,
            old_secret: row
                .old_secret
                .zip(row.old_secret_until.map(Timestamp::from_millis)),
            after_seq: row.after_seq,
            failing_since: row.failing_since.map(Timestamp::from_millis),
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        })
    }
}

fn changeable(record: &WebhookRecord) -> ActiveModel {
    let (old_secret, old_secret_until) = record.old_secret.clone().unzip();
    ActiveModel {
        url: Set(record.url.clone()),
        description: Set(record.description.clone()),
        types: Set(to_json(&record.types)),
        stopped: Set(record.stopped.map(|(why, _)| why.as_str().to_owned())),
        stopped_at: Set(record.stopped.map(|(_, at)| at.millis())),
        secret: Set(record.secret.clone()),
        old_secret: Set(old_secret),
        old_secret_until: Set(old_secret_until.map(Timestamp::millis)),
        failing_since: Set(record.failing_since.map(Timestamp::millis)),
        updated_at: Set(record.updated_at.millis()),
        ..ActiveModel::default()
    }
}

/// Stores a new webhook.
pub async fn insert(unit: &UnitOfWork, record: &WebhookRecord) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(record.id.into()),
        tenant_id: Set(record.tenant_id.into()),
        after_seq: Set(record.after_seq),
        deleted_at: Set(None),
        created_at: Set(record.created_at.millis()),
        ..changeable(record)
    };
    Entity::insert(row)
        .exec_without_returning(unit.db())
        .await?;
    Ok(())
}

/// Writes what may change in a webhook.
pub async fn update(unit: &UnitOfWork, record: &WebhookRecord) -> Result<(), StoreError> {
    Entity::update_many()
        .set(changeable(record))
        .filter(Column::TenantId.eq(Uuid::from(record.tenant_id)))
        .filter(Column::Id.eq(Uuid::from(record.id)))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// Deletes a webhook. What is on its way to it finds it gone; the row goes when that was forgotten.
pub async fn delete(unit: &UnitOfWork, record: &WebhookRecord) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::DeletedAt, Expr::value(unit.now().millis()))
        .col_expr(Column::Secret, Expr::value(""))
        .col_expr(Column::OldSecret, Expr::value(Option::<String>::None))
        .filter(Column::TenantId.eq(Uuid::from(record.tenant_id)))
        .filter(Column::Id.eq(Uuid::from(record.id)))
        .exec(unit.db())
        .await?;
    Ok(())
}

fn living(scope: &TenantScope) -> Select<Entity> {
    Entity::find()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::DeletedAt.is_null())
}

/// A webhook.
pub async fn find<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    id: WebhookId,
) -> Result<Option<WebhookRecord>, StoreError> {
    living(scope)
        .filter(Column::Id.eq(Uuid::from(id)))
        .one(db)
        .await?
        .map(TryInto::try_into)
        .transpose()
}

/// A webhook, locked until the unit of work ends.
pub async fn lock(
    unit: &UnitOfWork,
    scope: &TenantScope,
    id: WebhookId,
) -> Result<Option<WebhookRecord>, StoreError> {
    living(scope)
        .filter(Column::Id.eq(Uuid::from(id)))
        .lock_exclusive()
        .one(unit.db())
        .await?
        .map(TryInto::try_into)
        .transpose()
}

/// The tenant's webhooks, oldest first.
pub async fn list<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
) -> Result<Vec<WebhookRecord>, StoreError> {
    living(scope)
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(db)
        .await?
        .into_iter()
        .map(TryInto::try_into)
        .collect()
}

/// How many the tenant has. Nobody else can add one until the unit of work ends.
pub async fn lock_count(unit: &UnitOfWork, scope: &TenantScope) -> Result<u64, StoreError> {
    tenants::Entity::find_by_id(Uuid::from(scope.tenant_id()))
        .lock_exclusive()
        .one(unit.db())
        .await?;
    Ok(living(scope).count(unit.db()).await?)
}

/// Notes that something arrived: what failed before does not count any more.
pub async fn recovered(
    unit: &UnitOfWork,
    scope: &TenantScope,
    id: WebhookId,
) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::FailingSince, Expr::value(Option::<i64>::None))
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::Id.eq(Uuid::from(id)))
        .filter(Column::FailingSince.is_not_null())
        .exec(unit.db())
        .await?;
    Ok(())
}

/// Forgets webhooks deleted more than `kept` ago; nothing is on its way to them any more. Returns how many.
pub async fn forget_deleted(unit: &UnitOfWork, kept: Duration) -> Result<u64, StoreError> {
    let before = unit.now().minus(kept).millis();
    let done = Entity::delete_many()
        .filter(Column::DeletedAt.lt(before))
        .exec(unit.db())
        .await?;
    Ok(done.rows_affected)
}
