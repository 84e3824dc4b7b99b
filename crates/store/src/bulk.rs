//! Many rows in one statement.
//!
//! On PostgreSQL the values of a column go over as one array, so that the text is the same for any number of
//! rows and is parsed and planned once. SQLite, which has no arrays, parses faster than it would take one apart.

use sea_orm::sea_query::extension::postgres::PgFunc;
use sea_orm::sea_query::{ArrayType, Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, ConnectionTrait, EntityName, EntityTrait,
    ExecResult, IdenStatic, Iterable, Statement, Value,
};

use crate::{Dialect, StoreError, UnitOfWork};

/// New rows of one table, all with the same columns set.
pub(crate) struct NewRows {
    table: &'static str,
    columns: Vec<&'static str>,
    values: Vec<Vec<Value>>,
    /// Columns that the database fills in, and with what.
    computed: Vec<(&'static str, String)>,
}

impl<A: ActiveModelTrait> From<Vec<A>> for NewRows {
    fn from(mut rows: Vec<A>) -> Self {
        let mut columns = Vec::new();
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
            }
        }
        Self {
            table: A::Entity::default().table_name(),
            columns,
            values,
            computed: Vec::new(),
        }
    }
}

impl NewRows {
    /// Lets the database fill in `column`, which no row sets.
    pub(crate) fn computing(mut self, column: &'static str, expression: impl Into<String>) -> Self {
        self.computed.push((column, expression.into()));
        self
    }

    /// What the statement begins with, and what makes its source of the list of given values.
    fn frame(&self) -> (String, impl Fn(String) -> String + use<>) {
        let computed = self.computed.iter().map(|(column, _)| *column);
        let columns: Vec<&str> = self.columns.iter().copied().chain(computed).collect();
        let head = format!("INSERT INTO {} ({})", self.table, columns.join(", "));
        let added: String = self
            .computed
            .iter()
            .map(|(_, e)| format!(", {e}"))
            .collect();
        let source = move |list: String| {
            if added.is_empty() {
                return list;
            }
            // Without the condition SQLite would take a following ON for that of a join.
            format!("SELECT rows.*{added} FROM ({list}) AS rows WHERE true")
        };
        (head, source)
    }
}

/// PostgreSQL: a write as a part of a statement, its values bound to places from the given one on.
pub(crate) type Part = Box<dyn FnOnce(usize) -> (String, Vec<Value>) + Send>;

/// Runs a statement together with the writes that waited. It is `main`, with its common table expressions `with`;
/// returns how many rows `main` changed.
///
/// All of them see the database as it was before, and each row may be written by one of them only.
pub(crate) async fn execute_with_parts(
    unit: &UnitOfWork,
    with: String,
    main: &str,
    mut values: Vec<Value>,
) -> Result<u64, StoreError> {
    let mut tables = Vec::from_iter((!with.is_empty()).then_some(with));
    for (part, at) in unit.take_parts().into_iter().zip(1..) {
        let (sql, more) = part(values.len() + 1);
        tables.push(format!("waited{at} AS ({sql})"));
        values.extend(more);
    }
    let sql = match tables.as_slice() {
        [] => main.to_owned(),
        tables => format!("WITH {} {main}", tables.join(", ")),
    };
    execute(unit, sql, values).await
}

/// Runs writes that waited, one by one.
pub(crate) async fn execute_parts(unit: &UnitOfWork, parts: Vec<Part>) -> Result<(), StoreError> {
    for part in parts {
        let (sql, values) = part(1);
        execute(unit, sql, values).await?;
    }
    Ok(())
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
        unit.wait_with(Box::new(move |place| {
            let (head, source) = rows.frame();
            let (list, values) = arrays(columns_of(rows.values), place);
            (format!("{head} {} {conflict}", source(list)), values)
        }));
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
        let (list, values) = unit.dialect().rows(chunk);
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
    let (list, mut values) = Dialect::Sqlite.rows(first.values);
    let (then_list, more) = Dialect::Sqlite.rows(then.values);
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
    let ((head, source), (then_head, then_source)) = (first.frame(), then.frame());
    let (list, mut values) = arrays(columns_of(first.values), 1);
    let (then_list, then_values) = arrays(columns_of(then.values), values.len() + 1);
    values.extend(then_values);
    let (list, then_list) = (source(list), then_source(then_list));
    // The rows of `then` are joined to a count of the first ones, which is known when these are stored.
    let sql = format!(
        "WITH stored AS ({head} {list} {first_conflict} RETURNING 1), \
         counted AS (SELECT COUNT(*) FROM stored) \
         {then_head} SELECT rows.* FROM counted, ({then_list}) AS rows {then_conflict}"
    );
    (sql, values)
}

/// PostgreSQL: stores new rows, to whose `column` the one value is added that the statement `base` answers under
/// that name; returns the largest, or nothing where `base` answers nothing.
pub(crate) async fn insert_on_top<A: ActiveModelTrait>(
    unit: &UnitOfWork,
    (base, mut values): (&str, Vec<Value>),
    column: &str,
    rows: Vec<A>,
) -> Result<Option<i64>, StoreError> {
    let rows = NewRows::from(rows);
    let (head, _) = rows.frame();
    let selected: Vec<String> = rows
        .columns
        .iter()
        .zip(1..)
        .map(|(name, at)| {
            let value = format!("rows.column{at}");
            if *name == column {
                format!("base.{column} + {value}")
            } else {
                value
            }
        })
        .collect();
    let (list, more) = arrays(columns_of(rows.values), values.len() + 1);
    values.extend(more);
    let sql = format!(
        "WITH base AS ({base}), \
         added AS ({head} SELECT {} FROM base, ({list}) AS rows RETURNING {column}) \
         SELECT MAX({column}) FROM added",
        selected.join(", ")
    );
    let statement = Statement::from_sql_and_values(unit.db().get_database_backend(), sql, values);
    let row = unit.db().query_one_raw(statement).await?;
    Ok(row
        .map(|row| row.try_get_by_index(0))
        .transpose()?
        .flatten())
}

/// Sets `columns` of the rows of `table` whose `key` column equals the first value of each row of
/// `rows`; the other values follow the order of `columns`.
pub(crate) async fn update(
    unit: &UnitOfWork,
    table: &str,
    key: &str,
    columns: &[&str],
    rows: Vec<Vec<Value>>,
) -> Result<(), StoreError> {
    let assignments: Vec<String> = columns
        .iter()
        .zip(2..)
        .map(|(column, at)| format!("{column} = v.column{at}"))
        .collect();
    let head = format!("UPDATE {table} SET {} FROM", assignments.join(", "));
    let tail = format!("AS v WHERE {table}.{key} = v.column1");
    let most = unit.dialect().rows_per_statement(columns.len() + 1);
    if unit.may_wait() && (1..=most).contains(&rows.len()) {
        unit.wait_with(Box::new(move |place| {
            let (list, values) = arrays(columns_of(rows), place);
            (format!("{head} ({list}) {tail}"), values)
        }));
        return Ok(());
    }
    for chunk in chunks(rows, most) {
        let (list, values) = unit.dialect().rows(chunk);
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

impl Dialect {
    /// Rows as what a statement takes them from, with columns named `column1` and so on, and what to bind.
    pub(crate) fn rows(self, rows: Vec<Vec<Value>>) -> (String, Vec<Value>) {
        let width = rows.first().map_or(0, Vec::len);
        match self {
            Self::Sqlite => {
                // Not numbered: SQLite finds a numbered place by going through all of them, so thousands of
                // values would take millions of steps.
                let row = format!("({})", vec!["?"; width].join(","));
                let list = format!("VALUES {}", vec![row; rows.len()].join(","));
                (list, rows.into_iter().flatten().collect())
            }
            Self::Postgres => arrays(columns_of(rows), 1),
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

/// The columns as arrays, bound to places from `place` on. The driver's arrays hold no nulls, so a column that
/// has some comes with a second array that says where.
fn arrays(columns: Vec<Vec<Value>>, place: usize) -> (String, Vec<Value>) {
    let (mut selected, mut places, mut names) = (Vec::new(), Vec::new(), Vec::new());
    let mut binds: Vec<Value> = Vec::new();
    let mut bind = |of: ArrayType, values: Vec<Value>, name: String| {
        places.push(format!("${}::{}[]", place + binds.len(), type_name(&of)));
        binds.push(Value::Array(of, Some(Box::new(values))));
        names.push(name);
    };
    for (values, at) in columns.into_iter().zip(1..) {
        let of = values.first().map_or(ArrayType::String, Value::array_type);
        let null: Vec<bool> = values.iter().map(|value| !value.is_some()).collect();
        if null.iter().all(|null| *null) {
            selected.push(format!("NULL::{} AS column{at}", type_name(&of)));
            continue;
        }
        if null.contains(&true) {
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
