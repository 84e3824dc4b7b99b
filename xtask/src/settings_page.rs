//! The reference of settings as a page and as a schema.

use std::fmt::Write;

use anyhow::Result;
use omni_config::{Entry, groups, json_schema};

const INTRODUCTION: &str = "\
<!-- Made by `cargo xtask codegen` from config/default.toml; edit that file. -->

# Settings

A setting has one name. In a file (`omnisupport serve --config FILE`, TOML) it is written in small letters, in the
environment in capitals. The environment wins over the file, the file wins over the default. An empty text means \"not
set\". Lists may be written in the environment as `a,b` or as a JSON array.

`omnisupport config default` prints the same as a file to start from, `omnisupport config validate` tells every problem at
once, `omnisupport config schema` prints a JSON schema for editors. A setting that nothing reads is a warning at start.
";

/// `docs/settings.md`.
pub(crate) fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for group in groups() {
        let _ = write!(
            page,
            "\n## {}\n\n| Environment | Default | What it is for |\n|---|---|---|\n",
            group.title
        );
        for entry in &group.entries {
            let description = entry.description.replace('|', "\\|");
            let _ = writeln!(
                page,
                "| `{}` | {} | {description} |",
                entry.env_name(),
                default(entry)
            );
        }
    }
    page
}

/// `docs/settings.schema.json`.
pub(crate) fn schema() -> Result<String> {
    Ok(serde_json::to_string_pretty(&json_schema())? + "\n")
}

fn default(entry: &Entry) -> String {
    match &entry.default {
        toml::Value::String(text) if text.is_empty() => "not set".to_owned(),
        toml::Value::String(text) => format!("`{text}`"),
        toml::Value::Array(items) if items.is_empty() => "empty".to_owned(),
        other => format!("`{other}`"),
    }
}
