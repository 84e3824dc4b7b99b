//! Who changed what. Lines are added and read, never changed.

use omni_model::{Actor, ActorId, ActorKind, AuditId, TenantScope, Timestamp, Total};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde_json::Value;
use uuid::Uuid;

use crate::capped;
use crate::entity::audit_log::{ActiveModel, Column, Entity, Model};
use crate::records::{json, word};
use crate::{StoreError, UnitOfWork};

/// A line of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditRecord {
    pub id: AuditId,
    /// `None` = the installation itself, by its command line or on its own.
    pub actor: Option<Actor>,
    /// `area.verb`.
    pub action: String,
    pub target_type: String,
    pub target_id: Option<Uuid>,
    /// What changed. Never a secret, never message text.
    pub changes: Value,
    pub created_at: Timestamp,
}

impl TryFrom<Model> for AuditRecord {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let kind = row.actor_type.as_deref();
        let kind: Option<ActorKind> = kind
            .map(|kind| word(kind, "audit_log", "actor_type"))
            .transpose()?;
        Ok(Self {
            id: row.id.into(),
            actor: kind
                .zip(row.actor_id)
                .map(|(kind, id)| Actor::of(kind, ActorId(id))),
            action: row.action,
            target_type: row.target_type,
            target_id: row.target_id,
            changes: json(&row.changes, "audit_log", "changes")?,
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

/// Adds a line, in the unit of work of what it tells.
pub async fn append(
    unit: &UnitOfWork,
    scope: &TenantScope,
    record: &AuditRecord,
) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(record.id.into()),
        tenant_id: Set(scope.tenant_id().into()),
        actor_type: Set(record.actor.map(|actor| actor.kind().as_str().to_owned())),
        actor_id: Set(record.actor.map(|actor| actor.id().into())),
        action: Set(record.action.clone()),
        target_type: Set(record.target_type.clone()),
        target_id: Set(record.target_id),
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
    scope: &TenantScope,
    after: Option<(Timestamp, AuditId)>,
    offset: u64,
    limit: u64,
) -> Result<(Vec<AuditRecord>, Total), StoreError> {
    let all = Entity::find().filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())));
    let total = capped::count(db, all.clone()).await?;
    let mut query = all
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
