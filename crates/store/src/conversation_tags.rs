//! Tags of conversations as rows, for filtering. The list in the conversation's row is what is shown.

use omni_model::{ConversationId, TenantScope};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::entity::conversation_tags::{ActiveModel, Column, Entity};
use crate::{StoreError, UnitOfWork};

/// Makes `tags` the tags of a locked conversation.
pub async fn replace(
    unit: &UnitOfWork,
    scope: &TenantScope,
    conversation: ConversationId,
    tags: &[String],
) -> Result<(), StoreError> {
    Entity::delete_many()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::ConversationId.eq(Uuid::from(conversation)))
        .exec(unit.db())
        .await?;
    if tags.is_empty() {
        return Ok(());
    }
    let rows = tags.iter().map(|tag| ActiveModel {
        tenant_id: Set(scope.tenant_id().into()),
        tag: Set(tag.clone()),
        conversation_id: Set(conversation.into()),
    });
    Entity::insert_many(rows)
        .exec_without_returning(unit.db())
        .await?;
    Ok(())
}
