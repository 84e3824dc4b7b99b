//! Files: where they came from and whether they are here yet. The bytes are in the blob store.

use omni_model::{ChannelId, ConversationId, FileId, RemoteFile, TenantScope, Timestamp, limits};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::entity::files::{ActiveModel, Column, Entity, Model};
use crate::lanes::chunks;
use crate::records::{json, to_json};
use crate::{StoreError, UnitOfWork};

/// Whether a file can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileState {
    /// Still with the provider.
    Pending,
    /// Here.
    Ready,
    /// Not to be had; `error` says why.
    Failed,
}

impl FileState {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }
}

/// A file's row.
#[derive(Clone, Debug, PartialEq)]
pub struct FileRecord {
    pub id: FileId,
    /// The conversation it belongs to; `None` until an uploaded file is sent.
    pub conversation_id: Option<ConversationId>,
    /// The channel it came through; `None` for an operator's upload.
    pub channel_id: Option<ChannelId>,
    /// `user:<id>`, `visitor:<channel>:<external id>` or `channel`.
    pub uploaded_by: String,
    pub file_name: String,
    pub mime_type: String,
    /// Bytes; 0 while unknown.
    pub size: i64,
    pub state: FileState,
    /// Where the provider keeps it.
    pub remote: Option<RemoteFile>,
    pub error: Option<String>,
    pub created_at: Timestamp,
}

impl FileRecord {
    /// A file that still lies with the provider.
    pub fn remote(
        id: FileId,
        channel: ChannelId,
        conversation: ConversationId,
        remote: RemoteFile,
        now: Timestamp,
    ) -> Self {
        let name = remote.file_name.as_deref().unwrap_or_default();
        Self {
            id,
            conversation_id: Some(conversation),
            channel_id: Some(channel),
            uploaded_by: "channel".to_owned(),
            file_name: name.chars().filter(|c| !c.is_control()).take(limits::FILE_NAME).collect(),
            mime_type: remote
                .mime_type
                .clone()
                .unwrap_or_else(|| "application/octet-stream".to_owned()),
            size: remote.size.and_then(|size| i64::try_from(size).ok()).unwrap_or(0),
            state: FileState::Pending,
            remote: Some(remote),
            error: None,
            created_at: now,
        }
    }
}

impl TryFrom<Model> for FileRecord {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let state = match row.state.as_str() {
            "pending" => FileState::Pending,
            "ready" => FileState::Ready,
            "failed" => FileState::Failed,
            _ => return Err(StoreError::Inconsistent { table: "files", column: "state" }),
        };
        Ok(Self {
            id: row.id.into(),
            conversation_id: row.conversation_id.map(Into::into),
            channel_id: row.channel_id.map(Into::into),
            uploaded_by: row.uploaded_by,
            file_name: row.file_name,
            mime_type: row.mime_type,
            size: row.size,
            state,
            remote: match &row.remote {
                Some(text) => Some(json(text, "files", "remote")?),
                None => None,
            },
            error: row.error,
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

fn row(scope: &TenantScope, record: &FileRecord) -> ActiveModel {
    ActiveModel {
        id: Set(record.id.into()),
        tenant_id: Set(scope.tenant_id().into()),
        conversation_id: Set(record.conversation_id.map(Into::into)),
        channel_id: Set(record.channel_id.map(Into::into)),
        uploaded_by: Set(record.uploaded_by.clone()),
        file_name: Set(record.file_name.clone()),
        mime_type: Set(record.mime_type.clone()),
        size: Set(record.size),
        state: Set(record.state.as_str().to_owned()),
        remote: Set(record.remote.as_ref().map(to_json)),
        error: Set(record.error.clone()),
        created_at: Set(record.created_at.millis()),
    }
}

/// Stores new files.
pub async fn insert(
    unit: &UnitOfWork,
    scope: &TenantScope,
    records: &[FileRecord],
) -> Result<(), StoreError> {
    let rows: Vec<_> = records.iter().map(|record| row(scope, record)).collect();
    for chunk in chunks(rows, unit.dialect().rows_per_statement(12)) {
        Entity::insert_many(chunk).exec_without_returning(unit.db()).await?;
    }
    Ok(())
}

/// Writes a file's row anew.
pub async fn update(
    unit: &UnitOfWork,
    scope: &TenantScope,
    record: &FileRecord,
) -> Result<(), StoreError> {
    Entity::update_many()
        .set(row(scope, record))
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::Id.eq(Uuid::from(record.id)))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// Files by id, in no particular order.
pub async fn find_many<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    ids: &[FileId],
) -> Result<Vec<FileRecord>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Entity::find()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::Id.is_in(ids.iter().map(|id| id.0)))
        .all(db)
        .await?
        .into_iter()
        .map(TryInto::try_into)
        .collect()
}

/// A file by id.
pub async fn find<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    id: FileId,
) -> Result<Option<FileRecord>, StoreError> {
    Ok(find_many(db, scope, &[id]).await?.pop())
}
