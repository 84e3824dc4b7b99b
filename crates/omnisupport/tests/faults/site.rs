//! The server under test.

use std::path::Path;

pub(crate) use omni_testkit::site::{Site, settings, telegram};

/// The binary under test.
pub(crate) fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_omnisupport"))
}
