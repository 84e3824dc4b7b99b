//! Where values come from, and which one wins.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::Value;

use crate::problem::{ConfigError, Problem, Warning};
use crate::reference;
use crate::reserved::RESERVED;

/// Largest settings file we read.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// What the settings are made of beside the compiled-in defaults.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    file: Option<PathBuf>,
    environment: BTreeMap<String, String>,
}

impl Sources {
    /// The process environment, and a settings file if one is named.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one door to the process environment"
    )]
    pub fn of_process(file: Option<PathBuf>) -> Self {
        // A variable that is not UTF-8 cannot be one of ours: all of ours are plain text.
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self { file, environment }
    }

    /// Fixed values instead of the process environment, by their names in the environment.
    pub fn fixed<N: Into<String>, V: Into<String>>(
        values: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let environment = values
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        Self {
            file: None,
            environment,
        }
    }

    /// The same with a settings file.
    pub fn with_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// One value for every setting, by its name in a file, and what was set although nothing reads it.
    pub(crate) fn layer(&self) -> Result<Layered, ConfigError> {
        let mut layered = Layered::default();
        let mut file = self
            .file
            .as_deref()
            .map(read_file)
            .transpose()?
            .unwrap_or_default();
        for entry in reference::groups()
            .into_iter()
            .flat_map(|group| group.entries)
        {
            let env_name = entry.env_name();
            let from_env = self
                .environment
                .get(&env_name)
                .filter(|value| !value.is_empty());
            let from_file = file.remove(&entry.name);
            let value = match (from_env, from_file) {
                (Some(text), _) => Value::String(text.clone()),
                (None, Some(value)) => value,
                (None, None) => entry.default,
            };
            layered.values.insert(entry.name, value);
        }
        layered.warn_of_unread(file.keys(), &self.environment);
        Ok(layered)
    }

    /// Whether the environment or the file sets this name (as in the environment).
    pub(crate) fn sets(&self, env_name: &str) -> bool {
        self.environment
            .get(env_name)
            .is_some_and(|value| !value.is_empty())
    }
}

/// All values after layering.
#[derive(Debug, Default)]
pub(crate) struct Layered {
    pub(crate) values: BTreeMap<String, Value>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) problems: Vec<Problem>,
}

impl Layered {
    fn warn_of_unread<'a>(
        &mut self,
        left_in_file: impl Iterator<Item = &'a String>,
        environment: &BTreeMap<String, String>,
    ) {
        for name in left_in_file {
            let known = RESERVED.contains(&name.to_ascii_uppercase().as_str());
            self.warnings.push(Warning {
                setting: name.clone(),
                message: unread(known).to_owned(),
            });
        }
        for (name, value) in environment {
            if !value.is_empty() && RESERVED.contains(&name.as_str()) {
                self.warnings.push(Warning {
                    setting: name.clone(),
                    message: unread(true).to_owned(),
                });
            }
        }
    }
}

const fn unread(known: bool) -> &'static str {
    if known {
        "is set, but this version does not read it yet"
    } else {
        "there is no such setting; `omnisupport config default` lists them all"
    }
}

fn read_file(path: &Path) -> Result<toml::Table, ConfigError> {
    let unreadable = |source| ConfigError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > MAX_FILE_BYTES {
        return Err(unreadable(std::io::Error::other("larger than 1 MB")));
    }
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    toml::from_str(&text).map_err(|error| ConfigError::Malformed {
        path: path.to_owned(),
        message: match error.span() {
            Some(span) => format!("line {}: {}", line_of(&text, span.start), error.message()),
            None => error.message().to_owned(),
        },
    })
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1
}
