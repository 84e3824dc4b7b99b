//! Who is at his screen, who left, and what those who left leave behind.

use omni_model::{
    ConversationStatus, OperatorStatus, PlatformScope, TenantId, TenantScope, Timestamp, UserId,
};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter,
    QueryOrder, QuerySelect, Statement,
};
use uuid::Uuid;

use crate::entity::{conversations, operator_presence, users};
use crate::records::word;
use crate::{ConversationRecord, StoreError, UnitOfWork};

/// Notes that these operators have a socket open now.
pub async fn seen(
    unit: &UnitOfWork,
    scope: &TenantScope,
    operators: &[UserId],
) -> Result<(), StoreError> {
    if operators.is_empty() {
        return Ok(());
    }
    let rows = operators
        .iter()
        .map(|operator| operator_presence::ActiveModel {
            user_id: Set(operator.0),
            tenant_id: Set(scope.tenant_id().0),
            seen_at: Set(unit.now().millis()),
        });
    let conflict = OnConflict::column(operator_presence::Column::UserId)
        .update_column(operator_presence::Column::SeenAt)
        .to_owned();
    operator_presence::Entity::insert_many(rows)
        .on_conflict(conflict)
        .exec_without_returning(unit.db())
        .await?;
    Ok(())
}

/// Somebody who is not where his status or his work says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absent {
    pub tenant_id: TenantId,
    pub operator: UserId,
    pub status: OperatorStatus,
    /// Since when his status is what it is.
    pub status_since: Timestamp,
    /// When a socket of his was last open; `None` = never.
    pub seen_at: Option<Timestamp>,
    /// He may not come in any more.
    pub disabled: bool,
}

#[derive(FromQueryResult)]
struct AbsentRow {
    tenant_id: Uuid,
    user_id: Uuid,
    status: String,
    status_since: i64,
    seen_at: Option<i64>,
    disabled: bool,
}

/// Those who are online by their word, were seen once, and have not been since `before`.
pub async fn gone_since<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
    before: Timestamp,
) -> Result<Vec<Absent>, StoreError> {
    let sql = "SELECT u.tenant_id, u.id AS user_id, u.status, u.status_changed_at AS status_since, p.seen_at, u.disabled \
               FROM operator_presence p JOIN users u ON u.id = p.user_id \
               WHERE p.seen_at <= $1 AND u.status = $2";
    let values = [
        before.millis().into(),
        OperatorStatus::Online.as_str().into(),
    ];
    absent(db, sql, values.into()).await
}

/// Those who are not online and have open conversations. Starts from the counters: nothing is scanned
/// while everybody who left has nothing to do.
pub async fn leaving_work<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
) -> Result<Vec<Absent>, StoreError> {
    let sql = "SELECT DISTINCT u.tenant_id, u.id AS user_id, u.status, u.status_changed_at AS status_since, p.seen_at, u.disabled \
               FROM users u \
               JOIN counters k ON k.tenant_id = u.tenant_id AND k.assignee = u.id AND k.n > 0 AND k.status = $1 \
               LEFT JOIN operator_presence p ON p.user_id = u.id \
               WHERE u.status <> $2";
    let values = [
        ConversationStatus::Open.as_str().into(),
        OperatorStatus::Online.as_str().into(),
    ];
    absent(db, sql, values.into()).await
}

async fn absent<C: ConnectionTrait>(
    db: &C,
    sql: &str,
    values: Vec<sea_orm::Value>,
) -> Result<Vec<Absent>, StoreError> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = AbsentRow::find_by_statement(statement).all(db).await?;
    rows.into_iter()
        .map(|row| {
            Ok(Absent {
                tenant_id: TenantId(row.tenant_id),
                operator: UserId(row.user_id),
                status: word(&row.status, "users", "status")?,
                status_since: Timestamp::from_millis(row.status_since),
                seen_at: row.seen_at.map(Timestamp::from_millis),
                disabled: row.disabled,
            })
        })
        .collect()
}

/// Makes an operator away if he is still online and was not seen since `before`. Tells whether he was.
pub async fn make_away(
    unit: &UnitOfWork,
    scope: &TenantScope,
    operator: UserId,
    before: Timestamp,
) -> Result<bool, StoreError> {
    let here = operator_presence::Entity::find_by_id(operator.0)
        .filter(operator_presence::Column::SeenAt.gt(before.millis()))
        .one(unit.db())
        .await?;
    if here.is_some() {
        return Ok(false);
    }
    let done = users::Entity::update_many()
        .col_expr(
            users::Column::Status,
            Expr::value(OperatorStatus::Away.as_str()),
        )
        .col_expr(
            users::Column::StatusChangedAt,
            Expr::value(unit.now().millis()),
        )
        .col_expr(users::Column::UpdatedAt, Expr::value(unit.now().millis()))
        .filter(users::Column::TenantId.eq(scope.tenant_id().0))
        .filter(users::Column::Id.eq(operator.0))
        .filter(users::Column::Status.eq(OperatorStatus::Online.as_str()))
        .exec(unit.db())
        .await?;
    Ok(done.rows_affected > 0)
}

/// Whether an operator is online right now.
pub async fn is_online<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    operator: UserId,
) -> Result<bool, StoreError> {
    let status: Option<String> = users::Entity::find_by_id(operator.0)
        .select_only()
        .column(users::Column::Status)
        .filter(users::Column::TenantId.eq(scope.tenant_id().0))
        .into_tuple()
        .one(db)
        .await?;
    Ok(status.is_some_and(|status| status == OperatorStatus::Online.as_str()))
}

/// An operator's open conversations, oldest first, locked.
pub async fn lock_open_of(
    unit: &UnitOfWork,
    scope: &TenantScope,
    operator: UserId,
    limit: u64,
) -> Result<Vec<ConversationRecord>, StoreError> {
    use conversations::{Column, Entity};
    Entity::find()
        .filter(Column::TenantId.eq(scope.tenant_id().0))
        .filter(Column::AssignedTo.eq(operator.0))
        .filter(Column::Status.eq(ConversationStatus::Open.as_str()))
        .order_by_asc(Column::RowId)
        .limit(limit)
        .lock_exclusive()
        .all(unit.db())
        .await?
        .into_iter()
        .map(TryInto::try_into)
        .collect()
}
