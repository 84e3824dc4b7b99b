//! Moving a conversation into the past: the demo must not look as if everybody wrote in one second.

use std::time::Duration;

use omni_model::{ConversationId, TenantScope};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::entity::{conversations, messages};
use crate::{StoreError, UnitOfWork};

/// Moves a conversation and its messages back by `age`, its messages `pace` apart from each other.
pub async fn age(
    unit: &UnitOfWork,
    scope: &TenantScope,
    id: ConversationId,
    age: Duration,
    pace: Duration,
) -> Result<(), StoreError> {
    let millis = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(0);
    let (age, pace) = (millis(age), millis(pace));
    for column in [messages::Column::CreatedAt, messages::Column::UpdatedAt] {
        messages::Entity::update_many()
            .col_expr(
                column,
                Expr::col(column)
                    .sub(age)
                    .add(Expr::col(messages::Column::Seq).mul(pace)),
            )
            .filter(messages::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
            .filter(messages::Column::ConversationId.eq(Uuid::from(id)))
            .exec(unit.db())
            .await?;
    }
    use conversations::Column;
    conversations::Entity::update_many()
        .col_expr(Column::CreatedAt, Expr::col(Column::CreatedAt).sub(age))
        .col_expr(Column::QueuedAt, Expr::col(Column::QueuedAt).sub(age))
        .col_expr(Column::UpdatedAt, at_the_end(Column::UpdatedAt, age, pace))
        .col_expr(
            Column::ResolvedAt,
            at_the_end(Column::ResolvedAt, age, pace),
        )
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::Id.eq(Uuid::from(id)))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// When the conversation's last message was, as an expression over a column that was stamped with it.
fn at_the_end(
    column: conversations::Column,
    age: i64,
    pace: i64,
) -> sea_orm::sea_query::SimpleExpr {
    Expr::col(column)
        .sub(age)
        .add(Expr::col(conversations::Column::LastSeq).mul(pace))
}
