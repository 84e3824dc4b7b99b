//! Customers' addresses in channels, and the customers behind them: look-ups and inserts in sets.

use std::collections::{HashMap, HashSet};

use omni_model::{ChannelId, ConversationId, CustomerId, IdentityId, TenantScope};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult,
    QueryFilter, QueryOrder, QuerySelect, Select, Statement,
};
use uuid::Uuid;

use crate::bulk;
use crate::entity::{conversations, customers, identities};
use crate::{ConversationRecord, StoreError, UnitOfWork};

/// Merges of one into the next that are followed.
const MERGES_IN_A_ROW: usize = 100;

/// A customer's address in one channel.
#[derive(Clone, Debug, PartialEq)]
pub struct IdentityRecord {
    pub id: IdentityId,
    pub customer_id: CustomerId,
    pub channel_id: ChannelId,
    /// The channel's own id of the person.
    pub external_id: String,
    pub display_name: String,
    /// Whether a signed identify proved who this is.
    pub verified: bool,
    /// Whether the person blocked us.
    pub blocked: bool,
}

/// A customer about to be stored.
#[derive(Clone, Debug)]
pub struct NewCustomer {
    pub id: CustomerId,
    pub name: String,
    /// Proven, or `None`.
    pub verified_phone: Option<String>,
    /// Proven, or `None`.
    pub verified_email: Option<String>,
    pub locale: Option<String>,
}

impl From<identities::Model> for IdentityRecord {
    fn from(row: identities::Model) -> Self {
        Self {
            id: row.id.into(),
            customer_id: row.customer_id.into(),
            channel_id: row.channel_id.into(),
            external_id: row.external_id,
            display_name: row.display_name,
            verified: row.verified,
            blocked: row.blocked,
        }
    }
}

/// The identities of a channel with these external ids.
pub async fn by_external_ids<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    channel: ChannelId,
    external_ids: &[&str],
) -> Result<Vec<IdentityRecord>, StoreError> {
    if external_ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(identities::Entity::find()
        .filter(identities::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(identities::Column::ChannelId.eq(Uuid::from(channel)))
        .filter(bulk::among(
            db,
            identities::Column::ExternalId,
            external_ids.iter().copied(),
        ))
        .all(db)
        .await?
        .into_iter()
        .map(Into::into)
        .collect())
}

/// The identity at an address of a channel.
pub async fn at<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    channel: ChannelId,
    external_id: &str,
) -> Result<Option<IdentityRecord>, StoreError> {
    Ok(by_external_ids(db, scope, channel, &[external_id])
        .await?
        .pop())
}

/// People who write, as they are known.
#[derive(Debug, Default)]
pub struct Known {
    pub identities: Vec<IdentityRecord>,
    /// Their conversations.
    pub conversations: Vec<ConversationRecord>,
    /// Those of their customers whom the team does not want to hear.
    pub blocked: HashSet<CustomerId>,
}

/// The identities with these addresses, each with its conversations that a new message may go to (all but closed ones),
/// which are locked until the unit of work ends. The conversations come in the order of creation: the last of an
/// identity is its newest.
pub async fn with_conversations(
    unit: &UnitOfWork,
    scope: &TenantScope,
    addresses: &[(ChannelId, &str)],
) -> Result<Known, StoreError> {
    let dialect = unit.dialect();
    let tenant = Uuid::from(scope.tenant_id());
    let mut people: HashMap<IdentityId, IdentityRecord> = HashMap::new();
    let mut open = Vec::new();
    let mut blocked = HashSet::new();
    for addresses in addresses.chunks(dialect.rows_per_statement(3)) {
        let rows = (addresses.iter())
            .map(|(channel, id)| vec![tenant.into(), Uuid::from(*channel).into(), (*id).into()]);
        let (wanted, values) = dialect.rows(rows.collect(), &[], 1);
        let sql = format!(
            "WITH people AS (\
               SELECT identities.*, customers.blocked_at AS blocked_at \
               FROM ({wanted}) AS wanted CROSS JOIN identities CROSS JOIN customers \
               WHERE identities.tenant_id = wanted.column1 AND identities.channel_id = wanted.column2 \
               AND identities.external_id = wanted.column3 \
               AND customers.id = identities.customer_id), \
             open AS (\
               SELECT conversations.* FROM people CROSS JOIN conversations \
               WHERE conversations.tenant_id = people.tenant_id \
               AND conversations.identity_id = people.id AND conversations.status <> 'closed' \
               ORDER BY conversations.row_id{lock}) \
             SELECT {}, people.blocked_at IS NOT NULL AS is_blocked, {} FROM people LEFT JOIN open ON open.identity_id = people.id \
             ORDER BY open.row_id",
            columns::<identities::Column>("people", "i_"),
            columns::<conversations::Column>("open", "c_"),
            lock = dialect.lock("conversations"),
        );
        let statement =
            Statement::from_sql_and_values(unit.db().get_database_backend(), sql, values);
        for row in unit.db().query_all_raw(statement).await? {
            let identity = IdentityRecord::from(identities::Model::from_query_result(&row, "i_")?);
            if row.try_get("", "is_blocked")? {
                blocked.insert(identity.customer_id);
            }
            people.insert(identity.id, identity);
            let conversation = conversations::Model::from_query_result_optional(&row, "c_")?;
            open.extend(conversation.map(TryInto::try_into).transpose()?);
        }
    }
    Ok(Known {
        identities: people.into_values().collect(),
        conversations: open,
        blocked,
    })
}

/// All columns of `table`, each under its name with `prefix`.
fn columns<C: ColumnTrait>(table: &str, prefix: &str) -> String {
    let named = C::iter().map(|column| {
        let name = column.as_str();
        format!("{table}.{name} AS {prefix}{name}")
    });
    named.collect::<Vec<_>>().join(", ")
}

/// The identity a conversation is held with.
pub async fn of_conversation<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    conversation: ConversationId,
) -> Result<Option<IdentityRecord>, StoreError> {
    let identity: Option<Uuid> = conversations::Entity::find()
        .select_only()
        .column(conversations::Column::IdentityId)
        .filter(conversations::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(conversations::Column::Id.eq(Uuid::from(conversation)))
        .into_tuple()
        .one(db)
        .await?;
    let Some(identity) = identity else {
        return Ok(None);
    };
    Ok(identities::Entity::find_by_id(identity)
        .one(db)
        .await?
        .map(Into::into))
}

/// The customer with this proven phone or, failing that, this proven e-mail address, the oldest if two; and whether
/// he is blocked. Who was merged into another leads to that one.
pub async fn customer_by_proof(
    unit: &UnitOfWork,
    scope: &TenantScope,
    phone: Option<&str>,
    email: Option<&str>,
) -> Result<Option<(CustomerId, bool)>, StoreError> {
    use customers::Column;
    let proofs = [
        phone.map(|phone| {
            Condition::all()
                .add(Column::PhoneVerified.eq(true))
                .add(Column::Phone.eq(phone))
        }),
        email.map(|email| {
            Condition::all()
                .add(Column::EmailVerified.eq(true))
                .add(Column::Email.eq(email))
        }),
    ];
    for proof in proofs.into_iter().flatten() {
        let found: Option<Link> = links(scope)
            .filter(proof)
            .order_by_asc(Column::CreatedAt)
            .limit(1)
            .lock_shared()
            .into_tuple()
            .one(unit.db())
            .await?;
        if let Some(found) = found {
            let (id, blocked_at, _) = survivor(unit, scope, found).await?;
            return Ok(Some((id.into(), blocked_at.is_some())));
        }
    }
    Ok(None)
}

/// A customer, since when he is blocked, and into whom he was merged.
type Link = (Uuid, Option<i64>, Option<Uuid>);

fn links(scope: &TenantScope) -> Select<customers::Entity> {
    use customers::Column;
    customers::Entity::find()
        .select_only()
        .columns([Column::Id, Column::BlockedAt, Column::MergedInto])
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
}

/// Where a chain of merges ends.
async fn survivor(
    unit: &UnitOfWork,
    scope: &TenantScope,
    mut last: Link,
) -> Result<Link, StoreError> {
    for _ in 0..MERGES_IN_A_ROW {
        let Some(into) = last.2 else { break };
        let next = links(scope).filter(customers::Column::Id.eq(into));
        match next.into_tuple().one(unit.db()).await? {
            Some(next) => last = next,
            None => break,
        }
    }
    Ok(last)
}

/// Refuses, as [`StoreError::Stale`], work that starts conversations for customers who were merged or parted since it
/// read who has these addresses. What passes holds merges up until it is committed.
pub async fn check_holders(
    unit: &UnitOfWork,
    scope: &TenantScope,
    held: &[(IdentityId, CustomerId)],
) -> Result<(), StoreError> {
    // One writer alone reads what nobody can change meanwhile.
    if held.is_empty() || unit.dialect().is_exclusive() {
        return Ok(());
    }
    let rows: Vec<(Uuid, Uuid)> = identities::Entity::find()
        .select_only()
        .columns([identities::Column::Id, identities::Column::CustomerId])
        .filter(identities::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(bulk::among(
            unit.db(),
            identities::Column::Id,
            held.iter().map(|(id, _)| id.0),
        ))
        .order_by_asc(identities::Column::Id)
        .lock_shared()
        .into_tuple()
        .all(unit.db())
        .await?;
    let now: HashMap<Uuid, Uuid> = rows.into_iter().collect();
    let same = |(id, customer): &(IdentityId, CustomerId)| now.get(&id.0) == Some(&customer.0);
    match held.iter().all(same) {
        true => Ok(()),
        false => Err(StoreError::Stale),
    }
}

/// Stores new identities and the new ones among the customers behind them.
pub async fn insert(
    unit: &UnitOfWork,
    scope: &TenantScope,
    new_customers: &[NewCustomer],
    new: &[IdentityRecord],
) -> Result<(), StoreError> {
    let now = unit.now().millis();
    let customers: Vec<_> = new_customers
        .iter()
        .map(|customer| customers::ActiveModel {
            id: Set(customer.id.into()),
            tenant_id: Set(scope.tenant_id().into()),
            name: Set(customer.name.clone()),
            phone: Set(customer.verified_phone.clone()),
            phone_verified: Set(customer.verified_phone.is_some()),
            email: Set(customer.verified_email.clone()),
            email_verified: Set(customer.verified_email.is_some()),
            locale: Set(customer.locale.clone()),
            metadata: Set("{}".to_owned()),
            fields: Set("{}".to_owned()),
            blocked_at: Set(None),
            merged_into: Set(None),
            created_at: Set(now),
            updated_at: Set(now),
        })
        .collect();
    let identities: Vec<_> = new
        .iter()
        .map(|identity| identities::ActiveModel {
            id: Set(identity.id.into()),
            tenant_id: Set(scope.tenant_id().into()),
            customer_id: Set(identity.customer_id.into()),
            channel_id: Set(identity.channel_id.into()),
            external_id: Set(identity.external_id.clone()),
            display_name: Set(identity.display_name.clone()),
            verified: Set(identity.verified),
            blocked: Set(identity.blocked),
            metadata: Set("{}".to_owned()),
            created_at: Set(now),
        })
        .collect();
    bulk::insert(unit, customers, "").await?;
    bulk::insert(unit, identities, "").await
}

/// Notes whether the person blocked us.
pub async fn set_blocked(
    unit: &UnitOfWork,
    scope: &TenantScope,
    channel: ChannelId,
    external_id: &str,
    blocked: bool,
) -> Result<(), StoreError> {
    identities::Entity::update_many()
        .col_expr(identities::Column::Blocked, Expr::value(blocked))
        .filter(identities::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(identities::Column::ChannelId.eq(Uuid::from(channel)))
        .filter(identities::Column::ExternalId.eq(external_id))
        .exec(unit.db())
        .await?;
    Ok(())
}
