//! What handlers take from a request, checked. What cannot be taken is a problem, and never repeated back.

mod auth;
mod client;
mod fields;
mod json;
mod key;
mod path;
mod query;
mod superadmin;

pub use auth::Auth;
pub(crate) use auth::{bearer, refuse_key_in_address};
pub(crate) use client::ClientAddr;
pub(crate) use client::PeerAddr;
pub use json::{Json, OptionalJson};
pub use key::IdempotencyKey;
pub use path::Path;
pub use query::Query;
pub use superadmin::SuperadminAuth;
