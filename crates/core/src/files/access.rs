//! Who may have a file.

use std::time::Duration;

use omni_blobs::{BlobStream, Part};
use omni_model::{FileId, FileState, PlatformScope, Principal, StoredFile};
use omni_store::files::{self, FileRecord, Uploader};
use omni_store::{canned_responses, live_views};

use super::intake::from_blobs;
use crate::{Core, Error, Result};

/// A file on its way out.
pub struct FileContent {
    pub file_name: String,
    pub mime_type: String,
    pub body: BlobStream,
    /// How long the address it was asked for under still holds.
    pub fresh_for: Duration,
}

impl Core {
    /// A file with a fresh address, for whoever uploaded it, may see a conversation it was sent in, or is handed it by a
    /// canned response.
    pub async fn file(&self, who: &Principal, id: FileId) -> Result<StoredFile> {
        let scope = who.scope();
        let found = files::find(self.store().reader(), &scope, id).await?;
        let record = found.ok_or_else(|| Error::not_found("file"))?;
        if !self.may_have(who, &record).await? {
            return Err(Error::not_found("file"));
        }
        Ok(self.stored_file(&record))
    }

    async fn may_have(&self, who: &Principal, file: &FileRecord) -> Result<bool> {
        if file.uploaded_by == Uploader::from(who.actor()) {
            return Ok(true);
        }
        let (scope, reader) = (who.scope(), self.store().reader());
        if who.may("conversations:read")
            && canned_responses::offers_file(reader, &scope, who.sees_as(), file.id).await?
        {
            return Ok(true);
        }
        let sent_in = files::conversations_with(reader, &scope, file.id).await?;
        let conversations = live_views::conversations(reader, &scope, &sent_in).await?;
        let sight = self.sight(who).await?;
        Ok(conversations
            .iter()
            .any(|conversation| omni_model::may_see(who, &sight, conversation.holder())))
    }

    /// The bytes behind a signed address, or a part of them. One that is wrong or has expired names nothing.
    pub async fn file_content(
        &self,
        id: FileId,
        expires: i64,
        signature: &str,
        part: Option<Part>,
    ) -> Result<FileContent> {
        let absent = || Error::not_found("file");
        let fresh_for = self
            .address_holds(id, expires, signature)
            .ok_or_else(absent)?;
        let why = PlatformScope::for_reason("our own signature vouches for the file");
        let found = files::find_signed(self.store().reader(), why, id).await?;
        let (scope, record) = found.ok_or_else(absent)?;
        self.refuse_suspended(&scope).await?;
        if record.state != FileState::Ready {
            return Err(absent());
        }
        let found = self.blobs().stream(&scope, id, part).await;
        let body = found.map_err(from_blobs)?;
        Ok(FileContent {
            file_name: record.file_name,
            mime_type: record.mime_type,
            body: body.ok_or_else(absent)?,
            fresh_for,
        })
    }
}
