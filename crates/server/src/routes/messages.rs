//! Messages of conversations.

use axum::Json as Answer;
use axum::extract::State;
use omni_core::conversations::{
    MessageEdit, MessagePage, MessageQuery, NewAlbum, NewMessage, Reaction,
};
use omni_model::{ConversationId, Message, MessageId};
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{ApiError, AppState, Auth, Created, IdempotencyKey, Json, Path, Query};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_messages, create_message))
        .routes(routes!(create_album))
        .routes(routes!(get_message, edit_message, delete_message))
        .routes(routes!(retry_message))
        .routes(routes!(set_reaction))
}

/// One message.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct OneMessage {
    pub(super) message: Message,
}

/// The messages of an album, in the order of its files.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct AlbumMessages {
    messages: Vec<Message>,
}

/// Messages of a conversation
///
/// The newest unless a bound is given, always in the order of display.
#[utoipa::path(get, path = "/api/v1/conversations/{id}/messages", tag = "messages",
    params(("id" = ConversationId, Path), MessageQuery),
    responses((status = 200, body = MessagePage)))]
async fn list_messages(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<ConversationId>,
    Query(query): Query<MessageQuery>,
) -> Result<Answer<MessagePage>, ApiError> {
    Ok(Answer(state.core.messages(&who, id, &query).await?))
}

/// Write to the customer, or a note
///
/// Replying takes an unassigned conversation and reopens a resolved one. A repeat under the same
/// `Idempotency-Key` answers the message that is there.
#[utoipa::path(post, path = "/api/v1/conversations/{id}/messages", tag = "messages",
    params(("id" = ConversationId, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = NewMessage, responses((status = 201, body = OneMessage)))]
async fn create_message(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<ConversationId>,
    IdempotencyKey(key): IdempotencyKey,
    body: Json<NewMessage>,
) -> Result<Created<OneMessage>, ApiError> {
    let new = body.valid_after(state.core.check_reply(&who, id)).await?;
    let written = state.core.reply(&who, id, new, key).await?;
    Ok(Created {
        body: OneMessage {
            message: written.message,
        },
        replayed: written.replayed,
    })
}

/// Send several files as one album
///
/// 2 to 10: pictures and films, or sound, or files of other kinds. Each is a message of its own, tied to the
/// others by `metadata.album_id`.
#[utoipa::path(post, path = "/api/v1/conversations/{id}/albums", tag = "messages",
    params(("id" = ConversationId, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = NewAlbum, responses((status = 201, body = AlbumMessages)))]
async fn create_album(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<ConversationId>,
    IdempotencyKey(key): IdempotencyKey,
    body: Json<NewAlbum>,
) -> Result<Created<AlbumMessages>, ApiError> {
    let new = body.valid_after(state.core.check_reply(&who, id)).await?;
    let sent = state.core.send_album(&who, id, new, key).await?;
    Ok(Created {
        body: AlbumMessages {
            messages: sent.messages,
        },
        replayed: sent.replayed,
    })
}

/// A message
#[utoipa::path(get, path = "/api/v1/messages/{id}", tag = "messages",
    params(("id" = MessageId, Path)), responses((status = 200, body = OneMessage)))]
async fn get_message(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<MessageId>,
) -> Result<Answer<OneMessage>, ApiError> {
    let message = state.core.message(&who, id).await?;
    Ok(Answer(OneMessage { message }))
}

/// Change what one's own message says
///
/// At once here, and in the messenger where it can change what was sent; if it then refuses, `metadata.edit_error`
/// says why. 409 `not_editable` where that is known before.
#[utoipa::path(patch, path = "/api/v1/messages/{id}", tag = "messages",
    params(("id" = MessageId, Path)), request_body = MessageEdit,
    responses((status = 200, body = OneMessage)))]
async fn edit_message(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<MessageId>,
    body: Json<MessageEdit>,
) -> Result<Answer<OneMessage>, ApiError> {
    let edit = body.valid_after(state.core.check_edit(&who, id)).await?;
    let message = state.core.edit_message(&who, id, edit).await?;
    Ok(Answer(OneMessage { message }))
}

/// Take a message back
///
/// One's own, or anybody's of the team with `conversations:*`. Where a messenger must take it back first, it is
/// `metadata.deleting` until then. Of a deleted message only its place is left, with `metadata.deleted`.
#[utoipa::path(delete, path = "/api/v1/messages/{id}", tag = "messages",
    params(("id" = MessageId, Path)), responses((status = 200, body = OneMessage)))]
async fn delete_message(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<MessageId>,
) -> Result<Answer<OneMessage>, ApiError> {
    let message = state.core.delete_message(&who, id).await?;
    Ok(Answer(OneMessage { message }))
}

/// Send a failed or unknown message again
///
/// With what failed together with it, if it is of an album.
#[utoipa::path(post, path = "/api/v1/messages/{id}/retry", tag = "messages",
    params(("id" = MessageId, Path)), responses((status = 200, body = OneMessage)))]
async fn retry_message(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<MessageId>,
) -> Result<Answer<OneMessage>, ApiError> {
    let message = state.core.retry_message(&who, id).await?;
    Ok(Answer(OneMessage { message }))
}

/// React to a message
///
/// One reaction for the whole team, in `metadata.reactions.team`; `null` takes it back. The customer's own are in
/// `metadata.reactions.customer`. Where the messenger refuses it, it goes away and `metadata.reaction_error` says why.
#[utoipa::path(put, path = "/api/v1/messages/{id}/reaction", tag = "messages",
    params(("id" = MessageId, Path)), request_body = Reaction,
    responses((status = 200, body = OneMessage)))]
async fn set_reaction(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<MessageId>,
    body: Json<Reaction>,
) -> Result<Answer<OneMessage>, ApiError> {
    let reaction = body.valid_after(state.core.check_react(&who, id)).await?;
    let message = state.core.react(&who, id, reaction).await?;
    Ok(Answer(OneMessage { message }))
}
