//! What only one SQL engine understands stays in the dialect, so that the two engines cannot drift apart.

use anyhow::Result;

use crate::repository::Repository;

/// Where the engines may be told apart: what differs, opening and tending the file or the server, and the tests of both.
const DIALECT: &[&str] = &[
    "crates/store/src/dialect.rs",
    "crates/store/src/dialect/",
    "crates/store/src/connect.rs",
    "crates/store/src/maintenance.rs",
    "crates/store/tests/",
    "crates/testkit/",
    "benches/",
    "xtask/",
];

/// Words that betray one engine.
const ENGINE_WORDS: &[&str] = &[
    "SKIP LOCKED",
    "FOR UPDATE",
    "PRAGMA",
    "BEGIN IMMEDIATE",
    "pg_advisory",
    "pg_catalog",
    "sqlite_master",
    "information_schema",
    "clock_timestamp",
    "unixepoch",
    "tsvector",
    "USING fts5",
    "DbBackend::",
    "DatabaseBackend::",
];

/// Everything that does not hold.
pub(crate) fn findings(repository: &Repository) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for file in repository.files(&[".rs", ".sql"])? {
        if DIALECT.iter().any(|place| file.starts_with(place)) {
            continue;
        }
        let text = repository.read(&file)?;
        for (number, line) in text.lines().enumerate() {
            if let Some(word) = betrays(line) {
                findings.push(format!(
                    "{file}:{}: `{word}` belongs in the dialect",
                    number + 1
                ));
            }
        }
    }
    Ok(findings)
}

fn betrays(line: &str) -> Option<&'static str> {
    // A comment may speak of an engine.
    let code = line.split("//").next().unwrap_or_default();
    ENGINE_WORDS
        .iter()
        .copied()
        .find(|word| code.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_betrays_and_comments_do_not() {
        assert_eq!(
            betrays("let sql = \"SELECT 1 FOR UPDATE\";"),
            Some("FOR UPDATE")
        );
        assert_eq!(betrays("let n = 1; // unlike PRAGMA"), None);
        assert_eq!(
            betrays("INSERT INTO a VALUES (1) ON CONFLICT DO NOTHING"),
            None
        );
    }
}
