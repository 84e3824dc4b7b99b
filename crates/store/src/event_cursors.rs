//! How far readers of the event log have come. A reader is named by the queue in whose lane it reads; a tenant without
//! a cursor is not followed by that reader.

use omni_model::{Epoch, PlatformScope, Queue, TenantId, TenantScope};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, QueryFilter,
    QuerySelect, Select,
};
use uuid::Uuid;

use crate::bulk;
use crate::entity::event_cursors::{ActiveModel, Column, Entity};
use crate::entity::{event_heads, lanes};
use crate::{StoreError, UnitOfWork};

/// The last event that a reader is done with, and the life of the log that counted it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventCursor {
    pub seq: i64,
    pub epoch: Epoch,
}

/// How far `reader` has come; `None` where it does not follow this tenant.
pub async fn get<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    reader: Queue,
) -> Result<Option<EventCursor>, StoreError> {
    let key = (Uuid::from(scope.tenant_id()), reader.as_str().to_owned());
    let row = Entity::find_by_id(key).one(db).await?;
    Ok(row.map(|row| EventCursor {
        seq: row.seq,
        epoch: Epoch(row.epoch),
    }))
}

/// Notes how far `reader` has come; the first time, it follows this tenant from here on.
pub async fn put(
    unit: &UnitOfWork,
    scope: &TenantScope,
    reader: Queue,
    cursor: EventCursor,
) -> Result<(), StoreError> {
    let row = ActiveModel {
        tenant_id: Set(scope.tenant_id().into()),
        reader: Set(reader.as_str().to_owned()),
        seq: Set(cursor.seq),
        epoch: Set(cursor.epoch.0),
    };
    let mut again = OnConflict::columns([Column::TenantId, Column::Reader]);
    again.update_columns([Column::Seq, Column::Epoch]);
    Entity::insert(row)
        .on_conflict(again)
        .exec_without_returning(unit.db())
        .await?;
    Ok(())
}

/// Those of `tenants` whose log goes on beyond what `reader` has read.
pub async fn behind<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
    reader: Queue,
    tenants: &[TenantId],
) -> Result<Vec<TenantId>, StoreError> {
    let ids = tenants.iter().map(|tenant| tenant.0);
    let query = all_behind(reader).filter(bulk::among(db, Column::TenantId, ids));
    ids_of(query, db).await
}

/// Up to `limit` tenants whose log goes on beyond what `reader` has read, and of whom nobody told it: its lane is not
/// there.
pub async fn left_behind<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
    reader: Queue,
    limit: u64,
) -> Result<Vec<TenantId>, StoreError> {
    let told = Query::select()
        .expr(Expr::val(1))
        .from(lanes::Entity)
        .and_where(Expr::col((lanes::Entity, lanes::Column::Queue)).eq(reader.as_str()))
        .and_where(
            Expr::col((lanes::Entity, lanes::Column::TenantId)).equals((Entity, Column::TenantId)),
        )
        .to_owned();
    let query = all_behind(reader)
        .filter(Expr::exists(told).not())
        .limit(limit);
    ids_of(query, db).await
}

fn all_behind(reader: Queue) -> Select<Entity> {
    let head = |column| Expr::col((event_heads::Entity, column));
    let of_tenant = Entity::belongs_to(event_heads::Entity)
        .from(Column::TenantId)
        .to(event_heads::Column::TenantId);
    let goes_on = Condition::any()
        .add(head(event_heads::Column::Seq).gt(Expr::col((Entity, Column::Seq))))
        .add(head(event_heads::Column::Epoch).ne(Expr::col((Entity, Column::Epoch))));
    Entity::find()
        .select_only()
        .column(Column::TenantId)
        .join(JoinType::InnerJoin, of_tenant.into())
        .filter(Column::Reader.eq(reader.as_str()))
        .filter(goes_on)
}

async fn ids_of<C: ConnectionTrait>(
    query: Select<Entity>,
    db: &C,
) -> Result<Vec<TenantId>, StoreError> {
    let ids: Vec<Uuid> = query.into_tuple().all(db).await?;
    Ok(ids.into_iter().map(TenantId).collect())
}
