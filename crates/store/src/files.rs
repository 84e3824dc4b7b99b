//! Files: what is known of them. Their bytes lie in the blob store, under the id.

pub use omni_model::FileState;
use omni_model::{
    Actor, ApiKeyId, ChannelId, ConversationId, FileId, PlatformScope, RemoteFile, TenantId,
    TenantScope, Timestamp, UserId, clean_file_name,
};
use sea_orm::sea_query::Query;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
};
use uuid::Uuid;

use crate::bulk;
use crate::entity::files::{ActiveModel, Column, Entity, Model};
use crate::entity::{canned_responses, messages};
use crate::records::{json, to_json, word};
use crate::{StoreError, UnitOfWork};

/// Characters of a media type at most.
const MIME_TYPE: usize = 100;

/// Who brought a file. Only he may put it into a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uploader {
    /// A person of the tenant.
    User(UserId),
    /// A program of the tenant, by its key.
    Key(ApiKeyId),
    /// A visitor, by the hash of his session's token.
    Visitor(String),
    /// The provider, with a customer's message.
    Channel,
}

impl Uploader {
    fn to_text(&self) -> String {
        match self {
            Self::User(id) => format!("user:{id}"),
            Self::Key(id) => format!("key:{id}"),
            Self::Visitor(session) => format!("visitor:{session}"),
            Self::Channel => "channel".to_owned(),
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        match text.split_once(':') {
            Some(("user", id)) => id.parse().ok().map(Self::User),
            Some(("key", id)) => id.parse().ok().map(Self::Key),
            Some(("visitor", session)) => Some(Self::Visitor(session.to_owned())),
            None if text == "channel" => Some(Self::Channel),
            _ => None,
        }
    }
}

impl From<Actor> for Uploader {
    fn from(actor: Actor) -> Self {
        match actor {
            Actor::Person(id) => Self::User(id),
            Actor::Key(id) => Self::Key(id),
        }
    }
}

/// A file's row.
#[derive(Clone, Debug, PartialEq)]
pub struct FileRecord {
    pub id: FileId,
    /// The conversation a provider's file came with.
    pub conversation_id: Option<ConversationId>,
    pub channel_id: Option<ChannelId>,
    pub uploaded_by: Uploader,
    pub file_name: String,
    pub mime_type: String,
    /// Bytes; 0 while unknown.
    pub size: i64,
    pub state: FileState,
    /// Where it lies with the provider.
    pub remote: Option<RemoteFile>,
    /// Why it could not be fetched: a stable word.
    pub error: Option<String>,
    pub created_at: Timestamp,
}

impl FileRecord {
    /// A file of a customer's message that is still to be fetched.
    pub fn remote(
        id: FileId,
        channel: ChannelId,
        conversation: ConversationId,
        file: RemoteFile,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            conversation_id: Some(conversation),
            channel_id: Some(channel),
            uploaded_by: Uploader::Channel,
            file_name: clean_file_name(file.file_name.as_deref().unwrap_or_default()),
            mime_type: file
                .mime_type
                .clone()
                .filter(|mime| mime.len() <= MIME_TYPE)
                .unwrap_or_else(|| "application/octet-stream".to_owned()),
            size: file
                .size
                .and_then(|size| i64::try_from(size).ok())
                .unwrap_or(0),
            state: FileState::Pending,
            remote: Some(file),
            error: None,
            created_at: now,
        }
    }

    /// Notes what the bytes turned out to be.
    pub fn describe(&mut self, size: u64, mime_type: Option<String>) {
        self.size = i64::try_from(size).unwrap_or(i64::MAX);
        if let Some(mime_type) = mime_type.filter(|mime| mime.len() <= MIME_TYPE) {
            self.mime_type = mime_type;
        }
    }

    /// A file that somebody uploaded.
    pub fn uploaded(
        id: FileId,
        by: Uploader,
        file_name: &str,
        mime_type: &str,
        size: u64,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            conversation_id: None,
            channel_id: None,
            uploaded_by: by,
            file_name: clean_file_name(file_name),
            mime_type: mime_type.to_owned(),
            size: i64::try_from(size).unwrap_or(i64::MAX),
            state: FileState::Ready,
            remote: None,
            error: None,
            created_at: now,
        }
    }
}

impl TryFrom<Model> for FileRecord {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        const T: &str = "files";
        Ok(Self {
            id: row.id.into(),
            conversation_id: row.conversation_id.map(Into::into),
            channel_id: row.channel_id.map(Into::into),
            uploaded_by: Uploader::from_text(&row.uploaded_by).ok_or(StoreError::Inconsistent {
                table: T,
                column: "uploaded_by",
            })?,
            file_name: row.file_name,
            mime_type: row.mime_type,
            size: row.size,
            state: word(&row.state, T, "state")?,
            remote: row
                .remote
                .map(|text| json(&text, T, "remote"))
                .transpose()?,
            error: row.error,
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

fn row(scope: &TenantScope, file: &FileRecord) -> ActiveModel {
    ActiveModel {
        id: Set(file.id.into()),
        tenant_id: Set(scope.tenant_id().into()),
        conversation_id: Set(file.conversation_id.map(Into::into)),
        channel_id: Set(file.channel_id.map(Into::into)),
        uploaded_by: Set(file.uploaded_by.to_text()),
        file_name: Set(file.file_name.clone()),
        mime_type: Set(file.mime_type.clone()),
        size: Set(file.size),
        state: Set(file.state.as_str().to_owned()),
        remote: Set(file.remote.as_ref().map(to_json)),
        error: Set(file.error.clone()),
        created_at: Set(file.created_at.millis()),
    }
}

/// Stores new files.
pub async fn insert(
    unit: &UnitOfWork,
    scope: &TenantScope,
    records: &[FileRecord],
) -> Result<(), StoreError> {
    let rows: Vec<_> = records.iter().map(|file| row(scope, file)).collect();
    bulk::insert(unit, rows, "").await
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

/// A file by id.
pub async fn find<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    id: FileId,
) -> Result<Option<FileRecord>, StoreError> {
    Ok(find_many(db, scope, &[id]).await?.pop())
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
        .filter(bulk::among(db, Column::Id, ids.iter().map(|id| id.0)))
        .all(db)
        .await?
        .into_iter()
        .map(TryInto::try_into)
        .collect()
}

/// A file that a signed address names, with its tenant.
pub async fn find_signed<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
    id: FileId,
) -> Result<Option<(TenantScope, FileRecord)>, StoreError> {
    let Some(row) = Entity::find_by_id(Uuid::from(id)).one(db).await? else {
        return Ok(None);
    };
    let scope = TenantScope::of(TenantId(row.tenant_id));
    Ok(Some((scope, row.try_into()?)))
}

/// The conversations a file was sent in.
pub async fn conversations_with<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    id: FileId,
) -> Result<Vec<ConversationId>, StoreError> {
    let ids: Vec<Uuid> = messages::Entity::find()
        .select_only()
        .column(messages::Column::ConversationId)
        .distinct()
        .filter(messages::Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(messages::Column::FileId.eq(Uuid::from(id)))
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// Files that somebody uploaded before `before` and never sent, and that no canned response offers.
pub async fn never_sent<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
    before: Timestamp,
    limit: u64,
) -> Result<Vec<(TenantScope, FileId)>, StoreError> {
    let sent = Query::select()
        .column(messages::Column::FileId)
        .from(messages::Entity)
        .and_where(messages::Column::FileId.is_not_null())
        .to_owned();
    let canned = Query::select()
        .column(canned_responses::Column::FileId)
        .from(canned_responses::Entity)
        .and_where(canned_responses::Column::FileId.is_not_null())
        .to_owned();
    let found: Vec<(Uuid, Uuid)> = Entity::find()
        .select_only()
        .columns([Column::TenantId, Column::Id])
        .filter(Column::CreatedAt.lt(before.millis()))
        .filter(Column::ConversationId.is_null())
        .filter(Column::Id.not_in_subquery(sent))
        .filter(Column::Id.not_in_subquery(canned))
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    Ok(found
        .into_iter()
        .map(|(tenant, id)| (TenantScope::of(TenantId(tenant)), id.into()))
        .collect())
}

/// Removes a file's row. One that a message shows or a canned response offers cannot be removed: [`StoreError::Reference`].
pub async fn remove(unit: &UnitOfWork, scope: &TenantScope, id: FileId) -> Result<(), StoreError> {
    Entity::delete_many()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::Id.eq(Uuid::from(id)))
        .exec(unit.db())
        .await?;
    Ok(())
}
