//! Companies as a superadmin sees them: with what they have, found by a piece of their name.

use omni_model::{PlatformScope, TenantId, Timestamp};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

use crate::StoreError;
use crate::entity::tenants::{Column, Entity};
use crate::like::{containing, letter_cases};

/// A company and what it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantView {
    pub id: TenantId,
    pub name: String,
    pub slug: String,
    pub created_at: Timestamp,
    pub suspended_at: Option<Timestamp>,
    pub suspended_reason: Option<String>,
    /// People who may sign in.
    pub people: i64,
    pub channels: i64,
    /// Conversations in any state.
    pub conversations: i64,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    name: String,
    slug: String,
    created_at: i64,
    suspended_at: Option<i64>,
    suspended_reason: Option<String>,
    people: i64,
    channels: i64,
    conversations: i64,
}

impl From<Row> for TenantView {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.into(),
            name: row.name,
            slug: row.slug,
            created_at: Timestamp::from_millis(row.created_at),
            suspended_at: row.suspended_at.map(Timestamp::from_millis),
            suspended_reason: row.suspended_reason,
            people: row.people,
            channels: row.channels,
            conversations: row.conversations,
        }
    }
}

const PEOPLE: &str =
    "(SELECT COUNT(*) FROM users WHERE users.tenant_id = tenants.id AND NOT users.disabled)";
const CHANNELS: &str = "(SELECT COUNT(*) FROM channels \
                        WHERE channels.tenant_id = tenants.id AND channels.deleted_at IS NULL)";
const CONVERSATIONS: &str = "CAST(COALESCE((SELECT SUM(n) FROM counters \
                             WHERE counters.tenant_id = tenants.id), 0) AS BIGINT)";

fn counted(query: Select<Entity>) -> Select<Entity> {
    query
        .select_only()
        .columns([
            Column::Id,
            Column::Name,
            Column::Slug,
            Column::CreatedAt,
            Column::SuspendedAt,
            Column::SuspendedReason,
        ])
        .expr_as(Expr::cust(PEOPLE), "people")
        .expr_as(Expr::cust(CHANNELS), "channels")
        .expr_as(Expr::cust(CONVERSATIONS), "conversations")
}

/// One page of the companies whose name or slug has `q` in it, newest first, and how many there are. `after` = the
/// last one of the page before.
pub async fn page<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
    q: Option<&str>,
    after: Option<(Timestamp, TenantId)>,
    offset: u64,
    limit: u64,
) -> Result<(Vec<TenantView>, u64), StoreError> {
    let mut matching = Entity::find();
    if let Some(q) = q {
        let mut like = Condition::any().add(Column::Slug.like(containing(&q.to_lowercase())));
        for form in letter_cases(q) {
            like = like.add(Column::Name.like(containing(&form)));
        }
        matching = matching.filter(like);
    }
    let total = matching.clone().count(db).await?;
    let mut query = counted(matching)
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id);
    if let Some((created_at, id)) = after {
        let created_at = created_at.millis();
        query = query.filter(
            Condition::any().add(Column::CreatedAt.lt(created_at)).add(
                Condition::all()
                    .add(Column::CreatedAt.eq(created_at))
                    .add(Column::Id.lt(Uuid::from(id))),
            ),
        );
    }
    let rows: Vec<Row> = query
        .offset(offset)
        .limit(limit)
        .into_model()
        .all(db)
        .await?;
    Ok((rows.into_iter().map(Into::into).collect(), total))
}

/// One company.
pub async fn find<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
    id: TenantId,
) -> Result<Option<TenantView>, StoreError> {
    let query = counted(Entity::find_by_id(Uuid::from(id)));
    let row: Option<Row> = query.into_model().one(db).await?;
    Ok(row.map(Into::into))
}
