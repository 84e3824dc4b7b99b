//! Teams: who answers together.

use axum::Json as Answer;
use axum::extract::State;
use omni_core::access::needs;
use omni_core::teams::{NewTeam, TeamPatch};
use omni_model::{Page, Team, TeamHours, TeamId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{ApiError, AppState, Auth, Created, IdempotencyKey, Json, NoContent, Path};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_teams, create_team))
        .routes(routes!(get_team, patch_team, delete_team))
        .routes(routes!(get_team_hours, set_team_hours))
}

/// The teams, by name
#[utoipa::path(get, path = "/api/v1/teams", tag = "teams",
    responses((status = 200, body = Page<Team>)))]
async fn list_teams(
    State(state): State<AppState>,
    Auth(principal): Auth,
) -> Result<Answer<Page<Team>>, ApiError> {
    Ok(Answer(state.core.list_teams(&principal).await?))
}

/// Make a team
///
/// Its members are people who take conversations.
#[utoipa::path(post, path = "/api/v1/teams", tag = "teams",
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeats get the first answer")),
    request_body = NewTeam, responses((status = 201, body = Team)))]
async fn create_team(
    State(state): State<AppState>,
    Auth(principal): Auth,
    IdempotencyKey(key): IdempotencyKey,
    body: Json<NewTeam>,
) -> Result<Created<Team>, ApiError> {
    let new = body
        .valid_after(async { needs(&principal, "operators:manage") })
        .await?;
    let made = state.core.create_team(&principal, new, key).await?;
    Ok(Created {
        body: made.value,
        replayed: made.replayed,
    })
}

/// A team
#[utoipa::path(get, path = "/api/v1/teams/{id}", tag = "teams",
    params(("id" = TeamId, Path)), responses((status = 200, body = Team)))]
async fn get_team(
    State(state): State<AppState>,
    Auth(principal): Auth,
    Path(id): Path<TeamId>,
) -> Result<Answer<Team>, ApiError> {
    Ok(Answer(state.core.team(&principal, id).await?))
}

/// Change a team's name and members
#[utoipa::path(patch, path = "/api/v1/teams/{id}", tag = "teams",
    params(("id" = TeamId, Path)), request_body = TeamPatch,
    responses((status = 200, body = Team)))]
async fn patch_team(
    State(state): State<AppState>,
    Auth(principal): Auth,
    Path(id): Path<TeamId>,
    body: Json<TeamPatch>,
) -> Result<Answer<Team>, ApiError> {
    let core = &state.core;
    let patch = body
        .valid_after(core.check_manage_team(&principal, id))
        .await?;
    Ok(Answer(core.patch_team(&principal, id, patch).await?))
}

/// Delete a team
///
/// What waits for it waits for anybody.
#[utoipa::path(delete, path = "/api/v1/teams/{id}", tag = "teams",
    params(("id" = TeamId, Path)), responses((status = 204)))]
async fn delete_team(
    State(state): State<AppState>,
    Auth(principal): Auth,
    Path(id): Path<TeamId>,
) -> Result<NoContent, ApiError> {
    state.core.delete_team(&principal, id).await?;
    Ok(NoContent)
}

/// The hours of a team
///
/// A team without a schedule of its own follows the company.
#[utoipa::path(get, path = "/api/v1/teams/{id}/hours", tag = "teams",
    params(("id" = TeamId, Path)), responses((status = 200, body = TeamHours)))]
async fn get_team_hours(
    State(state): State<AppState>,
    Auth(principal): Auth,
    Path(id): Path<TeamId>,
) -> Result<Answer<TeamHours>, ApiError> {
    Ok(Answer(state.core.team_hours(&principal, id).await?))
}

/// Set the hours of a team
#[utoipa::path(put, path = "/api/v1/teams/{id}/hours", tag = "teams",
    params(("id" = TeamId, Path)), request_body = TeamHours,
    responses((status = 200, body = TeamHours)))]
async fn set_team_hours(
    State(state): State<AppState>,
    Auth(principal): Auth,
    Path(id): Path<TeamId>,
    body: Json<TeamHours>,
) -> Result<Answer<TeamHours>, ApiError> {
    let core = &state.core;
    let hours = body
        .valid_after(core.check_manage_team(&principal, id))
        .await?;
    Ok(Answer(core.set_team_hours(&principal, id, hours).await?))
}
