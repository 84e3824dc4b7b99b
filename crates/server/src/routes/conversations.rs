//! Conversations: the inbox, one conversation, what people do with it.

use axum::Json as Answer;
use axum::extract::State;
use omni_core::conversations::{
    Assignment, ConversationPatch, ConversationQuery, StatusChange, Typing,
};
use omni_model::{Conversation, ConversationId, Page};
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{ApiError, AppState, Auth, Json, NoContent, Path, Query};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_conversations))
        .routes(routes!(get_conversation, patch_conversation))
        .routes(routes!(assign_conversation))
        .routes(routes!(set_conversation_status))
        .routes(routes!(read_conversation))
        .routes(routes!(type_in_conversation))
}

/// A conversation as it is after what was done.
#[derive(Serialize, utoipa::ToSchema)]
struct Changed {
    conversation: Conversation,
}

fn changed(conversation: Conversation) -> Answer<Changed> {
    Answer(Changed { conversation })
}

/// The conversations one sees
///
/// The latest activity first. No filter = all.
#[utoipa::path(get, path = "/api/v1/conversations", tag = "conversations",
    params(ConversationQuery), responses((status = 200, body = Page<Conversation>)))]
async fn list_conversations(
    State(state): State<AppState>,
    Auth(who): Auth,
    Query(query): Query<ConversationQuery>,
) -> Result<Answer<Page<Conversation>>, ApiError> {
    Ok(Answer(state.core.list_conversations(&who, &query).await?))
}

/// A conversation
#[utoipa::path(get, path = "/api/v1/conversations/{id}", tag = "conversations",
    params(("id" = ConversationId, Path)), responses((status = 200, body = Conversation)))]
async fn get_conversation(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<ConversationId>,
) -> Result<Answer<Conversation>, ApiError> {
    Ok(Answer(state.core.conversation(&who, id).await?))
}

/// Change priority, tags or metadata
#[utoipa::path(patch, path = "/api/v1/conversations/{id}", tag = "conversations",
    params(("id" = ConversationId, Path)), request_body = ConversationPatch,
    responses((status = 200, body = Conversation)))]
async fn patch_conversation(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<ConversationId>,
    body: Json<ConversationPatch>,
) -> Result<Answer<Conversation>, ApiError> {
    let patch = body.valid_after(state.core.check_reply(&who, id)).await?;
    Ok(Answer(
        state.core.patch_conversation(&who, id, patch).await?,
    ))
}

/// Give a conversation to somebody, to a team, or to nobody
///
/// Taking needs `conversations:assign_self` and works from the queue; all else needs `conversations:*`. A team alone
/// means that it waits for a member.
#[utoipa::path(post, path = "/api/v1/conversations/{id}/assign", tag = "conversations",
    params(("id" = ConversationId, Path)), request_body = Assignment,
    responses((status = 200, body = Changed)))]
async fn assign_conversation(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<ConversationId>,
    body: Json<Assignment>,
) -> Result<Answer<Changed>, ApiError> {
    let assignment = body.valid_after(state.core.check_assign(&who, id)).await?;
    Ok(changed(state.core.assign(&who, id, assignment).await?))
}

/// Open, put to sleep, resolve or close a conversation
#[utoipa::path(post, path = "/api/v1/conversations/{id}/status", tag = "conversations",
    params(("id" = ConversationId, Path)), request_body = StatusChange,
    responses((status = 200, body = Changed)))]
async fn set_conversation_status(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<ConversationId>,
    body: Json<StatusChange>,
) -> Result<Answer<Changed>, ApiError> {
    let wanted = body.valid_after(state.core.check_reply(&who, id)).await?;
    Ok(changed(state.core.set_status(&who, id, wanted).await?))
}

/// Everything in it was read
#[utoipa::path(post, path = "/api/v1/conversations/{id}/read", tag = "conversations",
    params(("id" = ConversationId, Path)), responses((status = 200, body = Changed)))]
async fn read_conversation(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<ConversationId>,
) -> Result<Answer<Changed>, ApiError> {
    Ok(changed(state.core.mark_read(&who, id).await?))
}

/// Somebody is writing, or has stopped
#[utoipa::path(post, path = "/api/v1/conversations/{id}/typing", tag = "conversations",
    params(("id" = ConversationId, Path)), request_body = Typing, responses((status = 204)))]
async fn type_in_conversation(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<ConversationId>,
    body: Json<Typing>,
) -> Result<NoContent, ApiError> {
    let typing = body.valid_after(state.core.check_reply(&who, id)).await?;
    state.core.operator_typing(&who, id, typing).await?;
    Ok(NoContent)
}
