//! Files stay small enough to be read at one go.

use anyhow::Result;

use crate::repository::Repository;

/// Where a file must be split.
const MOST_LINES: usize = 500;

/// Files made by a generator.
const GENERATED: &[&str] = &["web/api-client/src/schema.d.ts"];

/// Everything that does not hold.
pub(crate) fn findings(repository: &Repository) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for file in repository.files(&[".rs", ".ts", ".tsx", ".mjs", ".sh"])? {
        if GENERATED.contains(&file.as_str()) {
            continue;
        }
        let lines = repository.read(&file)?.lines().count();
        if lines > MOST_LINES {
            findings.push(format!(
                "{file}: {lines} lines, split it by subject (at most {MOST_LINES})"
            ));
        }
    }
    Ok(findings)
}
