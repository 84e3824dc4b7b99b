//! Counting that stops.

use omni_model::{Total, limits};
use sea_orm::sea_query::{Alias, Expr, Query};
use sea_orm::{ConnectionTrait, EntityTrait, QuerySelect, QueryTrait, Select};

use crate::StoreError;

/// How many rows match, counted up to [`limits::COUNT_CAP`].
///
/// SeaORM's own `count` drops the limit of a query and would count them all.
pub(crate) async fn count<C: ConnectionTrait, E: EntityTrait>(
    db: &C,
    matching: Select<E>,
) -> Result<Total, StoreError> {
    let rows = matching
        .select_only()
        .expr(Expr::val(1))
        .limit(limits::COUNT_CAP)
        .into_query();
    let query = Query::select()
        .expr_as(Expr::cust("COUNT(*)"), Alias::new("n"))
        .from_subquery(rows, Alias::new("matching"))
        .to_owned();
    let counted: i64 = match db.query_one(&query).await? {
        Some(row) => row.try_get("", "n")?,
        None => 0,
    };
    let counted = u64::try_from(counted).unwrap_or(0);
    Ok(if counted < limits::COUNT_CAP {
        Total::Exact(counted)
    } else {
        Total::AtLeast(counted)
    })
}
