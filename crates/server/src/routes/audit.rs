//! Who changed what.

use axum::Json as Answer;
use axum::extract::State;
use omni_core::access::needs;
use omni_core::audit::AuditEntry;
use omni_core::page::PageRequest;
use omni_model::Page;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{ApiError, AppState, Auth, Query};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_audit))
}

/// The audit log, newest first
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit",
    params(PageRequest), responses((status = 200, body = Page<AuditEntry>)))]
async fn list_audit(
    State(state): State<AppState>,
    Auth(principal): Auth,
    request: Result<Query<PageRequest>, ApiError>,
) -> Result<Answer<Page<AuditEntry>>, ApiError> {
    needs(&principal, "settings:read")?;
    let Query(request) = request?;
    Ok(Answer(state.core.audit_log(&principal, &request).await?))
}
