//! Keys that programs call the API with.

use axum::Json as Answer;
use axum::extract::State;
use omni_core::api_keys::{ApiKey, ApiKeyPatch, NewApiKey};
use omni_core::page::PageRequest;
use omni_model::{ApiKeyId, Page};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{ApiError, AppState, Auth, Created, IdempotencyKey, Json, NoContent, Path, Query};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_api_keys, create_api_key))
        .routes(routes!(patch_api_key, revoke_api_key))
}

/// The API keys, newest first
///
/// Those that are not revoked. Of a key only its last characters are told.
#[utoipa::path(get, path = "/api/v1/api-keys", tag = "api keys",
    params(PageRequest), responses((status = 200, body = Page<ApiKey>)))]
async fn list_api_keys(
    State(state): State<AppState>,
    Auth(who): Auth,
    request: Result<Query<PageRequest>, ApiError>,
) -> Result<Answer<Page<ApiKey>>, ApiError> {
    state.core.check_list_api_keys(&who)?;
    let Query(request) = request?;
    Ok(Answer(state.core.list_api_keys(&who, &request).await?))
}

/// Make an API key
///
/// The answer carries the key, this once: a repeat under the same `Idempotency-Key` answers without it.
#[utoipa::path(post, path = "/api/v1/api-keys", tag = "api keys",
    params(("Idempotency-Key" = Option<String>, Header)), request_body = NewApiKey,
    responses((status = 201, body = ApiKey)))]
async fn create_api_key(
    State(state): State<AppState>,
    Auth(who): Auth,
    IdempotencyKey(once): IdempotencyKey,
    body: Json<NewApiKey>,
) -> Result<Created<ApiKey>, ApiError> {
    let allowed = std::future::ready(state.core.check_create_api_key(&who));
    let new = body.valid_after(allowed).await?;
    let made = state.core.create_api_key(&who, new, once).await?;
    Ok(Created {
        body: made.value,
        replayed: made.replayed,
    })
}

/// Change an API key's name or limit
#[utoipa::path(patch, path = "/api/v1/api-keys/{id}", tag = "api keys",
    params(("id" = ApiKeyId, Path)), request_body = ApiKeyPatch,
    responses((status = 200, body = ApiKey)))]
async fn patch_api_key(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<ApiKeyId>,
    body: Json<ApiKeyPatch>,
) -> Result<Answer<ApiKey>, ApiError> {
    let patch = body
        .valid_after(state.core.check_manage_api_key(&who, id))
        .await?;
    Ok(Answer(state.core.patch_api_key(&who, id, patch).await?))
}

/// Revoke an API key
///
/// It stops working within seconds, for good.
#[utoipa::path(delete, path = "/api/v1/api-keys/{id}", tag = "api keys",
    params(("id" = ApiKeyId, Path)), responses((status = 204)))]
async fn revoke_api_key(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<ApiKeyId>,
) -> Result<NoContent, ApiError> {
    state.core.revoke_api_key(&who, id).await?;
    Ok(NoContent)
}
