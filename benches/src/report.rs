//! What was measured: JSON lines while it is measured, Markdown tables at the end.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use crate::engine::Engine;

/// One row of a table.
#[derive(Debug)]
pub(crate) struct Record {
    measure: &'static str,
    fields: Vec<(&'static str, Value)>,
}

impl Record {
    pub(crate) fn of(measure: &'static str, engine: Engine) -> Self {
        Self {
            measure,
            fields: vec![("engine", engine.to_string().into())],
        }
    }

    /// Adds a column with a word or a whole number.
    pub(crate) fn with(mut self, column: &'static str, value: impl Into<Value>) -> Self {
        self.fields.push((column, value.into()));
        self
    }

    /// Adds a column with a number of so many decimals; none where there was nothing to measure.
    pub(crate) fn number(
        self,
        column: &'static str,
        value: impl Into<Option<f64>>,
        decimals: i32,
    ) -> Self {
        let factor = 10_f64.powi(decimals);
        let rounded = value.into().map(|value| {
            let rounded = (value * factor).round() / factor;
            if decimals == 0 {
                json!(rounded as i64)
            } else {
                json!(rounded)
            }
        });
        self.with(column, rounded.unwrap_or_default())
    }

    fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().map(|(column, _)| *column)
    }

    fn json(&self) -> Value {
        let mut object = Map::from_iter([("measure".to_owned(), self.measure.into())]);
        object.extend(
            self.fields
                .iter()
                .map(|(column, value)| ((*column).to_owned(), value.clone())),
        );
        object.into()
    }
}

/// All records of a call.
pub(crate) struct Report {
    records: Vec<Record>,
    lines: File,
    path: PathBuf,
}

impl Report {
    /// A report whose JSON lines go into a new file in `folder`.
    pub(crate) fn begin(folder: &Path) -> Result<Self> {
        let file = tempfile::Builder::new()
            .prefix("omnisupport-bench.")
            .suffix(".jsonl")
            .tempfile_in(folder)?;
        let (lines, path) = file.keep().context("the report cannot be kept")?;
        Ok(Self {
            records: Vec::new(),
            lines,
            path,
        })
    }

    pub(crate) fn add(&mut self, record: Record) -> Result<()> {
        let line = record.json();
        crate::tell(format_args!("  {line}"));
        writeln!(self.lines, "{line}")?;
        self.records.push(record);
        Ok(())
    }

    /// Where the JSON lines are.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A table for each measure, in the order in which they were first seen.
    pub(crate) fn markdown(&self) -> String {
        let mut measures: Vec<&'static str> = Vec::new();
        for record in &self.records {
            if !measures.contains(&record.measure) {
                measures.push(record.measure);
            }
        }
        measures
            .iter()
            .map(|measure| self.table(measure))
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn table(&self, measure: &str) -> String {
        let records: Vec<_> = self
            .records
            .iter()
            .filter(|r| r.measure == measure)
            .collect();
        let Some(first) = records.first() else {
            return String::new();
        };
        let columns: Vec<_> = first.columns().collect();
        let mut table = format!("### {measure}\n\n| {} |\n", columns.join(" | "));
        table.push_str(&format!("|{}\n", "---|".repeat(columns.len())));
        for record in records {
            let cells: Vec<_> = record.fields.iter().map(|(_, value)| cell(value)).collect();
            table.push_str(&format!("| {} |\n", cells.join(" | ")));
        }
        table
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_i64() || number.is_u64() => grouped(&number.to_string()),
        other => other.to_string(),
    }
}

/// `1234567` as `1,234,567`.
fn grouped(digits: &str) -> String {
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_a_measure_make_a_table() {
        let folder = tempfile::tempdir().unwrap();
        let mut report = Report::begin(folder.path()).unwrap();
        for engine in [Engine::Sqlite, Engine::Postgres] {
            let record = Record::of("speed", engine)
                .with("sent", 1_234_567)
                .number("p50 ms", 1.2345, 2)
                .number("p99 ms", None, 2);
            report.add(record).unwrap();
        }
        assert_eq!(
            report.markdown(),
            "### speed\n\n| engine | sent | p50 ms | p99 ms |\n|---|---|---|---|\n\
             | SQLite | 1,234,567 | 1.23 | - |\n| PostgreSQL | 1,234,567 | 1.23 | - |\n"
        );
        let lines = std::fs::read_to_string(report.path()).unwrap();
        assert_eq!(lines.lines().count(), 2);
    }

    #[test]
    fn thousands_are_grouped() {
        for (plain, pretty) in [
            ("7", "7"),
            ("1000", "1,000"),
            ("-100", "-100"),
            ("-1000", "-1,000"),
        ] {
            assert_eq!(grouped(plain), pretty);
        }
    }
}
