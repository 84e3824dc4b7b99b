//! Drafts: one's own, one a conversation.

use axum::Json as Answer;
use axum::extract::State;
use omni_core::conversations::{Draft, DraftBrief, DraftChange};
use omni_model::{ConversationId, Page};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{ApiError, AppState, Auth, Json, NoContent, Path};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_drafts))
        .routes(routes!(get_draft, put_draft, delete_draft))
}

/// One's own drafts, the newest first
#[utoipa::path(get, path = "/api/v1/drafts", tag = "drafts",
    responses((status = 200, body = Page<DraftBrief>)))]
async fn list_drafts(
    State(state): State<AppState>,
    Auth(who): Auth,
) -> Result<Answer<Page<DraftBrief>>, ApiError> {
    Ok(Answer(state.core.drafts(&who).await?))
}

/// One's own draft in a conversation
///
/// Empty, with version 0, where nothing was kept.
#[utoipa::path(get, path = "/api/v1/conversations/{id}/draft", tag = "drafts",
    params(("id" = ConversationId, Path)), responses((status = 200, body = Draft)))]
async fn get_draft(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<ConversationId>,
) -> Result<Answer<Draft>, ApiError> {
    Ok(Answer(state.core.draft(&who, id).await?))
}

/// Keep one's own draft
///
/// The higher version wins; the answer is the draft that is kept now. Sending its words empties it.
#[utoipa::path(put, path = "/api/v1/conversations/{id}/draft", tag = "drafts",
    params(("id" = ConversationId, Path)), request_body = DraftChange,
    responses((status = 200, body = Draft)))]
async fn put_draft(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<ConversationId>,
    body: Json<DraftChange>,
) -> Result<Answer<Draft>, ApiError> {
    let change = body.valid_after(state.core.check_reply(&who, id)).await?;
    Ok(Answer(state.core.keep_draft(&who, id, change).await?))
}

/// Throw one's own draft away
#[utoipa::path(delete, path = "/api/v1/conversations/{id}/draft", tag = "drafts",
    params(("id" = ConversationId, Path)), responses((status = 204)))]
async fn delete_draft(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<ConversationId>,
) -> Result<NoContent, ApiError> {
    state.core.drop_draft(&who, id).await?;
    Ok(NoContent)
}
