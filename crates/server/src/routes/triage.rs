//! Tags of conversations, and acts on many conversations.

use axum::Json as Answer;
use axum::extract::State;
use omni_core::conversations::{BulkAction, BulkDone, TagCount, TagQuery};
use omni_model::Page;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{ApiError, AppState, Auth, Json, Query};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_tags))
        .routes(routes!(act_on_conversations))
}

/// The tags of the conversations one sees
///
/// With the number of conversations that have each, the most used first.
#[utoipa::path(get, path = "/api/v1/tags", tag = "conversations",
    params(TagQuery), responses((status = 200, body = Page<TagCount>)))]
async fn list_tags(
    State(state): State<AppState>,
    Auth(who): Auth,
    Query(query): Query<TagQuery>,
) -> Result<Answer<Page<TagCount>>, ApiError> {
    Ok(Answer(state.core.tags(&who, &query).await?))
}

/// Do one thing with up to 100 conversations
///
/// Each is done by itself, with the rights of the single act; the answer tells of each what became of it.
#[utoipa::path(post, path = "/api/v1/conversations/bulk", tag = "conversations",
    request_body = BulkAction, responses((status = 200, body = BulkDone)))]
async fn act_on_conversations(
    State(state): State<AppState>,
    Auth(who): Auth,
    body: Json<BulkAction>,
) -> Result<Answer<BulkDone>, ApiError> {
    let allowed = std::future::ready(state.core.check_bulk(&who));
    let action = body.valid_after(allowed).await?;
    Ok(Answer(state.core.act_on_many(&who, action).await?))
}
