//! Files by key, over object_store.
//!
//! A key is made here and nowhere else, from the tenant and the file's id, so that no name from
//! outside can point anywhere.

mod blobs;
mod bucket;
mod error;
mod leftovers;
mod upload;

pub use blobs::{BlobStream, Blobs, Part};
pub use bucket::Bucket;
pub use error::{BlobError, PutError};
