//! The application under test, as its users meet it: a server on a free port, one database a test, a
//! simulated Telegram, HTTP clients and sockets. Development only.
//!
//! Stories stand in `crates/omnisupport/tests/blackbox/`, one module a subject, all in one test binary
//! (linking is what tests cost): add a `mod` line to its `main.rs`.
//!
//! ```ignore
//! both_engines!(a_customer_is_answered, |database| async move {
//!     let app = TestApp::start(database).await;
//!     let owner = app.owner().await;
//!     ...
//! });
//! ```

mod api;
mod app;
mod process;
mod salon;
mod socket;

pub use api::{Answer, Api, http_client};
pub use app::{TestApp, eventually, within};
pub use omni_store::both_engines;
pub use omni_store::testing::{Engine, Onlooker, TestDatabase};
pub use process::Process;
pub use salon::{PASSWORD, Salon};
pub use socket::Socket;
