//! Files: uploading, the signed addresses they are handed out under, who may have one.

mod access;
mod address;
mod intake;
mod kind;
mod sweep;

pub use access::FileContent;
pub(crate) use intake::is_storage;
pub use intake::{Kept, Upload};
pub use kind::is_shown_inline;
pub use omni_blobs::Part;
