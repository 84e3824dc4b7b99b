//! Many rows changed by one statement.

use sea_orm::{ConnectionTrait, Statement, Value};

use crate::{StoreError, UnitOfWork};

/// Sets `columns` of the rows of `table` whose `key` column equals the first value of each row of
/// `rows`; the other values follow the order of `columns`. Returns how many rows changed.
///
/// Both engines name the columns of a `VALUES` list `column1`, `column2`, ...
pub(crate) async fn update(
    unit: &UnitOfWork,
    table: &str,
    key: &str,
    columns: &[&str],
    rows: Vec<Vec<Value>>,
) -> Result<u64, StoreError> {
    let width = columns.len() + 1;
    let assignments: Vec<String> = columns
        .iter()
        .zip(2..)
        .map(|(column, at)| format!("{column} = v.column{at}"))
        .collect();
    let mut changed = 0;
    for chunk in crate::lanes::chunks(rows, unit.dialect().rows_per_statement(width)) {
        let mut sql = format!(
            "UPDATE {table} SET {} FROM (VALUES ",
            assignments.join(", ")
        );
        for row in 0..chunk.len() {
            sql.push_str(if row == 0 { "(" } else { ", (" });
            for at in 1..=width {
                if at > 1 {
                    sql.push(',');
                }
                sql.push_str(&unit.dialect().placeholder(row * width + at));
            }
            sql.push(')');
        }
        sql.push_str(&format!(") AS v WHERE {table}.{key} = v.column1"));
        let statement = Statement::from_sql_and_values(
            unit.db().get_database_backend(),
            sql,
            chunk.into_iter().flatten(),
        );
        changed += unit.db().execute_raw(statement).await?.rows_affected();
    }
    Ok(changed)
}
