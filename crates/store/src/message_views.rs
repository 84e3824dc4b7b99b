//! Pages of a conversation's messages.

use omni_model::{ConversationId, Direction, MessageId, MessageStatus, TenantScope};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::entity::messages::{Column, Entity};
use crate::{MessageRecord, StoreError, UnitOfWork};

/// Which messages of a conversation. Bounds are exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The newest.
    Newest,
    /// The newest before this `seq`.
    Before(i64),
    /// The oldest after this `seq`; after 0 is from the start.
    After(i64),
}

/// For whose eyes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Everything.
    Team,
    /// Nothing private.
    Customer,
}

/// A piece of a conversation, in the order of display.
#[derive(Clone, Debug)]
pub struct MessageWindow {
    pub records: Vec<MessageRecord>,
    /// Whether there are messages before the first of these.
    pub has_before: bool,
    /// Whether there are messages after the last of these.
    pub has_after: bool,
}

/// Reads up to `limit` messages of a conversation.
pub async fn page<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    conversation: ConversationId,
    window: Window,
    limit: u64,
    audience: Audience,
) -> Result<MessageWindow, StoreError> {
    let mut query = Entity::find()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::ConversationId.eq(Uuid::from(conversation)))
        // One more than asked for tells whether there are more.
        .limit(limit + 1);
    if audience == Audience::Customer {
        query = query.filter(Column::Private.eq(false));
    }
    query = match window {
        Window::Newest => query.order_by_desc(Column::Seq),
        Window::Before(seq) => query.filter(Column::Seq.lt(seq)).order_by_desc(Column::Seq),
        Window::After(seq) => query.filter(Column::Seq.gt(seq)).order_by_asc(Column::Seq),
    };
    let mut records: Vec<MessageRecord> = query
        .all(db)
        .await?
        .into_iter()
        .map(TryInto::try_into)
        .collect::<Result<_, _>>()?;
    let more = u64::try_from(records.len()).is_ok_and(|found| found > limit);
    if more {
        records.pop();
    }
    // A bound other than 0 is a message itself, so on its side there is always one more.
    let (has_before, has_after) = match window {
        Window::Newest => (more, false),
        Window::Before(_) => (more, true),
        Window::After(seq) => (seq > 0, more),
    };
    if !matches!(window, Window::After(_)) {
        records.reverse();
    }
    Ok(MessageWindow {
        records,
        has_before,
        has_after,
    })
}

/// Marks the customer's messages after `from` up to `to` as read. Returns which were not yet, in the order
/// of display.
pub async fn mark_inbound_read(
    unit: &UnitOfWork,
    scope: &TenantScope,
    conversation: ConversationId,
    from: i64,
    to: i64,
) -> Result<Vec<MessageId>, StoreError> {
    let mut read = Entity::update_many()
        .col_expr(Column::Status, Expr::value(MessageStatus::Read.as_str()))
        .col_expr(Column::UpdatedAt, Expr::value(unit.now().millis()))
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::ConversationId.eq(Uuid::from(conversation)))
        .filter(Column::Seq.gt(from))
        .filter(Column::Seq.lte(to))
        .filter(Column::Direction.eq(Direction::Inbound.as_str()))
        .filter(Column::Status.ne(MessageStatus::Read.as_str()))
        .exec_with_returning(unit.db())
        .await?;
    read.sort_by_key(|message| message.seq);
    Ok(read.into_iter().map(|message| message.id.into()).collect())
}
