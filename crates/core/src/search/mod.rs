//! Search over messages, conversations and customers.
//!
//! The index is kept by a lane that follows the event log, so what was said is found a moment later. What is found is
//! shown from the stored text, never from the index.

mod find;
mod index;
mod show;
mod snippet;
mod text;

pub use find::{SearchHit, SearchKind, SearchQuery};
pub(crate) use index::begin_tenant;
pub use snippet::SnippetPiece;
