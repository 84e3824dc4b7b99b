//! The store of files.

use std::error::Error;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, GetResult, ObjectStore, ObjectStoreExt};
use omni_model::{FileId, TenantScope};

use crate::error::{BlobError, PutError};
use crate::{Bucket, leftovers, upload};

/// The store of files. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    /// Where it is a local folder.
    dir: Option<PathBuf>,
}

/// A stored file, or a part of it, on its way out.
pub struct BlobStream {
    /// Bytes of the whole file.
    pub size: u64,
    /// The bytes that `body` is, of those.
    pub range: Range<u64>,
    pub body: BoxStream<'static, Result<Bytes, BlobError>>,
}

/// A part of a file that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// From the first to the last byte, both included; the end of the file ends it sooner.
    Between(u64, u64),
    /// From this byte on.
    From(u64),
    /// So many bytes at the end.
    Last(u64),
}

impl Blobs {
    /// Files in a local folder, which is made if absent. A write is on the disk when it returns.
    pub fn local(dir: &std::path::Path) -> Result<Self, BlobError> {
        std::fs::create_dir_all(dir).map_err(local)?;
        let store = LocalFileSystem::new_with_prefix(dir)?.with_fsync(true);
        Ok(Self {
            store: Arc::new(store),
            dir: Some(dir.to_owned()),
        })
    }

    /// Files in a bucket of a server that speaks S3. Whether it answers is told by [`Self::check`].
    pub fn s3(bucket: Bucket) -> Result<Self, BlobError> {
        Ok(Self {
            store: Arc::new(bucket.open()?),
            dir: None,
        })
    }

    /// Removes what interrupted writes left behind and nobody has written to for `age`; returns how many pieces. In a
    /// bucket that is a rule of the bucket's own (`AbortIncompleteMultipartUpload`).
    pub async fn remove_leftovers(&self, age: Duration) -> Result<usize, BlobError> {
        let Some(dir) = self.dir.clone() else {
            return Ok(0);
        };
        let removed = tokio::task::spawn_blocking(move || leftovers::remove(&dir, age)).await;
        let removed = removed.unwrap_or_else(|panicked| Err(std::io::Error::other(panicked)));
        Ok(removed.map_err(local)?)
    }

    /// Stores a file, whole or not at all; one of the same id is replaced.
    pub async fn put(
        &self,
        scope: &TenantScope,
        id: FileId,
        bytes: Bytes,
    ) -> Result<(), BlobError> {
        self.store.put(&key(scope, id), bytes.into()).await?;
        Ok(())
    }

    /// Stores a stream, whole or not at all, and answers its length. How much may come is for the
    /// stream to limit: it ends with an error, and nothing is kept.
    pub async fn put_stream<S, E>(
        &self,
        scope: &TenantScope,
        id: FileId,
        stream: S,
    ) -> Result<u64, PutError<E>>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin + Send,
        E: Error,
    {
        upload::store(self.store.as_ref(), &key(scope, id), stream).await
    }

    /// A whole file.
    pub async fn get(&self, scope: &TenantScope, id: FileId) -> Result<Option<Bytes>, BlobError> {
        match self.find(scope, id, None).await? {
            Some(found) => Ok(Some(found.bytes().await?)),
            None => Ok(None),
        }
    }

    /// A file, or a part of it, piece by piece. A part that begins behind the end is [`BlobError::NoSuchPart`].
    pub async fn stream(
        &self,
        scope: &TenantScope,
        id: FileId,
        part: Option<Part>,
    ) -> Result<Option<BlobStream>, BlobError> {
        let range = match part {
            None => None,
            Some(part) => {
                let Some(size) = self.size(scope, id).await? else {
                    return Ok(None);
                };
                Some(part.within(size).ok_or(BlobError::NoSuchPart)?)
            }
        };
        let found = self.find(scope, id, range).await?;
        Ok(found.map(|found| BlobStream {
            size: found.meta.size,
            range: found.range.clone(),
            body: found.into_stream().map_err(BlobError::from).boxed(),
        }))
    }

    async fn size(&self, scope: &TenantScope, id: FileId) -> Result<Option<u64>, BlobError> {
        match self.store.head(&key(scope, id)).await {
            Ok(found) => Ok(Some(found.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes a file. One that is not there counts as removed.
    pub async fn delete(&self, scope: &TenantScope, id: FileId) -> Result<(), BlobError> {
        match self.store.delete(&key(scope, id)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether files can be written just now.
    pub async fn check(&self) -> Result<(), BlobError> {
        let probe = Path::from("probe");
        self.store
            .put(&probe, Bytes::from_static(b"ok").into())
            .await?;
        Ok(())
    }

    async fn find(
        &self,
        scope: &TenantScope,
        id: FileId,
        range: Option<Range<u64>>,
    ) -> Result<Option<GetResult>, BlobError> {
        let options = GetOptions::default().with_range(range.map(GetRange::Bounded));
        match self.store.get_opts(&key(scope, id), options).await {
            Ok(found) => Ok(Some(found)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

impl Part {
    /// The bytes it is of a file of `size` bytes; `None` if there are none.
    fn within(self, size: u64) -> Option<Range<u64>> {
        let range = match self {
            Self::Between(first, last) => first..last.saturating_add(1).min(size),
            Self::From(first) => first..size,
            Self::Last(bytes) => size.saturating_sub(bytes)..size,
        };
        (range.start < range.end).then_some(range)
    }
}

fn local(source: std::io::Error) -> object_store::Error {
    object_store::Error::Generic {
        store: "LocalFileSystem",
        source: Box::new(source),
    }
}

/// Where a file lies. Only ids that we made are in it.
fn key(scope: &TenantScope, id: FileId) -> Path {
    Path::from(format!("t/{}/{id}", scope.tenant_id()))
}
