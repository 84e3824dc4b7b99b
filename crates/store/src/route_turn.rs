//! Whose turn it is to hand out a tenant's conversations.

use omni_model::TenantScope;
use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

use crate::{StoreError, UnitOfWork};

/// Waits until nobody else routes this tenant's conversations; then nobody does until this unit of work ends.
pub async fn take(unit: &UnitOfWork, scope: &TenantScope) -> Result<(), StoreError> {
    if let Some((take, _)) = unit.dialect().turn_locks() {
        unit.db().execute_raw(turn(unit, take, scope)).await?;
    }
    Ok(())
}

/// Like [`take`], without waiting: whether nobody else routes them now.
pub async fn try_take(unit: &UnitOfWork, scope: &TenantScope) -> Result<bool, StoreError> {
    let Some((_, try_to)) = unit.dialect().turn_locks() else {
        return Ok(true);
    };
    let row = unit.db().query_one_raw(turn(unit, try_to, scope)).await?;
    Ok(row
        .map(|row| row.try_get_by_index(0))
        .transpose()?
        .unwrap_or(false))
}

fn turn(unit: &UnitOfWork, function: &str, scope: &TenantScope) -> Statement {
    // Tenants whose ids end alike would only wait for each other.
    let (_, key) = Uuid::from(scope.tenant_id()).as_u64_pair();
    Statement::from_sql_and_values(
        unit.db().get_database_backend(),
        format!("SELECT {function}($1)"),
        [key.cast_signed().into()],
    )
}
