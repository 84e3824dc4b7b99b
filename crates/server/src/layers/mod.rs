//! What surrounds every request.

mod cors;
mod linger;
mod security;
mod surround;

pub(crate) use cors::cors;
pub(crate) use surround::{RequestContext, surround};
