//! What the install is for.

use std::str::FromStr;

use crate::reader::Reader;

/// What the install is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// A laptop: keys are made when missing, demo data is allowed.
    Development,
    /// The real thing: nothing is guessed.
    Production,
}

impl Environment {
    /// Its names, as the setting takes them.
    pub(crate) const NAMES: [&'static str; 2] = ["development", "production"];

    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        reader
            .parsed("environment", "development or production")
            .unwrap_or(Self::Development)
    }

    /// Whether nothing may be guessed.
    pub fn is_production(self) -> bool {
        self == Self::Production
    }
}

impl FromStr for Environment {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "development" => Ok(Self::Development),
            "production" => Ok(Self::Production),
            _ => Err("neither development nor production"),
        }
    }
}
