//! Many rows in one statement.
//!
//! On PostgreSQL the values of a column go over as one array, so that the text is the same for any number of
//! rows and is parsed and planned once. SQLite, which has no arrays, parses faster than it would take one apart.

use omni_model::TenantScope;
use sea_orm::sea_query::extension::postgres::PgFunc;
use sea_orm::sea_query::{ArrayType, Expr, ExprTrait, Func};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, ConnectionTrait, EntityName, EntityTrait,
    ExecResult, IdenStatic, Iterable, Statement, Value,
};

use uuid::Uuid;

use crate::{Dialect, StoreError, UnitOfWork};

/// New rows of one table, all with the same columns set.
pub(crate) struct NewRows {
    table: &'static str,
    columns: Vec<&'static str>,
    /// For each of them, whether it may be null.
    nullable: Vec<bool>,
    values: Vec<Vec<Value>>,
    /// Columns that the database fills in, and with what.
    computed: Vec<(&'static str, String)>,
    /// A column that the database adds something to.
    raised: Option<(&'static str, &'static str)>,
    /// Without it, none is stored.
    condition: Option<String>,
}

impl<A: ActiveModelTrait> From<Vec<A>> for NewRows {
    fn from(mut rows: Vec<A>) -> Self {
        let (mut columns, mut nullable) = (Vec::new(), Vec::new());
        let mut values: Vec<Vec<Value>> = rows.iter().map(|_| Vec::new()).collect();
        for column in <A::Entity as EntityTrait>::Column::iter() {
            let mut set = false;
            for (row, values) in rows.iter_mut().zip(&mut values) {
                if let ActiveValue::Set(value) | ActiveValue::Unchanged(value) = row.take(column) {
                    values.push(value);
                    set = true;
                }
            }
            if set {
                columns.push(column.as_str());
                nullable.push(column.def().is_null());
            }
        }
        Self {
            table: A::Entity::default().table_name(),
            columns,
            nullable,
            values,
            computed: Vec::new(),
            raised: None,
            condition: None,
        }
    }
}

impl NewRows {
    /// Lets the database fill in `column`, which no row sets.
    pub(crate) fn computing(mut self, column: &'static str, expression: impl Into<String>) -> Self {
        self.computed.push((column, expression.into()));
        self
    }

    /// Lets the database add what `expression` says to `column`.
    pub(crate) fn raising(mut self, column: &'static str, expression: &'static str) -> Self {
        self.raised = Some((column, expression));
        self
    }

    /// Lets the database store them only where `condition` holds.
    pub(crate) fn when(mut self, condition: impl Into<String>) -> Self {
        self.condition = Some(condition.into());
        self
    }

    /// PostgreSQL: the statement that stores them, its values bound to places from `place` on.
    pub(crate) fn statement(self, conflict: &str, place: usize) -> (String, Vec<Value>) {
        let (head, source) = self.frame();
        let (list, values) = arrays(self.values, &self.nullable, place);
        (format!("{head} {} {conflict}", source(list)), values)
    }

    /// What the statement begins with, and what makes its source of the list of given values.
    fn frame(&self) -> (String, impl Fn(String) -> String + use<>) {
        let computed = self.computed.iter().map(|(column, _)| *column);
        let columns: Vec<&str> = self.columns.iter().copied().chain(computed).collect();
        let head = format!("INSERT INTO {} ({})", self.table, columns.join(", "));
        let given = (self.columns.iter().zip(1..)).map(|(column, at)| match self.raised {
            Some((raised, by)) if raised == *column => format!("rows.column{at} + {by}"),
            _ => format!("rows.column{at}"),
        });
        let computed = self
            .computed
            .iter()
            .map(|(_, expression)| expression.clone());
        let selected: Vec<String> = given.chain(computed).collect();
        // Without a condition SQLite would take a following ON for that of a join.
        let condition = self.condition.clone().unwrap_or_else(|| "true".to_owned());
        let plain = self.computed.is_empty() && self.raised.is_none() && self.condition.is_none();
        let source = move |list: String| {
            if plain {
                return list;
            }
            let selected = selected.join(", ");
            format!("SELECT {selected} FROM ({list}) AS rows WHERE {condition}")
        };
        (head, source)
    }
}

/// Stores new rows, all with the same columns set. `conflict` is what the statement ends with, the same on
/// both engines.
pub(crate) async fn insert(
    unit: &UnitOfWork,
    rows: impl Into<NewRows>,
    conflict: &str,
) -> Result<(), StoreError> {
    let rows = rows.into();
    let most = unit.dialect().rows_per_statement(1);
    if unit.may_wait() && (1..=most).contains(&rows.values.len()) {
        let conflict = conflict.to_owned();
        unit.wait_with(Box::new(move |place| rows.statement(&conflict, place)));
        return Ok(());
    }
    insert_last(unit, rows, conflict).await.map(drop)
}

/// Like [`insert`]; answers what the last statement did, if there was any.
pub(crate) async fn insert_last(
    unit: &UnitOfWork,
    rows: impl Into<NewRows>,
    conflict: &str,
) -> Result<Option<ExecResult>, StoreError> {
    let rows = rows.into();
    let (head, source) = rows.frame();
    let size = unit.dialect().rows_per_statement(rows.columns.len());
    let mut done = None;
    for chunk in chunks(rows.values, size) {
        let (list, values) = unit.dialect().rows(chunk, &rows.nullable, 1);
        let list = source(list);
        done = Some(run(unit, format!("{head} {list} {conflict}"), values).await?);
    }
    Ok(done)
}

/// Stores `first` and then `then`, in one statement where the engine can.
pub(crate) async fn insert_both(
    unit: &UnitOfWork,
    first: (impl Into<NewRows>, &str),
    then: (impl Into<NewRows>, &str),
) -> Result<(), StoreError> {
    let (first, then) = ((first.0.into(), first.1), (then.0.into(), then.1));
    let many = unit.dialect().rows_per_statement(1);
    let fits = |rows: &NewRows| (1..=many).contains(&rows.values.len());
    if unit.dialect() == Dialect::Postgres && fits(&first.0) && fits(&then.0) {
        let (sql, values) = one_after_the_other(first, then);
        return execute(unit, sql, values).await.map(drop);
    }
    insert(unit, first.0, first.1).await?;
    insert(unit, then.0, then.1).await
}

/// SQLite: two statements as one text, that stores `first` and then `then`, few enough for a statement each; and
/// what to bind.
pub(crate) fn script(
    (first, conflict): (NewRows, &str),
    (then, then_conflict): (NewRows, &str),
) -> (String, Vec<Value>) {
    let ((head, source), (then_head, then_source)) = (first.frame(), then.frame());
    let (list, mut values) = Dialect::Sqlite.rows(first.values, &[], 1);
    let (then_list, more) = Dialect::Sqlite.rows(then.values, &[], 1);
    values.extend(more);
    let (list, then_list) = (source(list), then_source(then_list));
    let sql = format!("{head} {list} {conflict}; {then_head} {then_list} {then_conflict}");
    (sql, values)
}

/// PostgreSQL: one statement that stores `first`, and `then` after all of them are there; its text and what to
/// bind.
pub(crate) fn one_after_the_other(
    (first, first_conflict): (NewRows, &str),
    (then, then_conflict): (NewRows, &str),
) -> (String, Vec<Value>) {
    let (sql, mut values) = first.statement(first_conflict, 1);
    // The count of the first ones is known when the others are stored.
    let then = then.when("(SELECT COUNT(*) FROM stored) >= 0");
    let (then_sql, then_values) = then.statement(then_conflict, values.len() + 1);
    values.extend(then_values);
    let sql = format!("WITH stored AS ({sql} RETURNING 1) {then_sql}");
    (sql, values)
}

/// Sets `columns` of the rows of `table` whose `keys` columns equal the first values of each row of
/// `rows`; the other values follow the order of `columns`.
pub(crate) async fn update(
    unit: &UnitOfWork,
    table: &str,
    keys: &[&str],
    columns: &[&str],
    rows: Vec<Vec<Value>>,
) -> Result<(), StoreError> {
    let assignments: Vec<String> = columns
        .iter()
        .zip(keys.len() + 1..)
        .map(|(column, at)| format!("{column} = v.column{at}"))
        .collect();
    let these: Vec<String> = (keys.iter().zip(1..))
        .map(|(key, at)| format!("{table}.{key} = v.column{at}"))
        .collect();
    let head = format!("UPDATE {table} SET {} FROM", assignments.join(", "));
    let tail = format!("AS v WHERE {}", these.join(" AND "));
    let most = unit
        .dialect()
        .rows_per_statement(columns.len() + keys.len());
    if unit.may_wait() && (1..=most).contains(&rows.len()) {
        unit.wait_with(Box::new(move |place| {
            let (list, values) = arrays(rows, &[], place);
            (format!("{head} ({list}) {tail}"), values)
        }));
        return Ok(());
    }
    for chunk in chunks(rows, most) {
        let (list, values) = unit.dialect().rows(chunk, &[], 1);
        execute(unit, format!("{head} ({list}) {tail}"), values).await?;
    }
    Ok(())
}

/// Runs a statement; returns how many rows changed.
pub(crate) async fn execute(
    unit: &UnitOfWork,
    sql: String,
    values: Vec<Value>,
) -> Result<u64, StoreError> {
    Ok(run(unit, sql, values).await?.rows_affected())
}

async fn run(unit: &UnitOfWork, sql: String, values: Vec<Value>) -> Result<ExecResult, StoreError> {
    let backend = unit.db().get_database_backend();
    let statement = Statement::from_sql_and_values(backend, sql, values);
    Ok(unit.db().execute_raw(statement).await?)
}

/// Whether `column` is one of `values`.
pub(crate) fn among<C, V>(db: &C, column: impl ColumnTrait, values: V) -> Expr
where
    C: ConnectionTrait,
    V: IntoIterator,
    V::Item: Into<Value>,
{
    let values: Vec<Value> = values.into_iter().map(Into::into).collect();
    match (Dialect::of(db), values.first().map(Value::array_type)) {
        (Dialect::Postgres, Some(of)) => {
            let array = Value::Array(of, Some(Box::new(values)));
            Expr::col(column.as_column_ref()).eq(PgFunc::any(Expr::val(array)))
        }
        _ => column.is_in(values),
    }
}

/// Whether `column` is this tenant, where rows are given by their keys. SQLite, which does not know how many rows a
/// tenant has, would else go through all of them and look for the keys.
pub(crate) fn of_tenant(column: impl ColumnTrait, scope: &TenantScope) -> Expr {
    let column = Expr::col(column.as_column_ref());
    Func::coalesce([column.clone(), column]).eq(Uuid::from(scope.tenant_id()))
}

impl Dialect {
    /// Rows as what a statement takes them from, with columns named `column1` and so on, and what to bind. For `nullable`
    /// and `place` see [`arrays`].
    pub(crate) fn rows(
        self,
        rows: Vec<Vec<Value>>,
        nullable: &[bool],
        place: usize,
    ) -> (String, Vec<Value>) {
        let width = rows.first().map_or(0, Vec::len);
        match self {
            Self::Sqlite => {
                // Not numbered: SQLite finds a numbered place by going through all of them, so thousands of
                // values would take millions of steps.
                let row = format!("({})", vec!["?"; width].join(","));
                let list = format!("VALUES {}", vec![row; rows.len()].join(","));
                (list, rows.into_iter().flatten().collect())
            }
            Self::Postgres => arrays(rows, nullable, place),
        }
    }
}

/// PostgreSQL: row keys as one value.
pub(crate) fn array(row_ids: &[i64]) -> Value {
    let values = row_ids.iter().map(|id| Value::from(*id)).collect();
    Value::Array(ArrayType::BigInt, Some(Box::new(values)))
}

fn columns_of(rows: Vec<Vec<Value>>) -> Vec<Vec<Value>> {
    let width = rows.first().map_or(0, Vec::len);
    let mut columns = vec![Vec::with_capacity(rows.len()); width];
    for row in rows {
        for (column, value) in columns.iter_mut().zip(row) {
            column.push(value);
        }
    }
    columns
}

/// PostgreSQL: rows as one array a column, bound to places from `place` on. The driver's arrays hold no nulls, so a
/// column that may have some comes with a second array that says where: always where it is `nullable`, so that the text
/// does not depend on the values; where that is not said, if there are any.
pub(crate) fn arrays(
    rows: Vec<Vec<Value>>,
    nullable: &[bool],
    place: usize,
) -> (String, Vec<Value>) {
    let (mut selected, mut places, mut names) = (Vec::new(), Vec::new(), Vec::new());
    let mut binds: Vec<Value> = Vec::new();
    let mut bind = |of: ArrayType, values: Vec<Value>, name: String| {
        places.push(format!("${}::{}[]", place + binds.len(), type_name(&of)));
        binds.push(Value::Array(of, Some(Box::new(values))));
        names.push(name);
    };
    for (values, at) in columns_of(rows).into_iter().zip(1..) {
        let of = values.first().map_or(ArrayType::String, Value::array_type);
        let null: Vec<bool> = values.iter().map(|value| !value.is_some()).collect();
        let may_be = nullable.get(at - 1).copied().unwrap_or_default();
        if may_be || null.contains(&true) {
            selected.push(format!(
                "CASE WHEN n{at} THEN NULL ELSE v{at} END AS column{at}"
            ));
            let nulls = null.into_iter().map(Value::from).collect();
            bind(ArrayType::Bool, nulls, format!("n{at}"));
        } else {
            selected.push(format!("v{at} AS column{at}"));
        }
        let given = values
            .into_iter()
            .map(|value| {
                if value.is_some() {
                    value
                } else {
                    value.dummy_value()
                }
            })
            .collect();
        bind(of, given, format!("v{at}"));
    }
    let list = format!(
        "SELECT {} FROM UNNEST({}) AS given({})",
        selected.join(", "),
        places.join(", "),
        names.join(", ")
    );
    (list, binds)
}

/// PostgreSQL's name of the types that our tables have.
fn type_name(of: &ArrayType) -> &'static str {
    match of {
        ArrayType::Uuid => "uuid",
        ArrayType::BigInt => "bigint",
        ArrayType::Bool => "boolean",
        _ => "text",
    }
}

fn chunks<T>(rows: Vec<T>, size: usize) -> impl Iterator<Item = Vec<T>> {
    let mut rows = rows.into_iter();
    std::iter::from_fn(move || {
        let chunk: Vec<T> = rows.by_ref().take(size).collect();
        (!chunk.is_empty()).then_some(chunk)
    })
}
