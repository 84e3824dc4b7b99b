//! Chats that a channel does not serve, and when each was told so.

use std::time::Duration;

use omni_model::{ChannelId, TenantScope};
use sea_orm::ActiveValue::Set;

use crate::entity::refused_chats::ActiveModel;
use crate::{StoreError, UnitOfWork, bulk};

/// Notes that a chat is told now, unless it was within `pause`. Answers whether it is to be told.
pub async fn note(
    unit: &UnitOfWork,
    scope: &TenantScope,
    channel: ChannelId,
    chat: &str,
    pause: Duration,
) -> Result<bool, StoreError> {
    let now = unit.now().millis();
    let row = ActiveModel {
        tenant_id: Set(scope.tenant_id().into()),
        channel_id: Set(channel.into()),
        chat: Set(chat.to_owned()),
        told_at: Set(now),
    };
    let pause = i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
    let again = format!(
        "ON CONFLICT (channel_id, chat) DO UPDATE SET told_at = excluded.told_at \
         WHERE refused_chats.told_at <= {}",
        now.saturating_sub(pause)
    );
    let done = bulk::insert_last(unit, vec![row], &again).await?;
    Ok(done.is_some_and(|done| done.rows_affected() > 0))
}
