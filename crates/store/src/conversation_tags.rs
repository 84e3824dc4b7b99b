//! Tags of conversations as rows, for filtering. The list in the conversation's row is what is shown.

use omni_model::{ConversationId, SeenBy, TenantScope};
use sea_orm::sea_query::Query;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::entity::conversation_tags::{ActiveModel, Column, Entity};
use crate::entity::conversations;
use crate::like::{containing, letter_cases};
use crate::{StoreError, UnitOfWork, sight};

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

/// Tags with the number of conversations that have them, the most used first: those with `piece` in them, of what
/// `seen_by` sees.
pub async fn counts<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    seen_by: Option<&SeenBy>,
    piece: Option<&str>,
    limit: u64,
) -> Result<Vec<(String, i64)>, StoreError> {
    let tenant = Uuid::from(scope.tenant_id());
    let mut query = Entity::find()
        .select_only()
        .column(Column::Tag)
        .column_as(Column::ConversationId.count(), "n")
        .filter(Column::TenantId.eq(tenant));
    if let Some(piece) = piece {
        let like = letter_cases(piece)
            .iter()
            .fold(Condition::any(), |any, form| {
                any.add(Column::Tag.like(containing(form)))
            });
        query = query.filter(like);
    }
    if let Some(limits) = seen_by {
        use conversations::{Column as Seen, Entity as Conversations};
        let seen = Query::select()
            .column(Seen::Id)
            .from(Conversations)
            .and_where(Seen::TenantId.eq(tenant))
            .cond_where(sight::conversations_seen(limits))
            .to_owned();
        query = query.filter(Column::ConversationId.in_subquery(seen));
    }
    Ok(query
        .group_by(Column::Tag)
        .order_by_desc(Column::ConversationId.count())
        .order_by_asc(Column::Tag)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?)
}
