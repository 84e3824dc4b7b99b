//! Business hours: of the company, of its teams, and when routing is to look at the queue again.

use std::collections::HashMap;

use omni_model::{
    HoursSettings, PlatformScope, Schedule, TeamHours, TeamId, TenantScope, Timestamp,
};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::entity::{teams, tenants as rows};
use crate::records::{json, to_json};
use crate::{StoreError, UnitOfWork, tenants};

/// The settings' key of hours.
const HOURS: &str = "hours";

/// The company's hours; the defaults until somebody sets something.
pub async fn of_company<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
) -> Result<HoursSettings, StoreError> {
    tenants::setting(db, scope, HOURS).await
}

/// Sets the company's hours. Returns what was set before. The row is locked until the unit of work ends.
pub async fn set_company(
    unit: &UnitOfWork,
    scope: &TenantScope,
    hours: &HoursSettings,
) -> Result<HoursSettings, StoreError> {
    tenants::replace_setting(unit, scope, HOURS, hours).await
}

/// The hours of a team; `None` where there is no such team.
pub async fn of_team<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    id: TeamId,
) -> Result<Option<TeamHours>, StoreError> {
    let row: Option<Option<String>> = present(scope)
        .select_only()
        .column(teams::Column::Hours)
        .filter(teams::Column::Id.eq(id.0))
        .into_tuple()
        .one(db)
        .await?;
    let Some(text) = row else {
        return Ok(None);
    };
    let schedule = text.map(|text| json(&text, "teams", "hours")).transpose()?;
    Ok(Some(TeamHours { schedule }))
}

/// Sets the hours of a locked team.
pub async fn set_team(
    unit: &UnitOfWork,
    scope: &TenantScope,
    id: TeamId,
    hours: &TeamHours,
) -> Result<(), StoreError> {
    let text = hours.schedule.as_ref().map(to_json);
    teams::Entity::update_many()
        .col_expr(teams::Column::Hours, Expr::value(text))
        .col_expr(teams::Column::UpdatedAt, Expr::value(unit.now().millis()))
        .filter(teams::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(teams::Column::Id.eq(id.0))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// The schedules of all teams that have one of their own.
pub async fn of_teams<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
) -> Result<HashMap<TeamId, Schedule>, StoreError> {
    let found: Vec<(Uuid, String)> = present(scope)
        .select_only()
        .columns([teams::Column::Id, teams::Column::Hours])
        .filter(teams::Column::Hours.is_not_null())
        .into_tuple()
        .all(db)
        .await?;
    found
        .into_iter()
        .map(|(id, text)| Ok((TeamId(id), json(&text, "teams", "hours")?)))
        .collect()
}

fn present(scope: &TenantScope) -> sea_orm::Select<teams::Entity> {
    teams::Entity::find()
        .filter(teams::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(teams::Column::DeletedAt.is_null())
}

/// Notes that routing is to look at the company's queue again at this time. An earlier note stands: looking once
/// too often costs little.
pub async fn remind(
    unit: &UnitOfWork,
    scope: &TenantScope,
    at: Timestamp,
) -> Result<(), StoreError> {
    let later = Condition::any()
        .add(rows::Column::RouteAgainAt.is_null())
        .add(rows::Column::RouteAgainAt.gt(at.millis()));
    rows::Entity::update_many()
        .col_expr(rows::Column::RouteAgainAt, Expr::value(at.millis()))
        .filter(rows::Column::Id.eq(Uuid::from(scope.tenant_id())))
        .filter(later)
        .exec(unit.db())
        .await?;
    Ok(())
}

/// The companies at whose queues routing is to look now.
pub async fn due<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
    now: Timestamp,
) -> Result<Vec<TenantScope>, StoreError> {
    let ids: Vec<Uuid> = rows::Entity::find()
        .select_only()
        .column(rows::Column::Id)
        .filter(rows::Column::RouteAgainAt.lte(now.millis()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids
        .into_iter()
        .map(|id| TenantScope::of(id.into()))
        .collect())
}

/// Forgets a note whose time has come. Says whether there was one: of two who saw it, one has it.
pub async fn take_due(
    unit: &UnitOfWork,
    scope: &TenantScope,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = rows::Entity::update_many()
        .col_expr(rows::Column::RouteAgainAt, Expr::value(None::<i64>))
        .filter(rows::Column::Id.eq(Uuid::from(scope.tenant_id())))
        .filter(rows::Column::RouteAgainAt.lte(now.millis()))
        .exec(unit.db())
        .await?;
    Ok(done.rows_affected > 0)
}
