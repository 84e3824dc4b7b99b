//! The chat page: a customer's phone in the browser. Filled in below.

use axum::Router;

use super::world::Shared;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
}
