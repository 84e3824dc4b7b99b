//! Channels calling in: prove, store, answer. What an update means is found out later.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use omni_channels::telegram;
use omni_core::inbound::RawInbound;
use omni_model::{codes, limits};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{ApiError, AppState, Path, body};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(receive_telegram_update))
}

/// The header that proves that Telegram calls.
const SECRET: &str = "x-telegram-bot-api-secret-token";

/// An update from Telegram
///
/// Stored before it is answered. An update that is there already has no effect.
#[utoipa::path(post, path = "/api/v1/telegram/webhook/{webhook_token}", tag = "webhooks", security(()),
    params(("webhook_token" = String, Path), ("X-Telegram-Bot-Api-Secret-Token" = String, Header)),
    request_body(content = serde_json::Value, content_type = "application/json"),
    responses((status = 200, description = "Stored")))]
async fn receive_telegram_update(
    State(state): State<AppState>,
    Path(token): Path<String>,
    request: Request,
) -> Result<StatusCode, ApiError> {
    let channel = state.core.channel_by_webhook_token(&token).await?;
    let (parts, content) = request.into_parts();
    // Said once: of several, somebody on the way might have looked at another one than we.
    let mut secrets = parts.headers.get_all(SECRET).iter();
    let secret = secrets.next().map(|value| value.as_bytes());
    if secrets.next().is_some() || !channel.proves(secret) {
        return Err(ApiError::new(
            codes::BAD_SIGNATURE,
            "the secret token does not fit",
        ));
    }
    state.limits.telegram(channel.record.id)?;
    let content = body::read(&parts.headers, content, limits::WEBHOOK_BODY).await?;
    let envelope = telegram::envelope(&content)
        .map_err(|error| ApiError::new(codes::MALFORMED, error.to_string()))?;
    let (scope, channel_id) = (channel.record.scope(), channel.record.id);
    let payload = String::from_utf8(content.into())
        .map_err(|_| ApiError::new(codes::MALFORMED, "the body is not UTF-8"))?;
    state
        .core
        .accept_raw(RawInbound {
            scope,
            channel_id,
            envelope,
            payload,
        })
        .await?;
    Ok(StatusCode::OK)
}
