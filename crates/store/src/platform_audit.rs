//! What was done to the installation and its companies: by whom, when, why. Lines are added and read, never changed.

use omni_model::{AuditId, PlatformScope, SuperadminId, Timestamp, Total};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde_json::Value;
use uuid::Uuid;

use crate::capped;
use crate::entity::platform_audit::{ActiveModel, Column, Entity, Model};
use crate::records::json;
use crate::{StoreError, UnitOfWork};

/// A line of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct PlatformAuditRecord {
    pub id: AuditId,
    /// `None` = the installation's command line.
    pub actor_id: Option<SuperadminId>,
    /// `area.verb`.
    pub action: String,
    pub target_type: String,
    pub target_id: Option<Uuid>,
    /// In the words of who did it.
    pub reason: Option<String>,
    /// What changed. Never a secret.
    pub changes: Value,
    pub created_at: Timestamp,
}

impl TryFrom<Model> for PlatformAuditRecord {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            actor_id: row.actor_id.map(Into::into),
            action: row.action,
            target_type: row.target_type,
            target_id: row.target_id,
            reason: row.reason,
            changes: json(&row.changes, "platform_audit", "changes")?,
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

/// Adds a line, in the unit of work of what it tells.
pub async fn append(unit: &UnitOfWork, record: &PlatformAuditRecord) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(record.id.into()),
        actor_id: Set(record.actor_id.map(Into::into)),
        action: Set(record.action.clone()),
        target_type: Set(record.target_type.clone()),
        target_id: Set(record.target_id),
        reason: Set(record.reason.clone()),
        changes: Set(record.changes.to_string()),
        created_at: Set(record.created_at.millis()),
    };
    Entity::insert(row)
        .exec_without_returning(unit.db())
        .await?;
    Ok(())
}

/// One page of the log, newest first. `after` = the last line of the page before.
pub async fn page<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
    after: Option<(Timestamp, AuditId)>,
    offset: u64,
    limit: u64,
) -> Result<(Vec<PlatformAuditRecord>, Total), StoreError> {
    let total = capped::count(db, Entity::find()).await?;
    let mut query = Entity::find()
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id);
    if let Some((created_at, id)) = after {
        let created_at = created_at.millis();
        query = query.filter(
            Condition::any().add(Column::CreatedAt.lt(created_at)).add(
                Condition::all()
                    .add(Column::CreatedAt.eq(created_at))
                    .add(Column::Id.lt(Uuid::from(id))),
            ),
        );
    }
    let rows = query.offset(offset).limit(limit).all(db).await?;
    let lines = rows
        .into_iter()
        .map(TryInto::try_into)
        .collect::<Result<_, _>>()?;
    Ok((lines, total))
}
