//! Full text: SQLite's FTS5 and PostgreSQL's `tsvector`, both fed with terms that are ready. A table of terms has the
//! columns `rowid` and `terms` on either.

use omni_analyzer::Query;
use sea_orm::Value;

use super::Dialect;

impl Dialect {
    /// The statements behind `FULL TEXT name OF owner`, a table of terms whose rows go with those of `owner`, and behind
    /// `NO FULL TEXT name OF owner`, which removes it.
    pub(super) fn full_text_ddl(self, statement: &str) -> Option<String> {
        let (there, names) = match statement.strip_prefix("NO FULL TEXT ") {
            Some(names) => (false, names),
            None => (true, statement.strip_prefix("FULL TEXT ")?),
        };
        let (name, owner) = names.split_once(" OF ")?;
        Some(match (self, there) {
            // The terms come as they are to be stored: nothing in them is cut or folded again. No text is kept beside
            // them, and no places: results are shown by the stored text.
            (Self::Sqlite, true) => format!(
                "CREATE VIRTUAL TABLE {name} USING fts5(terms, content='', contentless_delete=1, detail=none, \
                 tokenize=\"ascii tokenchars '_~'\"); \
                 CREATE TRIGGER forget_{name} AFTER DELETE ON {owner} \
                 BEGIN DELETE FROM {name} WHERE rowid = old.row_id; END"
            ),
            (Self::Sqlite, false) => format!("DROP TRIGGER forget_{name}; DROP TABLE {name}"),
            // What waits to be sorted into the index is looked through by each search, so it is kept short.
            (Self::Postgres, true) => format!(
                "CREATE TABLE {name} (rowid BIGINT NOT NULL PRIMARY KEY, terms tsvector NOT NULL); \
                 CREATE INDEX ix_{name} ON {name} USING gin (terms) WITH (gin_pending_list_limit = 256); \
                 CREATE FUNCTION forget_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ \
                 BEGIN DELETE FROM {name} WHERE rowid = old.row_id; RETURN NULL; END $$; \
                 CREATE TRIGGER forget_{name} AFTER DELETE ON {owner} \
                 FOR EACH ROW EXECUTE FUNCTION forget_{name}()"
            ),
            (Self::Postgres, false) => format!(
                "DROP TRIGGER forget_{name} ON {owner}; DROP FUNCTION forget_{name}(); DROP TABLE {name}"
            ),
        })
    }

    /// What stores rows of `(rowid, terms)`, the terms with spaces between, taken from `list` with the columns `column1`
    /// and `column2`.
    pub(crate) fn full_text_put(self, name: &str, list: &str) -> String {
        match self {
            Self::Sqlite => format!(
                "INSERT OR REPLACE INTO {name} (rowid, terms) SELECT column1, column2 FROM ({list}) AS rows"
            ),
            // What is the same is not written again.
            Self::Postgres => format!(
                "INSERT INTO {name} (rowid, terms) \
                 SELECT column1, array_to_tsvector(string_to_array(column2, ' ')) FROM ({list}) AS rows \
                 ON CONFLICT (rowid) DO UPDATE SET terms = EXCLUDED.terms \
                 WHERE {name}.terms <> EXCLUDED.terms"
            ),
        }
    }

    /// What finds the newest rows of `name` in these parts of the index that have all words of a query, and the values
    /// bound to `$3` and on. `$1` is the row before which, `$2` how many at most.
    pub(crate) fn full_text_hits(
        self,
        name: &str,
        parts: &[i64],
        query: &Query,
    ) -> (String, Vec<Value>) {
        let queries = parts
            .iter()
            .map(|part| self.full_text_query(&format!("{part}_"), query));
        match self {
            Self::Sqlite => {
                let queries: Vec<String> = queries.map(|query| format!("({query})")).collect();
                let sql = format!(
                    "SELECT rowid FROM {name} WHERE {name} MATCH $3 AND rowid < $1 ORDER BY rowid DESC LIMIT $2"
                );
                (sql, vec![queries.join(" OR ").into()])
            }
            // A part each, since the planner takes many words together for so common that it goes through the table.
            // The sum keeps it from going through the primary key.
            Self::Postgres => {
                let of_part = |place| {
                    format!(
                        "SELECT rowid FROM {name} WHERE terms @@ CAST(${place} AS tsquery) AND rowid < $1"
                    )
                };
                let all: Vec<String> = (3..).take(parts.len()).map(of_part).collect();
                let sql = format!(
                    "SELECT rowid FROM ({}) AS hits ORDER BY rowid + 0 DESC LIMIT $2",
                    all.join(" UNION ALL ")
                );
                (sql, queries.map(Value::from).collect())
            }
        }
    }

    /// A query in the engine's own words. Each term begins with `part` and stands in quotes, so that nothing in it means
    /// anything to the engine.
    fn full_text_query(self, part: &str, query: &Query) -> String {
        let (and, or) = match self {
            Self::Sqlite => (" AND ", " OR "),
            Self::Postgres => (" & ", " | "),
        };
        let words = query.words.iter().map(|word| {
            let exact = (word.exact.iter()).map(|term| self.quoted(part, term));
            let beginnings = (word.beginnings.iter()).map(|term| match self {
                Self::Sqlite => format!("{} *", self.quoted(part, term)),
                Self::Postgres => format!("{}:*", self.quoted(part, term)),
            });
            let forms: Vec<String> = exact.chain(beginnings).collect();
            format!("({})", forms.join(or))
        });
        words.collect::<Vec<_>>().join(and)
    }

    fn quoted(self, part: &str, term: &str) -> String {
        match self {
            Self::Sqlite => format!("\"{part}{}\"", term.replace('"', "\"\"")),
            Self::Postgres => {
                format!("'{part}{}'", term.replace('\\', "\\\\").replace('\'', "''"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_query_means_anything_to_the_engine() {
        let query = Query {
            words: vec![omni_analyzer::Word {
                exact: vec!["a\"b'c\\".to_owned()],
                beginnings: vec!["при".to_owned()],
            }],
        };
        assert_eq!(
            Dialect::Sqlite.full_text_query("1_", &query),
            "(\"1_a\"\"b'c\\\" OR \"1_при\" *)"
        );
        assert_eq!(
            Dialect::Postgres.full_text_query("1_", &query),
            "('1_a\"b''c\\\\' | '1_при':*)"
        );
    }
}
