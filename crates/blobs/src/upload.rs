//! Storing a stream whose length is not known.

use std::error::Error;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

use crate::error::{BlobError, PutError};

/// The smallest part that every object store takes. What is smaller goes in one piece.
const PART: usize = 5 * 1024 * 1024;

/// Stores a stream under a key, visible only once it is whole; answers its length.
pub(crate) async fn store<S, E>(
    to: &dyn ObjectStore,
    key: &Path,
    mut stream: S,
) -> Result<u64, PutError<E>>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin + Send,
    E: Error,
{
    let storage = |error: object_store::Error| PutError::Storage(BlobError::from(error));
    let first = next_part(&mut stream).await?;
    let mut length = first.len() as u64;
    if first.len() < PART {
        to.put(key, first.into()).await.map_err(storage)?;
        return Ok(length);
    }

    let mut upload = to.put_multipart(key).await.map_err(storage)?;
    let outcome = async {
        let mut part = first;
        while !part.is_empty() {
            upload
                .put_part(PutPayload::from(part))
                .await
                .map_err(storage)?;
            part = next_part(&mut stream).await?;
            length += part.len() as u64;
        }
        upload.complete().await.map_err(storage)?;
        Ok(length)
    }
    .await;
    if outcome.is_err() {
        // The first failure is the one worth telling.
        let _ = upload.abort().await;
    }
    outcome
}

/// At least [`PART`] bytes, or what is left.
async fn next_part<S, E>(stream: &mut S) -> Result<Bytes, PutError<E>>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin + Send,
    E: Error,
{
    let mut part = BytesMut::new();
    while part.len() < PART {
        match stream.next().await {
            Some(chunk) => part.extend_from_slice(&chunk.map_err(PutError::Source)?),
            None => break,
        }
    }
    Ok(part.freeze())
}
