//! The people who answer.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use omni_core::access::needs;
use omni_core::invitations::Invitation;
use omni_core::operators::{NewOperator, NewcomerAdded, OperatorQuery, OperatorStatusChange};
use omni_core::staff::OperatorPatch;
use omni_model::{Operator, Page, UserId};
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{ApiError, AppState, Auth, Created, IdempotencyKey, Json, Path, Query};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_operators, create_operator))
        .routes(routes!(get_operator, patch_operator))
        .routes(routes!(invite_operator))
        .routes(routes!(set_operator_status))
        .routes(routes!(list_skills))
}

/// Everybody of the company, newest first
#[utoipa::path(get, path = "/api/v1/operators", tag = "operators",
    params(OperatorQuery), responses((status = 200, body = Page<Operator>)))]
async fn list_operators(
    State(state): State<AppState>,
    Auth(principal): Auth,
    Query(query): Query<OperatorQuery>,
) -> Result<Answer<Page<Operator>>, ApiError> {
    Ok(Answer(state.core.list_operators(&principal, query).await?))
}

/// Somebody of the company
#[utoipa::path(get, path = "/api/v1/operators/{id}", tag = "operators",
    params(("id" = UserId, Path)), responses((status = 200, body = Operator)))]
async fn get_operator(
    State(state): State<AppState>,
    Auth(principal): Auth,
    Path(id): Path<UserId>,
) -> Result<Answer<Operator>, ApiError> {
    Ok(Answer(state.core.operator(&principal, id).await?))
}

/// Change somebody
///
/// A changed role or disabling ends what he may do within seconds. Only owners change owners and admins; one owner
/// stays.
#[utoipa::path(patch, path = "/api/v1/operators/{id}", tag = "operators",
    params(("id" = UserId, Path)), request_body = OperatorPatch,
    responses((status = 200, body = Operator)))]
async fn patch_operator(
    State(state): State<AppState>,
    Auth(principal): Auth,
    Path(id): Path<UserId>,
    body: Json<OperatorPatch>,
) -> Result<Answer<Operator>, ApiError> {
    let core = &state.core;
    let patch = body
        .valid_after(core.check_manage_operator(&principal, id))
        .await?;
    Ok(Answer(core.patch_operator(&principal, id, patch).await?))
}

/// Invite somebody, or invite him anew
///
/// The link is told here and nowhere else. It sets a password once within seven days; the one of before is void.
#[utoipa::path(post, path = "/api/v1/operators/{id}/invitation", tag = "operators",
    params(("id" = UserId, Path)), responses((status = 201, body = Invitation)))]
async fn invite_operator(
    State(state): State<AppState>,
    Auth(principal): Auth,
    Path(id): Path<UserId>,
) -> Result<impl IntoResponse, ApiError> {
    let invitation = state.core.invite_operator(&principal, id).await?;
    // The link is for whoever asked, not for a cache on the way.
    let private = [(header::CACHE_CONTROL, "no-store")];
    Ok((StatusCode::CREATED, private, Answer(invitation)))
}

/// Skills in use
#[derive(Serialize, utoipa::ToSchema)]
struct Skills {
    items: Vec<String>,
}

/// The skills of everybody, each once
///
/// A tag that is one of them asks for it, where routing goes by skills.
#[utoipa::path(get, path = "/api/v1/skills", tag = "operators",
    responses((status = 200, body = Skills)))]
async fn list_skills(
    State(state): State<AppState>,
    Auth(principal): Auth,
) -> Result<Answer<Skills>, ApiError> {
    let items = state.core.list_skills(&principal).await?;
    Ok(Answer(Skills { items }))
}

/// Add somebody
///
/// Only owners make owners and admins. Without a password the answer holds an invitation, told once.
#[utoipa::path(post, path = "/api/v1/operators", tag = "operators",
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeats get the first answer")),
    request_body = NewOperator, responses((status = 201, body = NewcomerAdded)))]
async fn create_operator(
    State(state): State<AppState>,
    Auth(principal): Auth,
    IdempotencyKey(key): IdempotencyKey,
    body: Json<NewOperator>,
) -> Result<Created<NewcomerAdded>, ApiError> {
    let new = body
        .valid_after(async { needs(&principal, "operators:manage") })
        .await?;
    let made = state.core.create_operator(&principal, new, key).await?;
    Ok(Created {
        body: made.value,
        replayed: made.replayed,
    })
}

/// Set whether somebody takes conversations
///
/// One's own status is always one's own.
#[utoipa::path(put, path = "/api/v1/operators/{id}/status", tag = "operators",
    params(("id" = UserId, Path)),
    request_body = OperatorStatusChange, responses((status = 200, body = Operator)))]
async fn set_operator_status(
    State(state): State<AppState>,
    Auth(principal): Auth,
    Path(id): Path<UserId>,
    body: Json<OperatorStatusChange>,
) -> Result<Answer<Operator>, ApiError> {
    let core = &state.core;
    let change = body
        .valid_after(core.may_set_operator_status(&principal, id))
        .await?;
    Ok(Answer(
        core.set_operator_status(&principal, id, change.status)
            .await?,
    ))
}
