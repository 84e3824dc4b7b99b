//! Lists of conversations, and what is shown beside each: two statements a page, whatever its length.

use std::collections::HashMap;

use omni_model::{
    ChannelId, ChannelKind, Content, ContentType, ConversationId, ConversationStatus,
    CustomerBrief, LastMessage, SeenBy, TeamBrief, TenantScope, Timestamp, Total, UserId,
};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, UnionType};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, Iterable, JoinType,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use serde::Deserialize;
use uuid::Uuid;

use crate::bulk;
use crate::capped;
use crate::counters::{self, CounterFilter};
use crate::entity::conversations::{Column, Entity};
use crate::entity::{
    channels, conversation_tags, conversations, customers, identities, messages, teams,
};
use crate::packed::{self, Piece};
use crate::records::{json, word};
use crate::{ConversationRecord, StoreError, sight};

/// Characters of a preview.
const PREVIEW: usize = 200;
/// Of how many of the latest conversations those with a tag are looked for first.
const NEAR: u64 = 2_000;

/// Which conversations. Empty and `None` mean no restriction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConversationFilter {
    pub statuses: Vec<ConversationStatus>,
    /// `Some(None)` = the queue.
    pub assignee: Option<Option<UserId>>,
    pub channel_kind: Option<ChannelKind>,
    pub channel_id: Option<ChannelId>,
    pub tag: Option<String>,
    /// Whether it sleeps until a time.
    pub snoozed: Option<bool>,
    /// Only these, by row key: what a search found.
    pub found: Option<Vec<i64>>,
    /// Only what somebody sees who does not see all.
    pub seen_by: Option<SeenBy>,
}

/// A place in a list: the last row of the page before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub updated_at: Timestamp,
    pub row_id: i64,
}

/// Where a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// So many rows from the newest.
    Offset(u64),
    /// After this row.
    After(Place),
}

/// What is shown beside a conversation.
#[derive(Clone, Debug)]
pub struct Beside {
    pub customer: CustomerBrief,
    /// The team it is for.
    pub team: Option<TeamBrief>,
    pub last_message: Option<LastMessage>,
}

/// A page, the latest activity first.
pub async fn list<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    filter: &ConversationFilter,
    start: Start,
    limit: u64,
) -> Result<Vec<ConversationRecord>, StoreError> {
    if filter.found.is_none() && filter.tag.is_some() {
        return tagged(db, scope, filter, start, limit).await;
    }
    let all = match filter.statuses.as_slice() {
        [] | [_] => condition(db, scope, filter),
        _ if filter.found.is_some() => condition(db, scope, filter),
        statuses => by_status(scope, filter, statuses, start, limit),
    };
    page(db, Entity::find().filter(all), start, limit).await
}

async fn page<C: ConnectionTrait>(
    db: &C,
    query: Select<Entity>,
    start: Start,
    limit: u64,
) -> Result<Vec<ConversationRecord>, StoreError> {
    let query = latest_first(query, start).limit(limit);
    let rows: Vec<conversations::Model> =
        packed::all(db, query, Column::iter().map(Piece::of)).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

fn latest_first(query: Select<Entity>, start: Start) -> Select<Entity> {
    let query = query
        .order_by_desc(Column::UpdatedAt)
        .order_by_desc(Column::RowId);
    match start {
        Start::Offset(offset) => query.offset(offset),
        Start::After(place) => {
            let at = place.updated_at.millis();
            // The first half alone lets the index find the place.
            query.filter(Column::UpdatedAt.lte(at)).filter(
                Condition::any()
                    .add(Column::UpdatedAt.lt(at))
                    .add(Column::RowId.lt(place.row_id)),
            )
        }
    }
}

/// Of several statuses: the latest of each, since an index has only those of one in their order.
fn by_status(
    scope: &TenantScope,
    filter: &ConversationFilter,
    statuses: &[ConversationStatus],
    start: Start,
    limit: u64,
) -> Condition {
    let (start, most) = match start {
        Start::Offset(offset) => (Start::Offset(0), offset + limit),
        after @ Start::After(_) => (after, limit),
    };
    let mut latest = statuses.iter().map(|status| {
        let one = ConversationFilter {
            statuses: vec![*status],
            ..filter.clone()
        };
        let of_tenant = Column::TenantId.eq(Uuid::from(scope.tenant_id()));
        let query = Entity::find()
            .select_only()
            .column(Column::RowId)
            .filter(of_tenant)
            .filter(matching(scope, &one));
        let rows = latest_first(query, start).limit(most).into_query();
        // A limit of its own takes a statement of its own.
        Query::select()
            .column(Column::RowId)
            .from_subquery(rows, Alias::new("latest"))
            .to_owned()
    });
    let mut all = latest.next().unwrap_or_default();
    for rows in latest {
        all.union(UnionType::All, rows);
    }
    Condition::all()
        .add(bulk::of_tenant(Column::TenantId, scope))
        .add(Column::RowId.in_subquery(all))
}

/// With a tag. Tags are in no order of activity: first the latest conversations are asked for it, and only where that
/// does not fill the page, all that have the tag are put in order.
async fn tagged<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    filter: &ConversationFilter,
    start: Start,
    limit: u64,
) -> Result<Vec<ConversationRecord>, StoreError> {
    let Some(tag) = &filter.tag else {
        return Ok(Vec::new());
    };
    let untagged = ConversationFilter {
        tag: None,
        ..filter.clone()
    };
    let of_tenant = Column::TenantId.eq(Uuid::from(scope.tenant_id()));
    let skipped = match start {
        Start::Offset(offset) => Start::Offset(offset + NEAR),
        after @ Start::After(_) => after,
    };
    let near = Entity::find()
        .select_only()
        .column(Column::UpdatedAt)
        .filter(of_tenant.clone());
    let mut near = latest_first(near, skipped).limit(1);
    if let Start::After(_) = start {
        near = near.offset(NEAR);
    }
    let oldest: Option<i64> = near.into_tuple().one(db).await?;
    if let Some(oldest) = oldest {
        use conversation_tags::{Column as Tag, Entity as Tags};
        let has_tag = Query::select()
            .expr(Expr::val(1))
            .from(Tags)
            .and_where(Tag::TenantId.eq(Uuid::from(scope.tenant_id())))
            .and_where(Tag::Tag.eq(tag.as_str()))
            .and_where(Expr::col((Tags, Tag::ConversationId)).equals((Entity, Column::Id)))
            .to_owned();
        let query = Entity::find()
            .filter(of_tenant)
            .filter(Column::UpdatedAt.gte(oldest))
            .filter(matching(scope, &untagged))
            .filter(Expr::exists(has_tag));
        let found = page(db, query, start, limit).await?;
        if u64::try_from(found.len()).is_ok_and(|found| found >= limit) {
            return Ok(found);
        }
    }
    let query = Entity::find().filter(condition(db, scope, filter));
    page(db, query, start, limit).await
}

/// How many match: exact where the counters know, else counted up to a bound.
pub async fn total<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    filter: &ConversationFilter,
) -> Result<Total, StoreError> {
    if filter.tag.is_none() && filter.found.is_none() && filter.snoozed.is_none() {
        let cells = CounterFilter {
            statuses: filter.statuses.clone(),
            assignee: filter.assignee,
            channels: counted_channels(db, scope, filter).await?,
            seen_by: filter.seen_by.clone(),
        };
        return counters::total(db, scope, &cells).await.map(Total::Exact);
    }
    let Some(tag) = filter.tag.as_deref().filter(|_| filter.found.is_none()) else {
        return capped::count(db, Entity::find().filter(condition(db, scope, filter))).await;
    };
    let tags = conversation_tags::Entity::find()
        .filter(conversation_tags::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(conversation_tags::Column::Tag.eq(tag));
    let rest = ConversationFilter {
        tag: None,
        ..filter.clone()
    };
    if rest == ConversationFilter::default() {
        return capped::count(db, tags).await;
    }
    let conversation = conversation_tags::Entity::belongs_to(Entity)
        .from(conversation_tags::Column::ConversationId)
        .to(Column::Id);
    let tags = tags
        .join(JoinType::InnerJoin, conversation.into())
        .filter(passing(scope, &rest));
    capped::count(db, tags).await
}

/// The channels to sum over; deleted ones count, since their conversations are listed, too.
async fn counted_channels<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    filter: &ConversationFilter,
) -> Result<Option<Vec<ChannelId>>, StoreError> {
    let Some(kind) = filter.channel_kind else {
        return Ok(filter.channel_id.map(|id| vec![id]));
    };
    let ids: Vec<Uuid> = channels::Entity::find()
        .select_only()
        .column(channels::Column::Id)
        .filter(channels::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(channels::Column::Kind.eq(kind.as_str()))
        .into_tuple()
        .all(db)
        .await?;
    let of_kind = ids.into_iter().map(ChannelId);
    Ok(Some(match filter.channel_id {
        Some(one) => of_kind.filter(|id| *id == one).collect(),
        None => of_kind.collect(),
    }))
}

fn condition<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    filter: &ConversationFilter,
) -> Condition {
    match &filter.found {
        Some(found) => Condition::all()
            .add(bulk::among(db, Column::RowId, found.iter().copied()))
            .add(passing(scope, filter)),
        None => Condition::all()
            .add(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
            .add(matching(scope, filter)),
    }
}

/// What a conversation that is given by its key must be like to pass; `found` is left aside.
pub(crate) fn passing(scope: &TenantScope, filter: &ConversationFilter) -> Condition {
    Condition::all()
        .add(bulk::of_tenant(Column::TenantId, scope))
        .add(matching(scope, filter))
}

fn matching(scope: &TenantScope, filter: &ConversationFilter) -> Condition {
    let tenant = Uuid::from(scope.tenant_id());
    let mut all = Condition::all();
    if !filter.statuses.is_empty() {
        all = all.add(Column::Status.is_in(filter.statuses.iter().map(|s| s.as_str())));
    }
    match filter.assignee {
        Some(Some(operator)) => all = all.add(Column::AssignedTo.eq(Uuid::from(operator))),
        Some(None) => all = all.add(Column::AssignedTo.is_null()),
        None => {}
    }
    if let Some(seen_by) = &filter.seen_by {
        all = all.add(sight::conversations_seen(seen_by));
    }
    if let Some(kind) = filter.channel_kind {
        all = all.add(Column::ChannelKind.eq(kind.as_str()));
    }
    if let Some(channel) = filter.channel_id {
        all = all.add(Column::ChannelId.eq(Uuid::from(channel)));
    }
    if let Some(tag) = &filter.tag {
        use conversation_tags::{Column as Tag, Entity as Tags};
        let tagged = Query::select()
            .column(Tag::ConversationId)
            .from(Tags)
            .and_where(Tag::TenantId.eq(tenant))
            .and_where(Tag::Tag.eq(tag.as_str()))
            .to_owned();
        all = all.add(Column::Id.in_subquery(tagged));
    }
    if let Some(snoozed) = filter.snoozed {
        let until = Column::SnoozeUntil;
        all = all.add(if snoozed {
            until.is_not_null()
        } else {
            until.is_null()
        });
    }
    all
}

#[derive(FromQueryResult, Deserialize)]
struct BesideRow {
    id: Uuid,
    customer_id: Uuid,
    name: String,
    phone: Option<String>,
    email: Option<String>,
    locale: Option<String>,
    verified: bool,
    blocked_at: Option<i64>,
    team_id: Option<Uuid>,
    team_name: Option<String>,
    message_id: Option<Uuid>,
    seq: Option<i64>,
    direction: Option<String>,
    sender_type: Option<String>,
    content_type: Option<String>,
    content: Option<String>,
    message_status: Option<String>,
    private: Option<bool>,
    message_at: Option<i64>,
}

/// Customer, team and newest message of each of these conversations, in one statement.
pub async fn beside<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    ids: &[ConversationId],
) -> Result<HashMap<ConversationId, Beside>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let customer = Entity::belongs_to(customers::Entity)
        .from(Column::CustomerId)
        .to(customers::Column::Id);
    let identity = Entity::belongs_to(identities::Entity)
        .from(Column::IdentityId)
        .to(identities::Column::Id);
    let team = Entity::belongs_to(teams::Entity)
        .from(Column::AssignedTeam)
        .to(teams::Column::Id);
    let newest = Entity::belongs_to(messages::Entity)
        .from((Column::Id, Column::LastSeq))
        .to((messages::Column::ConversationId, messages::Column::Seq));
    let query = Entity::find()
        .join(JoinType::InnerJoin, customer.into())
        .join(JoinType::InnerJoin, identity.into())
        .join(JoinType::LeftJoin, team.into())
        .join(JoinType::LeftJoin, newest.into())
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(bulk::among(db, Column::Id, ids.iter().map(|id| id.0)));
    let rows: Vec<BesideRow> = packed::all(db, query, BesideRow::pieces()).await?;
    rows.into_iter()
        .map(|row| Ok((row.id.into(), row.try_into()?)))
        .collect()
}

impl TryFrom<BesideRow> for Beside {
    type Error = StoreError;

    fn try_from(row: BesideRow) -> Result<Self, StoreError> {
        Ok(Self {
            last_message: row.last_message()?,
            team: row.team_id.zip(row.team_name).map(|(id, name)| TeamBrief {
                id: id.into(),
                name,
            }),
            customer: CustomerBrief {
                id: row.customer_id.into(),
                name: row.name,
                phone: row.phone,
                email: row.email,
                locale: row.locale,
                verified: row.verified,
                blocked: row.blocked_at.is_some(),
            },
        })
    }
}

impl BesideRow {
    fn pieces() -> [Piece; 19] {
        use customers::Column as Customer;
        use messages::Column as Message;
        [
            Piece::of(Column::Id),
            Piece::of(Column::CustomerId),
            Piece::of(Customer::Name),
            Piece::of(Customer::Phone),
            Piece::of(Customer::Email),
            Piece::of(Customer::Locale),
            Piece::of(identities::Column::Verified),
            Piece::of(Customer::BlockedAt),
            Piece::named(teams::Column::Id, "team_id"),
            Piece::named(teams::Column::Name, "team_name"),
            Piece::named(Message::Id, "message_id"),
            Piece::of(Message::Seq),
            Piece::of(Message::Direction),
            Piece::of(Message::SenderType),
            Piece::of(Message::ContentType),
            Piece::of(Message::Content),
            Piece::named(Message::Status, "message_status"),
            Piece::of(Message::Private),
            Piece::named(Message::CreatedAt, "message_at"),
        ]
    }

    fn last_message(&self) -> Result<Option<LastMessage>, StoreError> {
        const T: &str = "messages";
        let (Some(id), Some(seq), Some(private), Some(at)) =
            (self.message_id, self.seq, self.private, self.message_at)
        else {
            return Ok(None);
        };
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let content_type: ContentType = word(&text(&self.content_type), T, "content_type")?;
        let content = json(&text(&self.content), T, "content")?;
        let content =
            Content::from_json(content_type, content).map_err(|_| StoreError::Inconsistent {
                table: T,
                column: "content",
            })?;
        Ok(Some(LastMessage {
            id: id.into(),
            seq,
            direction: word(&text(&self.direction), T, "direction")?,
            sender_type: word(&text(&self.sender_type), T, "sender_type")?,
            content_type,
            preview: content
                .words()
                .map(|words| words.chars().take(PREVIEW).collect())
                .unwrap_or_default(),
            status: word(&text(&self.message_status), T, "status")?,
            private,
            created_at: Timestamp::from_millis(at),
        }))
    }
}
