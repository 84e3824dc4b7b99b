//! Webhooks out: a company's own programs that are told what happens.

use axum::Json as Answer;
use axum::extract::State;
use omni_core::webhooks::{
    DeliveriesRequest, NewWebhook, ReplayRange, Replayed, Webhook, WebhookDelivery, WebhookPatch,
    WebhookTest,
};
use omni_model::{Page, WebhookDeliveryId, WebhookId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{ApiError, AppState, Auth, Created, IdempotencyKey, Json, NoContent, Path, Query};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_webhooks, create_webhook))
        .routes(routes!(get_webhook, patch_webhook, delete_webhook))
        .routes(routes!(rotate_webhook_secret))
        .routes(routes!(test_webhook))
        .routes(routes!(replay_webhook))
        .routes(routes!(list_webhook_deliveries))
        .routes(routes!(replay_webhook_delivery))
}

/// The webhooks, oldest first
#[utoipa::path(get, path = "/api/v1/webhooks", tag = "webhooks",
    responses((status = 200, body = Page<Webhook>)))]
async fn list_webhooks(
    State(state): State<AppState>,
    Auth(who): Auth,
) -> Result<Answer<Page<Webhook>>, ApiError> {
    Ok(Answer(state.core.list_webhooks(&who).await?))
}

/// Make a webhook
///
/// The secret is in this answer and in no other.
#[utoipa::path(post, path = "/api/v1/webhooks", tag = "webhooks",
    params(("Idempotency-Key" = Option<String>, Header)), request_body = NewWebhook,
    responses((status = 201, body = Webhook)))]
async fn create_webhook(
    State(state): State<AppState>,
    Auth(who): Auth,
    IdempotencyKey(key): IdempotencyKey,
    body: Json<NewWebhook>,
) -> Result<Created<Webhook>, ApiError> {
    let allowed = std::future::ready(state.core.check_create_webhook(&who));
    let new = body.valid_after(allowed).await?;
    let made = state.core.create_webhook(&who, new, key).await?;
    Ok(Created {
        body: made.value,
        replayed: made.replayed,
    })
}

/// A webhook
#[utoipa::path(get, path = "/api/v1/webhooks/{id}", tag = "webhooks",
    params(("id" = WebhookId, Path)), responses((status = 200, body = Webhook)))]
async fn get_webhook(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<WebhookId>,
) -> Result<Answer<Webhook>, ApiError> {
    Ok(Answer(state.core.get_webhook(&who, id).await?))
}

/// Change a webhook
///
/// Switching it on forgets why it was off.
#[utoipa::path(patch, path = "/api/v1/webhooks/{id}", tag = "webhooks",
    params(("id" = WebhookId, Path)), request_body = WebhookPatch,
    responses((status = 200, body = Webhook)))]
async fn patch_webhook(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<WebhookId>,
    body: Json<WebhookPatch>,
) -> Result<Answer<Webhook>, ApiError> {
    let patch = body
        .valid_after(state.core.check_manage_webhook(&who, id))
        .await?;
    Ok(Answer(state.core.patch_webhook(&who, id, patch).await?))
}

/// Delete a webhook
///
/// What is on its way to it is not sent any more.
#[utoipa::path(delete, path = "/api/v1/webhooks/{id}", tag = "webhooks",
    params(("id" = WebhookId, Path)), responses((status = 204)))]
async fn delete_webhook(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<WebhookId>,
) -> Result<NoContent, ApiError> {
    state.core.delete_webhook(&who, id).await?;
    Ok(NoContent)
}

/// Give a webhook a new secret
///
/// It is in this answer and in no other. The one before signs along for 24 hours.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/secret", tag = "webhooks",
    params(("id" = WebhookId, Path)), responses((status = 200, body = Webhook)))]
async fn rotate_webhook_secret(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<WebhookId>,
) -> Result<Answer<Webhook>, ApiError> {
    Ok(Answer(state.core.rotate_webhook_secret(&who, id).await?))
}

/// Call a webhook at once with a test, and see how that goes
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/test", tag = "webhooks",
    params(("id" = WebhookId, Path)), responses((status = 200, body = WebhookTest)))]
async fn test_webhook(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<WebhookId>,
) -> Result<Answer<WebhookTest>, ApiError> {
    Ok(Answer(state.core.test_webhook(&who, id).await?))
}

/// Send anew what happened in a range of time and did not arrive
///
/// A thousand at once; `more` says that there are others: ask again.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/replay", tag = "webhooks",
    params(("id" = WebhookId, Path)), request_body = ReplayRange,
    responses((status = 200, body = Replayed)))]
async fn replay_webhook(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<WebhookId>,
    body: Json<ReplayRange>,
) -> Result<Answer<Replayed>, ApiError> {
    let range = body
        .valid_after(state.core.check_manage_webhook(&who, id))
        .await?;
    Ok(Answer(state.core.replay_webhook(&who, id, range).await?))
}

/// What was sent to a webhook in the last 30 days, the newest event first
#[utoipa::path(get, path = "/api/v1/webhooks/{id}/deliveries", tag = "webhooks",
    params(("id" = WebhookId, Path), DeliveriesRequest),
    responses((status = 200, body = Page<WebhookDelivery>)))]
async fn list_webhook_deliveries(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<WebhookId>,
    request: Result<Query<DeliveriesRequest>, ApiError>,
) -> Result<Answer<Page<WebhookDelivery>>, ApiError> {
    state.core.check_read_webhook(&who, id).await?;
    let Query(request) = request?;
    let page = state
        .core
        .list_webhook_deliveries(&who, id, request)
        .await?;
    Ok(Answer(page))
}

/// Send one delivery anew, under the same `webhook-id`
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/deliveries/{delivery_id}/replay", tag = "webhooks",
    params(("id" = WebhookId, Path), ("delivery_id" = WebhookDeliveryId, Path)),
    responses((status = 200, body = WebhookDelivery)))]
async fn replay_webhook_delivery(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path((id, delivery)): Path<(WebhookId, WebhookDeliveryId)>,
) -> Result<Answer<WebhookDelivery>, ApiError> {
    let core = &state.core;
    Ok(Answer(
        core.replay_webhook_delivery(&who, id, delivery).await?,
    ))
}
