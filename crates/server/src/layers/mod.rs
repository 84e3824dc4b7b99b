//! What surrounds every request.

mod cors;
mod security;
mod surround;

pub(crate) use cors::{for_everybody, for_listed_origins};
pub(crate) use surround::{RequestContext, surround};
