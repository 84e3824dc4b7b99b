//! The store of files.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{GetResult, ObjectStore, ObjectStoreExt};
use omni_model::{FileId, TenantScope};

use crate::error::{BlobError, PutError};
use crate::{leftovers, upload};

/// The store of files. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    dir: PathBuf,
}

/// A stored file on its way out.
pub struct BlobStream {
    /// Bytes.
    pub size: u64,
    pub body: BoxStream<'static, Result<Bytes, BlobError>>,
}

impl Blobs {
    /// Files in a local folder, which is made if absent. A write is on the disk when it returns.
    pub fn local(dir: &std::path::Path) -> Result<Self, BlobError> {
        std::fs::create_dir_all(dir).map_err(local)?;
        let store = LocalFileSystem::new_with_prefix(dir)?.with_fsync(true);
        Ok(Self {
            store: Arc::new(store),
            dir: dir.to_owned(),
        })
    }

    /// Removes what interrupted writes left behind and nobody has written to for `age`; returns how many pieces.
    pub async fn remove_leftovers(&self, age: Duration) -> Result<usize, BlobError> {
        let dir = self.dir.clone();
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
        match self.find(scope, id).await? {
            Some(found) => Ok(Some(found.bytes().await?)),
            None => Ok(None),
        }
    }

    /// A file piece by piece.
    pub async fn stream(
        &self,
        scope: &TenantScope,
        id: FileId,
    ) -> Result<Option<BlobStream>, BlobError> {
        let found = self.find(scope, id).await?;
        Ok(found.map(|found| BlobStream {
            size: found.meta.size,
            body: found.into_stream().map_err(BlobError::from).boxed(),
        }))
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

    async fn find(&self, scope: &TenantScope, id: FileId) -> Result<Option<GetResult>, BlobError> {
        match self.store.get(&key(scope, id)).await {
            Ok(found) => Ok(Some(found)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
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
