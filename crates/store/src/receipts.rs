//! How far messages to a customer have come, for channels that tell of many messages at once.

use omni_model::{ConversationId, Direction, MessageId, MessageStatus, TenantScope};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::entity::messages::{Column, Entity};
use crate::{StoreError, UnitOfWork};

/// Moves the messages to the customer up to `seq` of a conversation on to `status`; those that are as far
/// already stay. Returns which moved, in the order of display.
pub async fn advance(
    unit: &UnitOfWork,
    scope: &TenantScope,
    conversation: ConversationId,
    seq: i64,
    status: MessageStatus,
) -> Result<Vec<MessageId>, StoreError> {
    let behind = MessageStatus::ALL
        .iter()
        .filter(|from| from.admits(status))
        .map(|s| s.as_str());
    let mut moved = Entity::update_many()
        .col_expr(Column::Status, Expr::value(status.as_str()))
        .col_expr(Column::UpdatedAt, Expr::value(unit.now().millis()))
        .filter(Column::TenantId.eq(scope.tenant_id().0))
        .filter(Column::ConversationId.eq(conversation.0))
        .filter(Column::Seq.lte(seq))
        .filter(Column::Direction.eq(Direction::Outbound.as_str()))
        .filter(Column::Private.eq(false))
        .filter(Column::Status.is_in(behind))
        .exec_with_returning(unit.db())
        .await?;
    moved.sort_by_key(|message| message.seq);
    Ok(moved.into_iter().map(|message| message.id.into()).collect())
}
