//! For those who look after the whole installation. No token of a company opens anything here.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use omni_core::access::RefreshRequest;
use omni_core::page::PageRequest;
use omni_core::superadmin::{
    PlatformAuditEntry, Reason, SuperadminLogin, SuperadminTokenPair, Tenant, TenantQuery,
};
use omni_core::tenants::{CreatedTenant, NewTenant};
use omni_model::{Page, TenantId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::ClientAddr;
use crate::{
    ApiError, AppState, Created, Json, NoContent, OptionalJson, Path, Query, SuperadminAuth,
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(superadmin_login))
        .routes(routes!(superadmin_refresh))
        .routes(routes!(superadmin_logout))
        .routes(routes!(list_tenants, create_tenant))
        .routes(routes!(get_tenant))
        .routes(routes!(suspend_tenant))
        .routes(routes!(restore_tenant))
        .routes(routes!(list_platform_audit))
}

/// Tokens are for whoever asked, not for a cache on the way.
fn private(pair: SuperadminTokenPair) -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "no-store")], Answer(pair))
}

/// Sign in as a superadmin
#[utoipa::path(post, path = "/api/v1/superadmin/login", tag = "superadmin", security(()),
    request_body = SuperadminLogin, responses((status = 200, body = SuperadminTokenPair)))]
async fn superadmin_login(
    State(state): State<AppState>,
    ClientAddr(client): ClientAddr,
    body: Json<SuperadminLogin>,
) -> Result<impl IntoResponse, ApiError> {
    let request = body.valid()?;
    // Counted apart from people of companies with the same address.
    let account = format!("superadmin:{}", request.email.trim());
    state.limits.sign_in(client, &account)?;
    Ok(private(state.core.superadmin_login(request).await?))
}

/// Exchange a superadmin's refresh token
///
/// It works once. Using it again ends the session: 401 `token_reused`.
#[utoipa::path(post, path = "/api/v1/superadmin/refresh", tag = "superadmin", security(()),
    request_body = RefreshRequest, responses((status = 200, body = SuperadminTokenPair)))]
async fn superadmin_refresh(
    State(state): State<AppState>,
    ClientAddr(client): ClientAddr,
    body: Json<RefreshRequest>,
) -> Result<impl IntoResponse, ApiError> {
    state.limits.refresh(client)?;
    let pair = state.core.superadmin_refresh(body.valid()?).await?;
    Ok(private(pair))
}

/// Sign out as a superadmin
#[utoipa::path(post, path = "/api/v1/superadmin/logout", tag = "superadmin",
    security(("superadmin" = [])), responses((status = 204)))]
async fn superadmin_logout(
    State(state): State<AppState>,
    SuperadminAuth(who): SuperadminAuth,
) -> Result<NoContent, ApiError> {
    state.core.superadmin_logout(&who).await?;
    Ok(NoContent)
}

/// The companies, newest first
#[utoipa::path(get, path = "/api/v1/superadmin/tenants", tag = "superadmin",
    security(("superadmin" = [])), params(TenantQuery),
    responses((status = 200, body = Page<Tenant>)))]
async fn list_tenants(
    State(state): State<AppState>,
    SuperadminAuth(who): SuperadminAuth,
    Query(query): Query<TenantQuery>,
) -> Result<Answer<Page<Tenant>>, ApiError> {
    Ok(Answer(state.core.superadmin_tenants(&who, query).await?))
}

/// Make a company with its owner
///
/// Without `owner_password` one is made; the answer carries it, this once.
#[utoipa::path(post, path = "/api/v1/superadmin/tenants", tag = "superadmin",
    security(("superadmin" = [])), request_body = NewTenant,
    responses((status = 201, body = CreatedTenant)))]
async fn create_tenant(
    State(state): State<AppState>,
    SuperadminAuth(who): SuperadminAuth,
    body: Json<NewTenant>,
) -> Result<Created<CreatedTenant>, ApiError> {
    let new = body.valid()?;
    Ok(Created {
        body: state.core.superadmin_create_tenant(&who, new).await?,
        replayed: false,
    })
}

/// A company
#[utoipa::path(get, path = "/api/v1/superadmin/tenants/{id}", tag = "superadmin",
    security(("superadmin" = [])), params(("id" = TenantId, Path)),
    responses((status = 200, body = Tenant)))]
async fn get_tenant(
    State(state): State<AppState>,
    SuperadminAuth(who): SuperadminAuth,
    Path(id): Path<TenantId>,
) -> Result<Answer<Tenant>, ApiError> {
    Ok(Answer(state.core.superadmin_tenant(&who, id).await?))
}

/// Suspend a company
///
/// Within seconds nobody comes in: 403 `tenant_suspended`. What its channels bring is stored and waits.
#[utoipa::path(post, path = "/api/v1/superadmin/tenants/{id}/suspend", tag = "superadmin",
    security(("superadmin" = [])), params(("id" = TenantId, Path)), request_body = Reason,
    responses((status = 200, body = Tenant)))]
async fn suspend_tenant(
    State(state): State<AppState>,
    SuperadminAuth(who): SuperadminAuth,
    Path(id): Path<TenantId>,
    body: Json<Reason>,
) -> Result<Answer<Tenant>, ApiError> {
    let core = &state.core;
    let reason = body.valid_after(core.superadmin_tenant(&who, id)).await?;
    Ok(Answer(core.suspend_tenant(&who, id, reason).await?))
}

/// Let a company work again
///
/// What waited is worked off. A reason may be left out.
#[utoipa::path(post, path = "/api/v1/superadmin/tenants/{id}/restore", tag = "superadmin",
    security(("superadmin" = [])), params(("id" = TenantId, Path)),
    request_body = Option<Reason>, responses((status = 200, body = Tenant)))]
async fn restore_tenant(
    State(state): State<AppState>,
    SuperadminAuth(who): SuperadminAuth,
    Path(id): Path<TenantId>,
    body: OptionalJson<Reason>,
) -> Result<Answer<Tenant>, ApiError> {
    let core = &state.core;
    let reason = body.valid_after(core.superadmin_tenant(&who, id)).await?;
    Ok(Answer(core.restore_tenant(&who, id, reason).await?))
}

/// What was done to the installation and its companies, newest first
#[utoipa::path(get, path = "/api/v1/superadmin/audit", tag = "superadmin",
    security(("superadmin" = [])), params(PageRequest),
    responses((status = 200, body = Page<PlatformAuditEntry>)))]
async fn list_platform_audit(
    State(state): State<AppState>,
    SuperadminAuth(who): SuperadminAuth,
    Query(request): Query<PageRequest>,
) -> Result<Answer<Page<PlatformAuditEntry>>, ApiError> {
    Ok(Answer(state.core.platform_audit(&who, &request).await?))
}
