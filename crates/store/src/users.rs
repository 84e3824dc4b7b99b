//! People who sign in.

use omni_model::{OperatorStatus, PlatformScope, Role, TenantId, TenantScope, Timestamp, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use uuid::Uuid;

use crate::entity::tenants;
use crate::entity::users::{ActiveModel, Column, Entity, Model};
use crate::records::{json, to_json, word};
use crate::{Dialect, StoreError, UnitOfWork};

/// A person's row.
#[derive(Clone, Debug, PartialEq)]
pub struct UserRecord {
    pub id: UserId,
    pub tenant_id: TenantId,
    /// Normalised: compared as it stands.
    pub email: String,
    pub name: String,
    /// `None` = cannot sign in with a password.
    pub password_hash: Option<String>,
    pub role: Role,
    pub status: OperatorStatus,
    pub status_changed_at: Timestamp,
    pub skills: Vec<String>,
    /// `None` = the tenant's setting.
    pub capacity: Option<i64>,
    /// Grows when his rights change; access tokens name the one they were issued at.
    pub version: i64,
    pub disabled: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl UserRecord {
    /// The scope of his tenant.
    pub const fn scope(&self) -> TenantScope {
        TenantScope::of(self.tenant_id)
    }
}

impl TryFrom<Model> for UserRecord {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        const T: &str = "users";
        Ok(Self {
            id: row.id.into(),
            tenant_id: row.tenant_id.into(),
            email: row.email,
            name: row.name,
            password_hash: row.password_hash,
            role: word(&row.role, T, "role")?,
            status: word(&row.status, T, "status")?,
            status_changed_at: Timestamp::from_millis(row.status_changed_at),
            skills: json(&row.skills, T, "skills")?,
            capacity: row.capacity,
            version: row.version,
            disabled: row.disabled,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        })
    }
}

/// Stores a new person. His e-mail address may be taken: [`crate::UniqueKey::USER_EMAIL`].
pub async fn insert(unit: &UnitOfWork, record: &UserRecord) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(record.id.into()),
        tenant_id: Set(record.tenant_id.into()),
        email: Set(record.email.clone()),
        name: Set(record.name.clone()),
        password_hash: Set(record.password_hash.clone()),
        role: Set(record.role.as_str().to_owned()),
        status: Set(record.status.as_str().to_owned()),
        status_changed_at: Set(record.status_changed_at.millis()),
        skills: Set(to_json(&record.skills)),
        capacity: Set(record.capacity),
        version: Set(record.version),
        disabled: Set(record.disabled),
        created_at: Set(record.created_at.millis()),
        updated_at: Set(record.updated_at.millis()),
    };
    Entity::insert(row)
        .exec_without_returning(unit.db())
        .await?;
    Ok(())
}

/// A person of the tenant.
pub async fn find<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    id: UserId,
) -> Result<Option<UserRecord>, StoreError> {
    Entity::find_by_id(Uuid::from(id))
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .one(db)
        .await?
        .map(TryInto::try_into)
        .transpose()
}

/// The accounts of an e-mail address, in all tenants or the one with this slug; `limit` at most.
pub async fn by_email<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
    email: &str,
    slug: Option<&str>,
    limit: u64,
) -> Result<Vec<UserRecord>, StoreError> {
    let mut query = Entity::find().filter(Column::Email.eq(email));
    if let Some(slug) = slug {
        let tenant = tenants::Entity::find()
            .select_only()
            .column(tenants::Column::Id)
            .filter(tenants::Column::Slug.eq(slug))
            .into_query();
        query = query.filter(Column::TenantId.in_subquery(tenant));
    }
    query
        .order_by_asc(Column::CreatedAt)
        .limit(limit)
        .all(db)
        .await?
        .into_iter()
        .map(TryInto::try_into)
        .collect()
}

/// Somebody who would take a conversation now.
#[derive(Clone, Debug)]
pub struct OnlineOperator {
    pub id: UserId,
    /// `None` = the tenant's setting.
    pub capacity: Option<i64>,
    /// His open conversations.
    pub open: i64,
    pub skills: Vec<String>,
}

/// Who would take conversations now, and how many wait.
#[derive(Clone, Debug, Default)]
pub struct Taking {
    pub operators: Vec<OnlineOperator>,
    /// Open conversations in the queue; counted only if anybody takes them.
    pub waiting: i64,
    /// Those of them that wait for a team.
    pub waiting_for_teams: i64,
}

#[derive(FromQueryResult)]
struct OnlineRow {
    id: Uuid,
    capacity: Option<i64>,
    open: i64,
    skills: String,
    waiting: i64,
    waiting_for_teams: i64,
}

/// Everybody who would take a conversation now.
pub async fn taking<C: ConnectionTrait>(db: &C, scope: &TenantScope) -> Result<Taking, StoreError> {
    const OPEN: &str = "CAST(COALESCE((SELECT SUM(n) FROM counters \
         WHERE counters.tenant_id = users.tenant_id AND counters.assignee = users.id \
         AND counters.status = 'open'), 0) AS BIGINT)";
    let nobody = Dialect::of(db).nobody();
    let waiting = OPEN.replace("users.id", nobody);
    let of_a_team = format!("AND counters.team <> {nobody} AND counters.status");
    let for_teams = waiting.replace("AND counters.status", &of_a_team);
    let taking = Role::ALL.iter().filter(|role| role.takes_conversations());
    let rows: Vec<OnlineRow> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::Capacity, Column::Skills])
        .expr_as(Expr::cust(OPEN), "open")
        .expr_as(Expr::cust(waiting), "waiting")
        .expr_as(Expr::cust(for_teams), "waiting_for_teams")
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::Status.eq(OperatorStatus::Online.as_str()))
        .filter(Column::Disabled.eq(false))
        .filter(Column::Role.is_in(taking.map(|role| role.as_str())))
        .into_model()
        .all(db)
        .await?;
    let (waiting, waiting_for_teams) = rows
        .first()
        .map_or((0, 0), |row| (row.waiting, row.waiting_for_teams));
    let operators = rows.into_iter().map(|row| {
        Ok(OnlineOperator {
            id: row.id.into(),
            capacity: row.capacity,
            open: row.open,
            skills: json(&row.skills, "users", "skills")?,
        })
    });
    Ok(Taking {
        operators: operators.collect::<Result<_, StoreError>>()?,
        waiting,
        waiting_for_teams,
    })
}

/// One page of the tenant's people, newest first, and how many there are. `after` = the last one of the
/// page before. Those who may not come in any more are left out unless asked for.
pub async fn page<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    with_disabled: bool,
    after: Option<(Timestamp, UserId)>,
    offset: u64,
    limit: u64,
) -> Result<(Vec<UserRecord>, u64), StoreError> {
    let mut active = Entity::find().filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())));
    if !with_disabled {
        active = active.filter(Column::Disabled.eq(false));
    }
    let total = active.clone().count(db).await?;
    let mut query = active
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
    let rows = query.offset(offset).limit(limit).all(db).await?;
    let people = rows
        .into_iter()
        .map(TryInto::try_into)
        .collect::<Result<_, _>>()?;
    Ok((people, total))
}

/// Changes whether he takes conversations. Returns whether that is news.
pub async fn set_status(
    unit: &UnitOfWork,
    scope: &TenantScope,
    id: UserId,
    status: OperatorStatus,
) -> Result<bool, StoreError> {
    let done = Entity::update_many()
        .col_expr(Column::Status, Expr::value(status.as_str()))
        .col_expr(Column::StatusChangedAt, Expr::value(unit.now().millis()))
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::Id.eq(Uuid::from(id)))
        .filter(Column::Status.ne(status.as_str()))
        .exec(unit.db())
        .await?;
    Ok(done.rows_affected > 0)
}

/// Replaces the password `old_hash` belongs to. Returns false if somebody replaced it first.
pub async fn replace_password(
    unit: &UnitOfWork,
    scope: &TenantScope,
    id: UserId,
    old_hash: &str,
    new_hash: &str,
) -> Result<bool, StoreError> {
    let done = Entity::update_many()
        .col_expr(Column::PasswordHash, Expr::value(new_hash))
        .col_expr(Column::UpdatedAt, Expr::value(unit.now().millis()))
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::Id.eq(Uuid::from(id)))
        .filter(Column::PasswordHash.eq(old_hash))
        .exec(unit.db())
        .await?;
    Ok(done.rows_affected > 0)
}
