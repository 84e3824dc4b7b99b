//! Canned responses.

use axum::Json as Answer;
use axum::extract::State;
use omni_core::canned::{
    CannedPatch, CannedQuery, CannedResponse, CannedUse, NewCanned, RenderedCanned,
};
use omni_model::{CannedResponseId, Page};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{ApiError, AppState, Auth, Created, IdempotencyKey, Json, NoContent, Path, Query};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_canned_responses, create_canned_response))
        .routes(routes!(
            get_canned_response,
            patch_canned_response,
            delete_canned_response
        ))
        .routes(routes!(render_canned_response))
}

/// The canned responses one may use
///
/// Everybody's and one's own, by their short codes.
#[utoipa::path(get, path = "/api/v1/canned-responses", tag = "canned responses",
    params(CannedQuery), responses((status = 200, body = Page<CannedResponse>)))]
async fn list_canned_responses(
    State(state): State<AppState>,
    Auth(who): Auth,
    Query(query): Query<CannedQuery>,
) -> Result<Answer<Page<CannedResponse>>, ApiError> {
    Ok(Answer(state.core.canned_responses(&who, &query).await?))
}

/// Write a canned response
///
/// `scope: own` needs `conversations:reply`, `scope: all` needs `settings:canned_responses`. Unknown variables are
/// refused.
#[utoipa::path(post, path = "/api/v1/canned-responses", tag = "canned responses",
    params(("Idempotency-Key" = Option<String>, Header)), request_body = NewCanned,
    responses((status = 201, body = CannedResponse)))]
async fn create_canned_response(
    State(state): State<AppState>,
    Auth(who): Auth,
    IdempotencyKey(key): IdempotencyKey,
    body: Json<NewCanned>,
) -> Result<Created<CannedResponse>, ApiError> {
    let allowed = std::future::ready(state.core.check_create_canned(&who));
    let new = body.valid_after(allowed).await?;
    let made = state.core.create_canned(&who, new, key).await?;
    Ok(Created {
        body: made.value,
        replayed: made.replayed,
    })
}

/// A canned response
#[utoipa::path(get, path = "/api/v1/canned-responses/{id}", tag = "canned responses",
    params(("id" = CannedResponseId, Path)), responses((status = 200, body = CannedResponse)))]
async fn get_canned_response(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<CannedResponseId>,
) -> Result<Answer<CannedResponse>, ApiError> {
    Ok(Answer(state.core.canned_response(&who, id).await?))
}

/// Change a canned response
#[utoipa::path(patch, path = "/api/v1/canned-responses/{id}", tag = "canned responses",
    params(("id" = CannedResponseId, Path)), request_body = CannedPatch,
    responses((status = 200, body = CannedResponse)))]
async fn patch_canned_response(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<CannedResponseId>,
    body: Json<CannedPatch>,
) -> Result<Answer<CannedResponse>, ApiError> {
    let allowed = state.core.check_change_canned(&who, id);
    let patch = body.valid_after(allowed).await?;
    Ok(Answer(state.core.patch_canned(&who, id, patch).await?))
}

/// Delete a canned response
#[utoipa::path(delete, path = "/api/v1/canned-responses/{id}", tag = "canned responses",
    params(("id" = CannedResponseId, Path)), responses((status = 204)))]
async fn delete_canned_response(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<CannedResponseId>,
) -> Result<NoContent, ApiError> {
    state.core.delete_canned(&who, id).await?;
    Ok(NoContent)
}

/// A canned response filled in for a conversation
///
/// What a client puts into the reply. Values are data: braces in a customer's name stay as they are.
#[utoipa::path(post, path = "/api/v1/canned-responses/{id}/render", tag = "canned responses",
    params(("id" = CannedResponseId, Path)), request_body = CannedUse,
    responses((status = 200, body = RenderedCanned)))]
async fn render_canned_response(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<CannedResponseId>,
    body: Json<CannedUse>,
) -> Result<Answer<RenderedCanned>, ApiError> {
    let wanted = body
        .valid_after(state.core.canned_response(&who, id))
        .await?;
    Ok(Answer(state.core.render_canned(&who, id, wanted).await?))
}
