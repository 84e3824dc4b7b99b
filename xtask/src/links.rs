//! Links between documents lead somewhere, and a link that names a test leads to a file that has it.

use std::path::Path;

use anyhow::Result;

use crate::repository::Repository;

/// Everything that does not hold.
pub(crate) fn findings(repository: &Repository) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for file in repository.files(&[".md"])? {
        let text = repository.read(&file)?;
        let folder = Path::new(&file).parent().unwrap_or(Path::new(""));
        for link in links(&text) {
            let path = folder.join(link.target.split('#').next().unwrap_or_default());
            let path = repository.path(&path.to_string_lossy());
            if !path.exists() {
                findings.push(format!("{file}: {} leads nowhere", link.target));
            } else if let Some(name) = named_in_source(&link)
                && !std::fs::read_to_string(&path)?.contains(name)
            {
                findings.push(format!("{file}: {} has no `{name}`", link.target));
            }
        }
    }
    Ok(findings)
}

/// `[text](target)`.
#[derive(Debug, PartialEq)]
struct Link<'a> {
    text: &'a str,
    target: &'a str,
}

/// Links within the repository; code blocks are left out.
fn links(text: &str) -> Vec<Link<'_>> {
    let mut in_code = false;
    let mut links = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        let mut before = "";
        for (position, part) in line.split("](").enumerate() {
            let target = part.split([')', ' ']).next().unwrap_or_default();
            let outside = target.contains("://") || target.starts_with("mailto:");
            if position > 0 && !outside && !target.is_empty() && !target.starts_with('#') {
                let text = before.rsplit('[').next().unwrap_or_default();
                links.push(Link { text, target });
            }
            before = part;
        }
    }
    links
}

/// The name in a link like ``[`a_test`](../crates/store/tests/lanes.rs)``.
fn named_in_source<'a>(link: &Link<'a>) -> Option<&'a str> {
    let name = link.text.strip_prefix('`')?.strip_suffix('`')?;
    (link.target.ends_with(".rs") || link.target.ends_with(".ts")).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_within_the_repository() {
        let text =
            "[a](docs/a.md#part) ![b](b.png) [c](https://c.example)\n```\n[d](d.md)\n```\n[e](#e)";
        let found = links(text);
        assert_eq!(
            found,
            [
                Link {
                    text: "a",
                    target: "docs/a.md#part"
                },
                Link {
                    text: "b",
                    target: "b.png"
                }
            ]
        );
    }

    #[test]
    fn a_named_test_is_looked_for() {
        let found = links("| kept | [`a_test`](../a.rs), [`b c`](../b.ts), [text](../c.rs) |");
        let names: Vec<_> = found.iter().map(named_in_source).collect();
        assert_eq!(names, [Some("a_test"), Some("b c"), None]);
    }
}
