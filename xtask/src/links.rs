//! Links between documents lead somewhere.

use std::path::Path;

use anyhow::Result;

use crate::repository::Repository;

/// Everything that does not hold.
pub(crate) fn findings(repository: &Repository) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for file in repository.files(&[".md"])? {
        let text = repository.read(&file)?;
        let folder = Path::new(&file).parent().unwrap_or(Path::new(""));
        for target in targets(&text) {
            let path = folder.join(target.split('#').next().unwrap_or_default());
            if !repository.path(&path.to_string_lossy()).exists() {
                findings.push(format!("{file}: {target} leads nowhere"));
            }
        }
    }
    Ok(findings)
}

/// Targets of `[text](target)` within the repository; code blocks are left out.
fn targets(text: &str) -> Vec<&str> {
    let mut in_code = false;
    let mut targets = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        for rest in line.split("](").skip(1) {
            let target = rest.split([')', ' ']).next().unwrap_or_default();
            let outside = target.contains("://") || target.starts_with("mailto:");
            if !outside && !target.is_empty() && !target.starts_with('#') {
                targets.push(target);
            }
        }
    }
    targets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_within_the_repository() {
        let text =
            "[a](docs/a.md#part) ![b](b.png) [c](https://c.example)\n```\n[d](d.md)\n```\n[e](#e)";
        assert_eq!(targets(text), ["docs/a.md#part", "b.png"]);
    }
}
