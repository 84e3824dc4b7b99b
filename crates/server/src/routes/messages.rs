//! Messages of conversations.

use axum::Json as Answer;
use axum::extract::State;
use omni_core::conversations::{MessagePage, MessageQuery, NewMessage};
use omni_model::{ConversationId, Message, MessageId};
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{ApiError, AppState, Auth, Created, IdempotencyKey, Json, Path, Query};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_messages, create_message))
        .routes(routes!(retry_message))
}

/// One message.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct OneMessage {
    pub(super) message: Message,
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

/// Send a failed or unknown message again
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
