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
mod bot;
mod dice;
mod load;
mod process;
mod s3;
mod salon;
mod screen;
pub mod site;
mod socket;
mod stored;

pub use api::{Answer, Api, http_client};
pub use app::{TestApp, eventually, within};
pub use bot::{Bot, Guest};
pub use dice::Dice;
pub use load::{Load, Writing};
pub use omni_store::both_engines;
pub use omni_store::testing::{Engine, Holder, Onlooker, TestDatabase, is_soak, number};
pub use process::{Process, limit_open_files};
pub use s3::S3Server;
pub use salon::{PASSWORD, Salon};
pub use screen::Screen;
pub use socket::{Socket, seqs};
pub use stored::expect_stored;
