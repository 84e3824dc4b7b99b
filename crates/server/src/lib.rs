//! The HTTP surface: API v1, channel webhooks, sockets, widget, static pages.
//!
//! Handlers parse, authorise, call `omni_core` and map; what they refuse becomes
//! `application/problem+json` in [`ApiError`]. Every mounted route is in the OpenAPI document.

mod body;
mod error;
mod extract;
mod key_pace;
mod layers;
mod limits;
mod metrics;
mod openapi;
mod range;
mod respond;
mod router;
mod routes;
mod serve;
mod sockets;
mod state;
mod upload;
mod waiting;
mod web;

pub use error::{ApiError, Problem};
pub use extract::{Auth, IdempotencyKey, Json, OptionalJson, Path, Query, SuperadminAuth};
pub use limits::RateLimits;
pub use openapi::openapi;
pub use respond::{Created, NoContent};
pub use router::router;
pub use serve::serve;
pub use state::{AppState, Demo, DemoUser, ServerOptions};
