//! What can go wrong with stored files.

use std::error::Error;

/// A failure of the storage. A file that is not there is no failure: reads answer `None`.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    #[error("the disk for files is full")]
    Full(#[source] object_store::Error),
    /// A part was asked for that the file does not have.
    #[error("the file has no such part")]
    NoSuchPart,
    #[error("the file storage failed")]
    Storage(#[source] object_store::Error),
}

/// Why a stream was not stored. Nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum PutError<E: Error> {
    /// The stream itself ended with an error.
    #[error(transparent)]
    Source(E),
    #[error(transparent)]
    Storage(BlobError),
}

impl From<object_store::Error> for BlobError {
    fn from(error: object_store::Error) -> Self {
        if is_full(&error) {
            Self::Full(error)
        } else {
            Self::Storage(error)
        }
    }
}

fn is_full(error: &object_store::Error) -> bool {
    let causes = std::iter::successors(error.source(), |cause| (*cause).source());
    causes
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|error| {
            use std::io::ErrorKind;
            matches!(
                error.kind(),
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded
            )
        })
}
