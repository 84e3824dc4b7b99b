//! Teams and who is in them.

use std::collections::HashMap;

use omni_model::{ConversationStatus, Team, TeamId, TenantScope, Timestamp, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, JoinType, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::entity::{conversations, team_members, teams};
use crate::{ConversationRecord, StoreError, UnitOfWork};

/// The tenant's teams by name, with their members.
pub async fn list<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
) -> Result<Vec<Team>, StoreError> {
    let rows = present(scope)
        .order_by_asc(teams::Column::Name)
        .order_by_asc(teams::Column::Id)
        .all(db)
        .await?;
    let mut members = members(db, scope).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let members = members.remove(&TeamId(row.id)).unwrap_or_default();
            team(row, members)
        })
        .collect())
}

/// A team with its members; deleted ones are not found.
pub async fn find<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    id: TeamId,
) -> Result<Option<Team>, StoreError> {
    let row = present(scope)
        .filter(teams::Column::Id.eq(id.0))
        .one(db)
        .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let members = team_members::Entity::find()
        .select_only()
        .column(team_members::Column::UserId)
        .filter(team_members::Column::TenantId.eq(scope.tenant_id().0))
        .filter(team_members::Column::TeamId.eq(id.0))
        .order_by_asc(team_members::Column::UserId)
        .into_tuple::<Uuid>()
        .all(db)
        .await?;
    let members = members.into_iter().map(UserId).collect();
    Ok(Some(team(row, members)))
}

/// Locks a team until the unit of work ends; answers whether it is there.
pub async fn lock(unit: &UnitOfWork, scope: &TenantScope, id: TeamId) -> Result<bool, StoreError> {
    let row = present(scope)
        .filter(teams::Column::Id.eq(id.0))
        .lock_exclusive()
        .one(unit.db())
        .await?;
    Ok(row.is_some())
}

/// How many teams there are.
pub async fn count<C: ConnectionTrait>(db: &C, scope: &TenantScope) -> Result<u64, StoreError> {
    Ok(present(scope).count(db).await?)
}

fn present(scope: &TenantScope) -> sea_orm::Select<teams::Entity> {
    teams::Entity::find()
        .filter(teams::Column::TenantId.eq(scope.tenant_id().0))
        .filter(teams::Column::DeletedAt.is_null())
}

fn team(row: teams::Model, members: Vec<UserId>) -> Team {
    Team {
        id: row.id.into(),
        name: row.name,
        members,
        created_at: Timestamp::from_millis(row.created_at),
        updated_at: Timestamp::from_millis(row.updated_at),
    }
}

/// Who is in which team, for all teams of the tenant.
async fn members<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
) -> Result<HashMap<TeamId, Vec<UserId>>, StoreError> {
    let rows: Vec<(Uuid, Uuid)> = team_members::Entity::find()
        .select_only()
        .columns([team_members::Column::TeamId, team_members::Column::UserId])
        .filter(team_members::Column::TenantId.eq(scope.tenant_id().0))
        .order_by_asc(team_members::Column::UserId)
        .into_tuple()
        .all(db)
        .await?;
    let mut members: HashMap<TeamId, Vec<UserId>> = HashMap::new();
    for (team, user) in rows {
        members.entry(TeamId(team)).or_default().push(UserId(user));
    }
    Ok(members)
}

/// The teams of each of these people.
pub async fn of_people<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    people: &[UserId],
) -> Result<HashMap<UserId, Vec<TeamId>>, StoreError> {
    let rows: Vec<(Uuid, Uuid)> = team_members::Entity::find()
        .select_only()
        .columns([team_members::Column::UserId, team_members::Column::TeamId])
        .filter(team_members::Column::TenantId.eq(scope.tenant_id().0))
        .filter(team_members::Column::UserId.is_in(people.iter().map(|id| id.0)))
        .order_by_asc(team_members::Column::TeamId)
        .into_tuple()
        .all(db)
        .await?;
    let mut teams: HashMap<UserId, Vec<TeamId>> = HashMap::new();
    for (user, team) in rows {
        teams.entry(UserId(user)).or_default().push(TeamId(team));
    }
    Ok(teams)
}

/// Stores a new team. Its name may be taken: [`crate::UniqueKey::TEAM_NAME`].
pub async fn insert(unit: &UnitOfWork, scope: &TenantScope, team: &Team) -> Result<(), StoreError> {
    let row = teams::ActiveModel {
        id: Set(team.id.0),
        tenant_id: Set(scope.tenant_id().0),
        name: Set(team.name.clone()),
        deleted_at: Set(None),
        hours: Set(None),
        created_at: Set(team.created_at.millis()),
        updated_at: Set(team.updated_at.millis()),
    };
    teams::Entity::insert(row)
        .exec_without_returning(unit.db())
        .await?;
    join(unit, scope, team.id, &team.members).await
}

/// Writes the name of a locked team, and who joined and who left it.
pub async fn update(
    unit: &UnitOfWork,
    scope: &TenantScope,
    before: &Team,
    team: &Team,
) -> Result<(), StoreError> {
    teams::Entity::update_many()
        .col_expr(teams::Column::Name, Expr::value(team.name.as_str()))
        .col_expr(teams::Column::UpdatedAt, Expr::value(unit.now().millis()))
        .filter(teams::Column::TenantId.eq(scope.tenant_id().0))
        .filter(teams::Column::Id.eq(team.id.0))
        .exec(unit.db())
        .await?;
    leave(
        unit,
        scope,
        team.id,
        &without(&before.members, &team.members),
    )
    .await?;
    join(
        unit,
        scope,
        team.id,
        &without(&team.members, &before.members),
    )
    .await
}

fn without(people: &[UserId], others: &[UserId]) -> Vec<UserId> {
    let left = people.iter().filter(|person| !others.contains(person));
    left.copied().collect()
}

async fn join(
    unit: &UnitOfWork,
    scope: &TenantScope,
    id: TeamId,
    people: &[UserId],
) -> Result<(), StoreError> {
    if people.is_empty() {
        return Ok(());
    }
    let rows = people.iter().map(|member| team_members::ActiveModel {
        tenant_id: Set(scope.tenant_id().0),
        team_id: Set(id.0),
        user_id: Set(member.0),
    });
    team_members::Entity::insert_many(rows)
        .exec_without_returning(unit.db())
        .await?;
    Ok(())
}

async fn leave(
    unit: &UnitOfWork,
    scope: &TenantScope,
    id: TeamId,
    people: &[UserId],
) -> Result<(), StoreError> {
    if people.is_empty() {
        return Ok(());
    }
    team_members::Entity::delete_many()
        .filter(team_members::Column::TenantId.eq(scope.tenant_id().0))
        .filter(team_members::Column::TeamId.eq(id.0))
        .filter(team_members::Column::UserId.is_in(people.iter().map(|person| person.0)))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// Takes somebody out of all teams.
pub async fn leave_all(
    unit: &UnitOfWork,
    scope: &TenantScope,
    person: UserId,
) -> Result<(), StoreError> {
    team_members::Entity::delete_many()
        .filter(team_members::Column::TenantId.eq(scope.tenant_id().0))
        .filter(team_members::Column::UserId.eq(person.0))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// Deletes a locked team: nobody is in it any more. Its row stays, for the closed conversations it had.
pub async fn delete(unit: &UnitOfWork, scope: &TenantScope, id: TeamId) -> Result<(), StoreError> {
    team_members::Entity::delete_many()
        .filter(team_members::Column::TenantId.eq(scope.tenant_id().0))
        .filter(team_members::Column::TeamId.eq(id.0))
        .exec(unit.db())
        .await?;
    teams::Entity::update_many()
        .col_expr(teams::Column::DeletedAt, Expr::value(unit.now().millis()))
        .filter(teams::Column::TenantId.eq(scope.tenant_id().0))
        .filter(teams::Column::Id.eq(id.0))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// Conversations of a team that may go on, the oldest first, locked.
pub async fn lock_conversations(
    unit: &UnitOfWork,
    scope: &TenantScope,
    id: TeamId,
    limit: u64,
) -> Result<Vec<ConversationRecord>, StoreError> {
    use conversations::{Column, Entity};
    Entity::find()
        .filter(Column::TenantId.eq(scope.tenant_id().0))
        .filter(Column::AssignedTeam.eq(id.0))
        .filter(Column::Status.ne(ConversationStatus::Closed.as_str()))
        .order_by_asc(Column::RowId)
        .limit(limit)
        .lock_exclusive()
        .all(unit.db())
        .await?
        .into_iter()
        .map(TryInto::try_into)
        .collect()
}

/// A team, as routing needs it.
#[derive(Clone, Debug, Default)]
pub struct Crew {
    pub name: String,
    pub members: Vec<UserId>,
}

/// All teams with their members, in one statement.
pub async fn crews<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
) -> Result<HashMap<TeamId, Crew>, StoreError> {
    let member = teams::Entity::belongs_to(team_members::Entity)
        .from(teams::Column::Id)
        .to(team_members::Column::TeamId);
    let rows: Vec<(Uuid, String, Option<Uuid>)> = present(scope)
        .select_only()
        .columns([teams::Column::Id, teams::Column::Name])
        .column(team_members::Column::UserId)
        .join(JoinType::LeftJoin, member.into())
        .into_tuple()
        .all(db)
        .await?;
    let mut crews: HashMap<TeamId, Crew> = HashMap::new();
    for (id, name, member) in rows {
        let crew = crews.entry(TeamId(id)).or_default();
        crew.name = name;
        crew.members.extend(member.map(UserId));
    }
    Ok(crews)
}
