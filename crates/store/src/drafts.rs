//! Drafts: one a person and conversation. One that was sent or thrown away stays as an empty row with its version,
//! so that a save that comes late does not bring it back.

use omni_model::{ConversationId, TenantScope, Timestamp, UserId};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use uuid::Uuid;

use crate::bulk;
use crate::entity::drafts::{ActiveModel, Column, Entity, Model};
use crate::{StoreError, UnitOfWork};

/// A draft. Empty where there is none any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftRecord {
    pub conversation_id: ConversationId,
    pub text: String,
    /// Only a higher one replaces it.
    pub version: i64,
    pub updated_at: Timestamp,
}

impl From<Model> for DraftRecord {
    fn from(row: Model) -> Self {
        Self {
            conversation_id: row.conversation_id.into(),
            text: row.text,
            version: row.version,
            updated_at: Timestamp::from_millis(row.updated_at),
        }
    }
}

fn of(scope: &TenantScope, user: UserId) -> Select<Entity> {
    Entity::find()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::UserId.eq(Uuid::from(user)))
}

/// Somebody's draft in a conversation.
pub async fn find<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    user: UserId,
    conversation: ConversationId,
) -> Result<Option<DraftRecord>, StoreError> {
    let found = of(scope, user)
        .filter(Column::ConversationId.eq(Uuid::from(conversation)))
        .one(db)
        .await?;
    Ok(found.map(Into::into))
}

/// Somebody's drafts that say something, the newest first.
pub async fn of_user<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    user: UserId,
    limit: u64,
) -> Result<Vec<DraftRecord>, StoreError> {
    let rows = of(scope, user)
        .filter(Column::Text.ne(""))
        .order_by_desc(Column::UpdatedAt)
        .order_by_desc(Column::ConversationId)
        .limit(limit)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Keeps a draft, unless one of the same or a higher version is there.
pub async fn keep(
    unit: &UnitOfWork,
    scope: &TenantScope,
    user: UserId,
    draft: &DraftRecord,
) -> Result<(), StoreError> {
    let row = ActiveModel {
        tenant_id: Set(scope.tenant_id().into()),
        user_id: Set(user.into()),
        conversation_id: Set(draft.conversation_id.into()),
        text: Set(draft.text.clone()),
        version: Set(draft.version),
        updated_at: Set(draft.updated_at.millis()),
    };
    let conflict = "ON CONFLICT (tenant_id, user_id, conversation_id) DO UPDATE SET text = excluded.text, \
                    version = excluded.version, updated_at = excluded.updated_at \
                    WHERE drafts.version < excluded.version";
    bulk::insert(unit, vec![row], conflict).await
}

/// Empties a draft.
pub async fn clear(
    unit: &UnitOfWork,
    scope: &TenantScope,
    user: UserId,
    conversation: ConversationId,
) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::Text, Expr::value(""))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(unit.now().millis()))
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::UserId.eq(Uuid::from(user)))
        .filter(Column::ConversationId.eq(Uuid::from(conversation)))
        .filter(Column::Text.ne(""))
        .exec(unit.db())
        .await?;
    Ok(())
}
