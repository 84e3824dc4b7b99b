//! Channels.

use axum::Json as Answer;
use axum::extract::State;
use omni_core::channels::{Channel, ChannelEvent, ChannelPatch, EventsRequest, NewChannel};
use omni_model::{ChannelId, Page};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{ApiError, AppState, Auth, Created, IdempotencyKey, Json, NoContent, Path, Query};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_channels, create_channel))
        .routes(routes!(get_channel, patch_channel, delete_channel))
        .routes(routes!(check_channel))
        .routes(routes!(list_channel_events))
        .routes(routes!(get_channel_event))
        .routes(routes!(replay_channel_event))
}

/// The channels
#[utoipa::path(get, path = "/api/v1/channels", tag = "channels",
    responses((status = 200, body = Page<Channel>)))]
async fn list_channels(
    State(state): State<AppState>,
    Auth(who): Auth,
) -> Result<Answer<Page<Channel>>, ApiError> {
    Ok(Answer(state.core.list_channels(&who).await?))
}

/// Connect a bot, or make a widget
#[utoipa::path(post, path = "/api/v1/channels", tag = "channels",
    params(("Idempotency-Key" = Option<String>, Header)), request_body = NewChannel,
    responses((status = 201, body = Channel)))]
async fn create_channel(
    State(state): State<AppState>,
    Auth(who): Auth,
    IdempotencyKey(key): IdempotencyKey,
    body: Json<NewChannel>,
) -> Result<Created<Channel>, ApiError> {
    let allowed = std::future::ready(state.core.check_create_channel(&who));
    let new = body.valid_after(allowed).await?;
    let made = state.core.create_channel(&who, new, key).await?;
    Ok(Created {
        body: made.value,
        replayed: made.replayed,
    })
}

/// A channel
#[utoipa::path(get, path = "/api/v1/channels/{id}", tag = "channels",
    params(("id" = ChannelId, Path)), responses((status = 200, body = Channel)))]
async fn get_channel(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<ChannelId>,
) -> Result<Answer<Channel>, ApiError> {
    Ok(Answer(state.core.get_channel(&who, id).await?))
}

/// Change a channel
#[utoipa::path(patch, path = "/api/v1/channels/{id}", tag = "channels",
    params(("id" = ChannelId, Path)), request_body = ChannelPatch,
    responses((status = 200, body = Channel)))]
async fn patch_channel(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<ChannelId>,
    body: Json<ChannelPatch>,
) -> Result<Answer<Channel>, ApiError> {
    let patch = body
        .valid_after(state.core.check_manage_channel(&who, id))
        .await?;
    Ok(Answer(state.core.patch_channel(&who, id, patch).await?))
}

/// Delete a channel
///
/// Its conversations stay.
#[utoipa::path(delete, path = "/api/v1/channels/{id}", tag = "channels",
    params(("id" = ChannelId, Path)), responses((status = 204)))]
async fn delete_channel(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<ChannelId>,
) -> Result<NoContent, ApiError> {
    state.core.delete_channel(&who, id).await?;
    Ok(NoContent)
}

/// Ask the provider how a channel stands
#[utoipa::path(post, path = "/api/v1/channels/{id}/check", tag = "channels",
    params(("id" = ChannelId, Path)), responses((status = 200, body = Channel)))]
async fn check_channel(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<ChannelId>,
) -> Result<Answer<Channel>, ApiError> {
    Ok(Answer(state.core.check_channel(&who, id).await?))
}

/// What a channel was handed by its provider, the newest first
#[utoipa::path(get, path = "/api/v1/channels/{id}/events", tag = "channels",
    params(("id" = ChannelId, Path), EventsRequest),
    responses((status = 200, body = Page<ChannelEvent>)))]
async fn list_channel_events(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<ChannelId>,
    request: Result<Query<EventsRequest>, ApiError>,
) -> Result<Answer<Page<ChannelEvent>>, ApiError> {
    state.core.check_manage_channel(&who, id).await?;
    let Query(request) = request?;
    Ok(Answer(state.core.channel_events(&who, id, request).await?))
}

/// Something that a channel was handed, with what it carried
#[utoipa::path(get, path = "/api/v1/channels/{id}/events/{event_id}", tag = "channels",
    params(("id" = ChannelId, Path), ("event_id" = String, Path)),
    responses((status = 200, body = ChannelEvent)))]
async fn get_channel_event(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path((id, event)): Path<(ChannelId, i64)>,
) -> Result<Answer<ChannelEvent>, ApiError> {
    Ok(Answer(state.core.channel_event(&who, id, event).await?))
}

/// Have something that led to nothing worked on again
///
/// What was worked off stays as it is: nothing is doubled, however often it is asked for.
#[utoipa::path(post, path = "/api/v1/channels/{id}/events/{event_id}/replay", tag = "channels",
    params(("id" = ChannelId, Path), ("event_id" = String, Path)),
    responses((status = 200, body = ChannelEvent)))]
async fn replay_channel_event(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path((id, event)): Path<(ChannelId, i64)>,
) -> Result<Answer<ChannelEvent>, ApiError> {
    Ok(Answer(
        state.core.replay_channel_event(&who, id, event).await?,
    ))
}
