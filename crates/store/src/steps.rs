//! PostgreSQL: many writes as one statement, since each way to the database costs more than what it carries.

use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};

use crate::{StoreError, UnitOfWork};

/// A write as a part of a statement, its values bound to places from the given one on.
pub(crate) type Part = Box<dyn FnOnce(usize) -> (String, Vec<Value>) + Send + Sync>;

/// Writes that go over together. All of them see the database as it was before, and each row may be written by one of
/// them only.
#[derive(Default)]
pub(crate) struct Steps {
    tables: Vec<String>,
    values: Vec<Value>,
    /// Those whose order matters.
    named: Vec<&'static str>,
}

impl Steps {
    pub(crate) fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// The place of the next value.
    pub(crate) fn place(&self) -> usize {
        self.values.len() + 1
    }

    /// Adds a common table expression as it is, with what it binds from [`Steps::place`] on.
    pub(crate) fn table(&mut self, sql: String, values: Vec<Value>) {
        self.tables.push(sql);
        self.values.extend(values);
    }

    /// Adds a write whose turn does not matter.
    pub(crate) fn add(&mut self, part: Part) {
        let (sql, values) = part(self.place());
        let at = self.tables.len();
        self.table(format!("waited{at} AS ({sql})"), values);
    }

    /// Adds a write under a name, to run after those added this way before, if its text holds [`Steps::turn`].
    pub(crate) fn then(&mut self, name: &'static str, sql: &str, values: Vec<Value>) {
        self.table(format!("{name} AS ({sql})"), values);
        self.named.push(name);
    }

    /// A condition that always holds, and is known only when the write named last is done: rows are locked in the order
    /// in which everybody locks them.
    pub(crate) fn turn(&self) -> String {
        match self.named.last() {
            Some(last) => format!("(SELECT COUNT(*) FROM {last}) >= 0"),
            None => "true".to_owned(),
        }
    }

    /// Whether a write was added under this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.named.contains(&name)
    }

    /// Runs all of them, and answers what `select` finds.
    pub(crate) async fn run(
        self,
        unit: &UnitOfWork,
        select: &str,
    ) -> Result<Option<QueryResult>, StoreError> {
        let sql = format!("WITH {} {select}", self.tables.join(", "));
        let backend = unit.db().get_database_backend();
        let statement = Statement::from_sql_and_values(backend, sql, self.values);
        Ok(unit.db().query_one_raw(statement).await?)
    }
}
