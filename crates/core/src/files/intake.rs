//! Taking a file in: streamed into the blob store, never more than allowed, looked at on the way.

use std::error::Error as StdError;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt, stream};
use omni_blobs::{BlobError, PutError};
use omni_model::{FileId, Principal, StoredFile, TenantScope, codes};
use omni_store::files::{self, FileRecord, Uploader};

use super::kind;
use crate::conversations::REPLY;
use crate::widget::WidgetVisitor;
use crate::{Core, Error, Result};

/// When to try again where the place for files is out of reach.
const AGAIN_IN: Duration = Duration::from_secs(5);

/// A file as its sender announces it.
#[derive(Clone, Debug, Default)]
pub struct Upload {
    pub file_name: String,
    /// What the sender says it is.
    pub mime_type: Option<String>,
}

/// A file whose bytes are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Bytes.
    pub size: u64,
    /// What the bytes say it is, where they say it.
    pub sniffed: Option<String>,
}

impl Kept {
    /// What it is, given what its sender says.
    pub fn mime_type(&self, declared: Option<&str>) -> String {
        kind::settle(self.sniffed.as_deref(), declared)
    }
}

/// Why a stream ended before its end.
#[derive(Debug, thiserror::Error)]
enum Stopped<E: StdError> {
    #[error("more than allowed")]
    TooLarge,
    #[error(transparent)]
    Source(E),
}

impl Core {
    /// Stores a file that somebody of the team uploads.
    pub async fn upload_file<S, E>(
        &self,
        who: &Principal,
        upload: Upload,
        body: S,
    ) -> Result<StoredFile>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin + Send,
        E: StdError + Send,
    {
        self.check_upload(who)?;
        self.store_upload(&who.scope(), Uploader::from(who.actor()), upload, body)
            .await
    }

    /// Refuses who may not upload, before anything is read of what he sends.
    pub fn check_upload(&self, who: &Principal) -> Result<()> {
        if who.may(REPLY) {
            Ok(())
        } else {
            Err(Error::forbidden(REPLY))
        }
    }

    /// Stores a file that a visitor uploads.
    pub async fn upload_widget_file<S, E>(
        &self,
        visitor: &WidgetVisitor,
        upload: Upload,
        body: S,
    ) -> Result<StoredFile>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin + Send,
        E: StdError + Send,
    {
        self.store_upload(&visitor.scope(), visitor.uploader(), upload, body)
            .await
    }

    async fn store_upload<S, E>(
        &self,
        scope: &TenantScope,
        by: Uploader,
        upload: Upload,
        body: S,
    ) -> Result<StoredFile>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin + Send,
        E: StdError + Send,
    {
        let id = FileId::new(self.clock());
        let kept = self.keep_bytes(scope, id, body).await?;
        let mime_type = kept.mime_type(upload.mime_type.as_deref());
        let now = self.clock().now();
        let record = FileRecord::uploaded(id, by, &upload.file_name, &mime_type, kept.size, now);
        let (scope, row) = (*scope, record.clone());
        let stored = self
            .store()
            .write(&scope, move |unit| async move {
                files::insert(&unit, &scope, &[row]).await?;
                Ok::<_, Error>(())
            })
            .await;
        if let Err(error) = stored {
            // Nobody knows of the bytes, so nobody would ever remove them.
            if let Err(left) = self.blobs().delete(&scope, id).await {
                tracing::warn!(error = %left, "a file without a row is left behind");
            }
            return Err(error);
        }
        Ok(self.stored_file(&record))
    }

    /// Stores the bytes of a file and tells what they are. Too many are refused and not kept.
    pub async fn keep_bytes<S, E>(
        &self,
        scope: &TenantScope,
        id: FileId,
        mut body: S,
    ) -> Result<Kept>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin + Send,
        E: StdError + Send,
    {
        let head = read_head(&mut body)
            .await
            .map_err(|error| ended_early(&error))?;
        if head.is_empty() {
            return Err(Error::refused(codes::FILE_REFUSED, "the file is empty"));
        }
        let sniffed = kind::sniff(&head);
        let whole = stream::once(async { Ok(head) }).chain(body);
        let limited = limit(whole, self.options().max_upload_bytes);
        let size = self
            .blobs()
            .put_stream(scope, id, Box::pin(limited))
            .await
            .map_err(|error| self.not_kept(error))?;
        Ok(Kept { size, sniffed })
    }

    fn not_kept<E: StdError>(&self, error: PutError<Stopped<E>>) -> Error {
        match error {
            PutError::Source(Stopped::TooLarge) => {
                let most = self.options().max_upload_bytes / (1024 * 1024);
                Error::refused(
                    codes::TOO_LARGE,
                    format!("a file may have at most {most} MB"),
                )
            }
            PutError::Source(Stopped::Source(error)) => ended_early(&error),
            PutError::Storage(error) => from_blobs(error),
        }
    }
}

/// A failure of the blob store, as its caller should know it.
pub(crate) fn from_blobs(error: BlobError) -> Error {
    match error {
        BlobError::Full(_) => Error::refused(codes::STORAGE_FULL, "no room for files"),
        BlobError::NoSuchPart => Error::refused(codes::NO_SUCH_PART, "the file is shorter"),
        BlobError::Storage(cause) => {
            tracing::warn!(error = %cause, "the file storage failed");
            Error::unavailable("files are out of reach", AGAIN_IN)
        }
    }
}

/// Whether it was the place for files that failed, whatever file it was.
pub(crate) fn is_storage(error: &Error) -> bool {
    let ours = [codes::STORAGE_FULL, codes::UNAVAILABLE];
    matches!(error, Error::Refused { code, .. } if ours.contains(code))
}

fn ended_early<E: StdError>(error: &E) -> Error {
    tracing::debug!(%error, "a file ended too early");
    Error::refused(codes::BAD_REQUEST, "the file ended too early")
}

/// The first bytes: as many as it takes to tell what a file is, or all of a smaller one.
async fn read_head<S, E>(body: &mut S) -> Result<Bytes, E>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    let mut head = BytesMut::new();
    while head.len() < kind::HEAD {
        match body.next().await {
            Some(chunk) => head.extend_from_slice(&chunk?),
            None => break,
        }
    }
    Ok(head.freeze())
}

/// The stream, ended with an error where it grows beyond `most` bytes.
fn limit<S, E>(body: S, most: u64) -> impl Stream<Item = Result<Bytes, Stopped<E>>>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: StdError,
{
    body.scan(0_u64, move |seen, chunk| {
        let checked = match chunk {
            Ok(chunk) => {
                *seen += chunk.len() as u64;
                if *seen > most {
                    Err(Stopped::TooLarge)
                } else {
                    Ok(chunk)
                }
            }
            Err(error) => Err(Stopped::Source(error)),
        };
        std::future::ready(Some(checked))
    })
}
