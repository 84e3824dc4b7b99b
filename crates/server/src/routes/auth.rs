//! Signing in and out.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use omni_core::access::{LoginRequest, PasswordChange, RefreshRequest, TokenPair, User};
use omni_core::invitations::InvitationUse;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::ClientAddr;
use crate::{ApiError, AppState, Auth, Json, NoContent};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(login))
        .routes(routes!(refresh))
        .routes(routes!(use_invitation))
        .routes(routes!(logout))
        .routes(routes!(change_password))
        .routes(routes!(get_me))
}

/// Tokens are for whoever asked, not for a cache on the way.
fn private(pair: TokenPair) -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "no-store")], Answer(pair))
}

/// Sign in
///
/// Somebody whom several companies know names one in `tenant`; 409 `tenant_required` says so.
#[utoipa::path(post, path = "/api/v1/auth/login", tag = "auth", security(()),
    request_body = LoginRequest, responses((status = 200, body = TokenPair)))]
async fn login(
    State(state): State<AppState>,
    ClientAddr(client): ClientAddr,
    body: Json<LoginRequest>,
) -> Result<impl IntoResponse, ApiError> {
    let request = body.valid()?;
    state.limits.sign_in(client, &request.email)?;
    Ok(private(state.core.login(request).await?))
}

/// Exchange the refresh token
///
/// It works once. Using it again ends the session: 401 `token_reused`.
#[utoipa::path(post, path = "/api/v1/auth/refresh", tag = "auth", security(()),
    request_body = RefreshRequest, responses((status = 200, body = TokenPair)))]
async fn refresh(
    State(state): State<AppState>,
    ClientAddr(client): ClientAddr,
    body: Json<RefreshRequest>,
) -> Result<impl IntoResponse, ApiError> {
    state.limits.refresh(client)?;
    Ok(private(state.core.refresh(body.valid()?).await?))
}

/// Use an invitation
///
/// Sets the password and signs in. A link works once; wrong, used, replaced and old ones get one answer.
#[utoipa::path(post, path = "/api/v1/auth/invitation", tag = "auth", security(()),
    request_body = InvitationUse, responses((status = 200, body = TokenPair)))]
async fn use_invitation(
    State(state): State<AppState>,
    ClientAddr(client): ClientAddr,
    body: Json<InvitationUse>,
) -> Result<impl IntoResponse, ApiError> {
    let request = body.valid()?;
    state.limits.sign_in(client, &request.token)?;
    Ok(private(state.core.use_invitation(request).await?))
}

/// Sign out
#[utoipa::path(post, path = "/api/v1/auth/logout", tag = "auth", responses((status = 204)))]
async fn logout(
    State(state): State<AppState>,
    Auth(principal): Auth,
) -> Result<NoContent, ApiError> {
    state.core.logout(&principal).await?;
    Ok(NoContent)
}

/// Change my password
///
/// Takes the current one, and ends all other sessions.
#[utoipa::path(post, path = "/api/v1/auth/password", tag = "auth",
    request_body = PasswordChange, responses((status = 204)))]
async fn change_password(
    State(state): State<AppState>,
    Auth(principal): Auth,
    ClientAddr(client): ClientAddr,
    body: Json<PasswordChange>,
) -> Result<NoContent, ApiError> {
    let change = body.valid()?;
    // Guessing the current password here must be no easier than at the door.
    state
        .limits
        .sign_in(client, &principal.actor().id().to_string())?;
    state.core.change_password(&principal, change).await?;
    Ok(NoContent)
}

/// Who I am
#[utoipa::path(get, path = "/api/v1/auth/me", tag = "auth", responses((status = 200, body = User)))]
async fn get_me(
    State(state): State<AppState>,
    Auth(principal): Auth,
) -> Result<Answer<User>, ApiError> {
    Ok(Answer(state.core.me(&principal).await?))
}
