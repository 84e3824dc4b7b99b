//! Saved views of the inbox.

use axum::Json as Answer;
use axum::extract::State;
use omni_core::views::{NewView, SavedView, ViewPatch};
use omni_model::{Page, SavedViewId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{ApiError, AppState, Auth, Created, IdempotencyKey, Json, NoContent, Path};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_views, create_view))
        .routes(routes!(patch_view, delete_view))
}

/// The views in one's inbox
///
/// Everybody's and one's own, in the order of making.
#[utoipa::path(get, path = "/api/v1/views", tag = "views",
    responses((status = 200, body = Page<SavedView>)))]
async fn list_views(
    State(state): State<AppState>,
    Auth(who): Auth,
) -> Result<Answer<Page<SavedView>>, ApiError> {
    Ok(Answer(state.core.saved_views(&who).await?))
}

/// Save a view
///
/// `scope: all` needs `settings:views`.
#[utoipa::path(post, path = "/api/v1/views", tag = "views",
    params(("Idempotency-Key" = Option<String>, Header)), request_body = NewView,
    responses((status = 201, body = SavedView)))]
async fn create_view(
    State(state): State<AppState>,
    Auth(who): Auth,
    IdempotencyKey(key): IdempotencyKey,
    body: Json<NewView>,
) -> Result<Created<SavedView>, ApiError> {
    let allowed = std::future::ready(state.core.check_create_view(&who));
    let new = body.valid_after(allowed).await?;
    let made = state.core.create_view(&who, new, key).await?;
    Ok(Created {
        body: made.value,
        replayed: made.replayed,
    })
}

/// Change a view
#[utoipa::path(patch, path = "/api/v1/views/{id}", tag = "views",
    params(("id" = SavedViewId, Path)), request_body = ViewPatch,
    responses((status = 200, body = SavedView)))]
async fn patch_view(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<SavedViewId>,
    body: Json<ViewPatch>,
) -> Result<Answer<SavedView>, ApiError> {
    let patch = body
        .valid_after(state.core.check_change_view(&who, id))
        .await?;
    Ok(Answer(state.core.patch_view(&who, id, patch).await?))
}

/// Delete a view
#[utoipa::path(delete, path = "/api/v1/views/{id}", tag = "views",
    params(("id" = SavedViewId, Path)), responses((status = 204)))]
async fn delete_view(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<SavedViewId>,
) -> Result<NoContent, ApiError> {
    state.core.delete_view(&who, id).await?;
    Ok(NoContent)
}
