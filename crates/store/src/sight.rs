//! What somebody sees who does not see all, as conditions of lists and counters; and since when.

use omni_model::{SeenBy, TenantScope, UserId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter,
    QuerySelect,
};
use uuid::Uuid;

use crate::entity::{conversations, counters, sight_changes};
use crate::{StoreError, UnitOfWork, events};

/// Stands for nobody and for no team in the counters, whose keys cannot be null.
pub(crate) const NONE: Uuid = Uuid::nil();

/// The conversations that are seen.
pub(crate) fn conversations_seen(by: &SeenBy) -> Condition {
    use conversations::Column;
    let of_teams = || Column::AssignedTeam.is_in(by.teams.iter().map(|team| team.0));
    let waits = Condition::any()
        .add(Column::AssignedTeam.is_null())
        .add(of_teams());
    let mut seen = Condition::any()
        .add(Column::AssignedTo.eq(by.operator.0))
        .add(
            Condition::all()
                .add(Column::AssignedTo.is_null())
                .add(waits),
        );
    if by.colleagues {
        seen = seen.add(of_teams());
    }
    seen
}

/// The cells of the counters that count them.
pub(crate) fn cells_seen(by: &SeenBy) -> Condition {
    use counters::Column;
    let of_teams = || Column::Team.is_in(by.teams.iter().map(|team| team.0));
    let waits = Condition::any().add(Column::Team.eq(NONE)).add(of_teams());
    let mut seen = Condition::any()
        .add(Column::Assignee.eq(by.operator.0))
        .add(Condition::all().add(Column::Assignee.eq(NONE)).add(waits));
    if by.colleagues {
        seen = seen.add(of_teams());
    }
    seen
}

/// Notes that these people see other conversations from now on: what they were told before does not hold.
pub async fn changed(
    unit: &UnitOfWork,
    scope: &TenantScope,
    people: &[UserId],
) -> Result<(), StoreError> {
    if people.is_empty() {
        return Ok(());
    }
    let (head, _) = events::head(unit.db(), scope).await?;
    let rows = people.iter().map(|person| sight_changes::ActiveModel {
        user_id: Set(person.0),
        tenant_id: Set(scope.tenant_id().0),
        seq: Set(head),
    });
    let conflict = OnConflict::column(sight_changes::Column::UserId)
        .update_column(sight_changes::Column::Seq)
        .to_owned();
    sight_changes::Entity::insert_many(rows)
        .on_conflict(conflict)
        .exec_without_returning(unit.db())
        .await?;
    Ok(())
}

/// Up to which event this person saw other conversations; `None` = always the same.
pub async fn changed_at<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    person: UserId,
) -> Result<Option<i64>, StoreError> {
    Ok(sight_changes::Entity::find_by_id(person.0)
        .select_only()
        .column(sight_changes::Column::Seq)
        .filter(sight_changes::Column::TenantId.eq(scope.tenant_id().0))
        .into_tuple()
        .one(db)
        .await?)
}
