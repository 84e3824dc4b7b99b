//! Who changed what: lines are written in the unit of work of the change they tell of.

use omni_model::{Actor, ActorId, ActorKind, AuditId, Page, Principal, TenantScope, Timestamp};
use omni_store::UnitOfWork;
use omni_store::audit::{self, AuditRecord};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::needs;
use crate::page::{Cursor, PageRequest};
use crate::{Core, Result};

/// What is told of a change.
pub(crate) struct Line {
    action: &'static str,
    target_type: &'static str,
    target_id: Uuid,
    changes: Value,
}

impl Line {
    /// A line about `target_id`; `action` is `area.verb`.
    pub(crate) fn of(action: &'static str, target_type: &'static str, target_id: Uuid) -> Self {
        Self {
            action,
            target_type,
            target_id,
            changes: json!({}),
        }
    }

    /// With what changed: never a secret, never message text.
    pub(crate) fn with(mut self, changes: Value) -> Self {
        self.changes = changes;
        self
    }
}

/// Writes a line; nobody as the actor is the installation itself.
pub(crate) async fn record(
    unit: &UnitOfWork,
    scope: &TenantScope,
    actor: Option<Actor>,
    line: Line,
) -> Result<()> {
    let record = AuditRecord {
        id: AuditId::at(unit.now()),
        actor,
        action: line.action.to_owned(),
        target_type: line.target_type.to_owned(),
        target_id: Some(line.target_id),
        changes: line.changes,
        created_at: unit.now(),
    };
    Ok(audit::append(unit, scope, &record).await?)
}

/// A line of the audit log.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AuditEntry {
    pub id: AuditId,
    /// Who did it, a person or a program with a key; `null` is the installation itself.
    pub actor_id: Option<ActorId>,
    pub actor_type: Option<ActorKind>,
    /// `area.verb`.
    pub action: String,
    pub target_type: String,
    #[schema(value_type = Option<String>, format = Uuid)]
    pub target_id: Option<Uuid>,
    /// What changed.
    #[schema(value_type = Object)]
    pub changes: Value,
    pub created_at: Timestamp,
}

impl From<AuditRecord> for AuditEntry {
    fn from(record: AuditRecord) -> Self {
        Self {
            id: record.id,
            actor_id: record.actor.map(Actor::id),
            actor_type: record.actor.map(Actor::kind),
            action: record.action,
            target_type: record.target_type,
            target_id: record.target_id,
            changes: record.changes,
            created_at: record.created_at,
        }
    }
}

impl Core {
    /// The audit log, newest first.
    pub async fn audit_log(
        &self,
        principal: &Principal,
        request: &PageRequest,
    ) -> Result<Page<AuditEntry>> {
        needs(principal, "settings:read")?;
        let place = request.place()?;
        let (mut lines, total) = audit::page(
            self.store().reader(),
            &principal.scope(),
            place.map(|cursor| (cursor.at, AuditId(cursor.id))),
            request.offset(),
            request.limit() + 1,
        )
        .await?;
        let next = request.next(&mut lines, |line| Cursor {
            at: line.created_at,
            id: line.id.0,
        });
        Ok(Page::new(
            lines.into_iter().map(Into::into).collect(),
            total,
            next,
        ))
    }
}
