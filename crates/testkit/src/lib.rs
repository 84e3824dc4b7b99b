//! The application under test, as its users meet it: a server on a free port, one database a test, a
//! simulated Telegram, HTTP clients and sockets. Development only.
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
mod salon;
mod socket;

pub use api::{Answer, Api};
pub use app::{TestApp, eventually};
pub use omni_store::both_engines;
pub use omni_store::testing::{Engine, TestDatabase};
pub use salon::{PASSWORD, Salon};
pub use socket::Socket;
