//! The people who answer.

use axum::Json as Answer;
use axum::extract::State;
use omni_core::access::needs;
use omni_core::operators::{NewOperator, OperatorStatusChange};
use omni_core::page::PageRequest;
use omni_model::{Operator, Page, UserId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{ApiError, AppState, Auth, Created, IdempotencyKey, Json, Path, Query};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_operators, create_operator))
        .routes(routes!(set_operator_status))
}

/// Everybody of the company, newest first
#[utoipa::path(get, path = "/api/v1/operators", tag = "operators",
    params(PageRequest), responses((status = 200, body = Page<Operator>)))]
async fn list_operators(
    State(state): State<AppState>,
    Auth(principal): Auth,
    Query(request): Query<PageRequest>,
) -> Result<Answer<Page<Operator>>, ApiError> {
    Ok(Answer(
        state.core.list_operators(&principal, &request).await?,
    ))
}

/// Add somebody
///
/// Only owners make owners and admins.
#[utoipa::path(post, path = "/api/v1/operators", tag = "operators",
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeats get the first answer")),
    request_body = NewOperator, responses((status = 201, body = Operator)))]
async fn create_operator(
    State(state): State<AppState>,
    Auth(principal): Auth,
    IdempotencyKey(key): IdempotencyKey,
    body: Json<NewOperator>,
) -> Result<Created<Operator>, ApiError> {
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
