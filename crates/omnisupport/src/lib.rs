//! The wiring: settings become engines, engines become use cases, and around them a server and workers.
//! Only this crate names an engine.

mod app;
mod wiring;

pub use app::{App, Failure, Running, StartOptions};
pub use wiring::{Wiring, open_blobs, open_core, open_store};
