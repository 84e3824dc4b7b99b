//! Settings by subject, one file each: the typed values, and how they are read.

mod auth;
mod database;
mod environment;
mod files;
mod http;
mod limits;
mod log;
mod network;
mod outbound;
mod s3;
mod telegram;

pub use auth::Auth;
pub use database::{Database, DatabaseUrl};
pub use environment::Environment;
pub use files::Files;
pub use http::Http;
pub use limits::Limits;
pub use log::{Log, LogFormat};
pub use outbound::{AllowedHost, Outbound};
pub use s3::S3;
pub use telegram::Telegram;
