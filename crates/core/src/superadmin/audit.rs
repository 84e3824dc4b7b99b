//! What superadmins did, and why: lines are written in the unit of work of the act they tell of.

use omni_model::{AuditId, Page, PlatformScope, SuperadminId, TenantId, Timestamp};
use omni_store::UnitOfWork;
use omni_store::platform_audit::{self, PlatformAuditRecord};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Superadmin;
use crate::page::{Cursor, PageRequest};
use crate::{Core, Result};

/// What was done.
pub(crate) struct Act {
    action: &'static str,
    target_type: &'static str,
    target_id: Uuid,
    reason: Option<String>,
    changes: Value,
}

impl Act {
    /// An act; `action` is `area.verb`.
    pub(crate) fn of(action: &'static str, target_type: &'static str, target_id: Uuid) -> Self {
        Self {
            action,
            target_type,
            target_id,
            reason: None,
            changes: json!({}),
        }
    }

    /// An act on a company.
    pub(crate) fn on_tenant(action: &'static str, tenant: TenantId) -> Self {
        Self::of(action, "tenant", tenant.0)
    }

    /// With its reason.
    pub(crate) fn because(mut self, reason: Option<String>) -> Self {
        self.reason = reason;
        self
    }

    /// With what changed: never a secret.
    pub(crate) fn with(mut self, changes: Value) -> Self {
        self.changes = changes;
        self
    }
}

/// Writes down an act; nobody as who did it is the command line.
pub(crate) async fn note(unit: &UnitOfWork, by: Option<SuperadminId>, act: Act) -> Result<()> {
    let record = PlatformAuditRecord {
        id: AuditId::at(unit.now()),
        actor_id: by,
        action: act.action.to_owned(),
        target_type: act.target_type.to_owned(),
        target_id: Some(act.target_id),
        reason: act.reason,
        changes: act.changes,
        created_at: unit.now(),
    };
    Ok(platform_audit::append(unit, &record).await?)
}

/// A line of the platform's audit log.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PlatformAuditEntry {
    pub id: AuditId,
    /// Which superadmin did it; `null` is the command line.
    pub actor_id: Option<SuperadminId>,
    /// `area.verb`.
    pub action: String,
    pub target_type: String,
    #[schema(value_type = Option<String>, format = Uuid)]
    pub target_id: Option<Uuid>,
    /// In the words of who did it.
    pub reason: Option<String>,
    /// What changed.
    #[schema(value_type = Object)]
    pub changes: Value,
    pub created_at: Timestamp,
}

impl From<PlatformAuditRecord> for PlatformAuditEntry {
    fn from(record: PlatformAuditRecord) -> Self {
        Self {
            id: record.id,
            actor_id: record.actor_id,
            action: record.action,
            target_type: record.target_type,
            target_id: record.target_id,
            reason: record.reason,
            changes: record.changes,
            created_at: record.created_at,
        }
    }
}

impl Core {
    /// What was done to the installation and its companies, newest first.
    pub async fn platform_audit(
        &self,
        _who: &Superadmin,
        request: &PageRequest,
    ) -> Result<Page<PlatformAuditEntry>> {
        let place = request.place()?;
        let why = PlatformScope::for_reason("superadmins look after all companies");
        let (mut lines, total) = platform_audit::page(
            self.store().reader(),
            why,
            place.map(|cursor| (cursor.at, AuditId(cursor.id))),
            request.offset(),
            request.limit() + 1,
        )
        .await?;
        let next = request.next(&mut lines, |line| Cursor {
            at: line.created_at,
            id: line.id.0,
        });
        let items = lines.into_iter().map(Into::into).collect();
        Ok(Page::new(items, total, next))
    }
}
