//! How the log is written.

use std::str::FromStr;

use crate::reader::Reader;

/// How the log is written.
#[derive(Debug, Clone)]
pub struct Log {
    /// For people or for machines.
    pub format: LogFormat,
    /// Whether more is logged than in normal running.
    pub debug: bool,
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

impl LogFormat {
    /// Its names, as the setting takes them.
    pub(crate) const NAMES: [&'static str; 2] = ["text", "json"];
}

impl Log {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            format: reader
                .parsed("log_format", "text or json")
                .unwrap_or(LogFormat::Text),
            debug: reader.flag("debug"),
        }
    }
}

impl FromStr for LogFormat {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("neither text nor json"),
        }
    }
}
