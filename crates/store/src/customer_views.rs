//! Lists of customers, and a customer's conversations over all channels.

use omni_model::{ConversationId, CustomerId, SeenBy, TenantScope, Timestamp, Total};
use sea_orm::sea_query::Query;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Select,
};
use uuid::Uuid;

use crate::capped;
use crate::customers::CustomerRecord;
use crate::entity::{conversations, customers};
use crate::like::{containing, letter_cases};
use crate::{ConversationRecord, StoreError, sight};

/// Which customers.
#[derive(Clone, Debug, Default)]
pub struct CustomerFilter {
    /// A piece of the name, the phone number or the e-mail address.
    pub words: Option<String>,
    pub blocked: Option<bool>,
    /// Only those of whose conversations somebody sees one who does not see all.
    pub seen_by: Option<SeenBy>,
}

fn matching(scope: &TenantScope, filter: &CustomerFilter) -> Select<customers::Entity> {
    use customers::Column;
    let tenant = Uuid::from(scope.tenant_id());
    let mut all = Condition::all()
        .add(Column::TenantId.eq(tenant))
        .add(Column::MergedInto.is_null());
    if let Some(words) = &filter.words {
        let mut like = Condition::any()
            .add(Column::Phone.like(containing(words)))
            .add(Column::Email.like(containing(&words.to_lowercase())));
        for form in letter_cases(words) {
            like = like.add(Column::Name.like(containing(&form)));
        }
        all = all.add(like);
    }
    match filter.blocked {
        Some(true) => all = all.add(Column::BlockedAt.is_not_null()),
        Some(false) => all = all.add(Column::BlockedAt.is_null()),
        None => {}
    }
    if let Some(seen_by) = &filter.seen_by {
        use conversations::{Column as Talk, Entity as Talks};
        let seen = Query::select()
            .column(Talk::CustomerId)
            .from(Talks)
            .and_where(Talk::TenantId.eq(tenant))
            .cond_where(sight::conversations_seen(seen_by))
            .to_owned();
        all = all.add(Column::Id.in_subquery(seen));
    }
    customers::Entity::find().filter(all)
}

/// A page of customers, the newest first. `after` = the last one of the page before.
pub async fn page<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    filter: &CustomerFilter,
    after: Option<(Timestamp, CustomerId)>,
    offset: u64,
    limit: u64,
) -> Result<(Vec<CustomerRecord>, Total), StoreError> {
    use customers::Column;
    let total = capped::count(db, matching(scope, filter)).await?;
    let mut query = matching(scope, filter)
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id);
    if let Some((at, id)) = after {
        query = query.filter(Column::CreatedAt.lte(at.millis())).filter(
            Condition::any()
                .add(Column::CreatedAt.lt(at.millis()))
                .add(Column::Id.lt(Uuid::from(id))),
        );
    }
    let rows = query.offset(offset).limit(limit).all(db).await?;
    let page = rows
        .into_iter()
        .map(TryInto::try_into)
        .collect::<Result<_, _>>()?;
    Ok((page, total))
}

/// A page of a customer's conversations over all channels, the newest first; those alone that `seen_by` lets be seen.
/// `after` = the last one of the page before.
pub async fn timeline<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    customer: CustomerId,
    seen_by: Option<&SeenBy>,
    after: Option<(Timestamp, ConversationId)>,
    offset: u64,
    limit: u64,
) -> Result<(Vec<ConversationRecord>, Total), StoreError> {
    use conversations::Column;
    let mut all = conversations::Entity::find()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::CustomerId.eq(Uuid::from(customer)));
    if let Some(seen_by) = seen_by {
        all = all.filter(sight::conversations_seen(seen_by));
    }
    let total = capped::count(db, all.clone()).await?;
    let mut query = all
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id);
    if let Some((at, id)) = after {
        query = query.filter(Column::CreatedAt.lte(at.millis())).filter(
            Condition::any()
                .add(Column::CreatedAt.lt(at.millis()))
                .add(Column::Id.lt(Uuid::from(id))),
        );
    }
    let rows = query.offset(offset).limit(limit).all(db).await?;
    let page = rows
        .into_iter()
        .map(TryInto::try_into)
        .collect::<Result<_, _>>()?;
    Ok((page, total))
}
