//! The compiled-in reference: every setting, its default and what it is for.

use toml::Value;

/// `config/default.toml` as it was when the binary was built.
pub const DEFAULT_TOML: &str = include_str!("../../../config/default.toml");

/// Settings that belong together, as the reference groups them.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The heading.
    pub title: String,
    /// The group's settings in the order of the reference.
    pub entries: Vec<Entry>,
}

/// One setting.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Name in a file, e.g. `http_addr`.
    pub name: String,
    /// What it is for: the comment above it.
    pub description: String,
    /// Its default; an empty text means that it is not set.
    pub default: Value,
}

impl Entry {
    /// Name in the environment, e.g. `HTTP_ADDR`.
    pub fn env_name(&self) -> String {
        self.name.to_ascii_uppercase()
    }

    /// Whether the value must not be shown.
    pub fn is_secret(&self) -> bool {
        is_secret(&self.name)
    }
}

/// Whether the value of this setting must not be shown. `database_url` may carry a password.
pub(crate) fn is_secret(name: &str) -> bool {
    matches!(
        name,
        "jwt_secret_key" | "encryption_key" | "database_url" | "s3_secret_access_key"
    )
}

/// All settings, in groups.
///
/// The reference is written by us and checked by a test, so a line that cannot be read is a bug of the build.
pub fn groups() -> Vec<Group> {
    let table: toml::Table =
        toml::from_str(DEFAULT_TOML).expect("the compiled-in settings are TOML");
    let mut groups: Vec<Group> = Vec::new();
    let mut comment = "";
    for line in DEFAULT_TOML.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            groups.push(Group {
                title: title.to_owned(),
                entries: Vec::new(),
            });
        } else if let Some(text) = line.strip_prefix("# ") {
            comment = text;
        } else if let Some((name, _)) = line.split_once(" = ") {
            let default = table
                .get(name)
                .expect("a line of the reference is in its table");
            let group = groups
                .last_mut()
                .expect("the reference starts with a group");
            group.entries.push(Entry {
                name: name.to_owned(),
                description: std::mem::take(&mut comment).to_owned(),
                default: default.clone(),
            });
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_described_in_one_line_and_found_once() {
        let table: toml::Table = toml::from_str(DEFAULT_TOML).unwrap();
        let entries: Vec<Entry> = groups()
            .into_iter()
            .flat_map(|group| group.entries)
            .collect();
        assert_eq!(entries.len(), table.len());
        for entry in entries {
            assert!(
                entry.description.ends_with('.'),
                "{} has no description",
                entry.name
            );
            assert_eq!(entry.name, entry.name.to_ascii_lowercase());
        }
    }
}
