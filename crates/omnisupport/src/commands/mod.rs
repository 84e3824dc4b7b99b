//! One module a command.

pub(crate) mod config;
pub(crate) mod doctor;
pub(crate) mod migrate;
pub(crate) mod serve;
pub(crate) mod simulate;
pub(crate) mod superadmin;
pub(crate) mod tenant;

use std::io::Write;

/// Prints a line on standard output. A closed pipe is not our problem.
pub(crate) fn say(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Prints why a command failed, with its causes.
pub(crate) fn say_error(error: &anyhow::Error) {
    let _ = writeln!(std::io::stderr(), "omnisupport: {error:#}");
}
