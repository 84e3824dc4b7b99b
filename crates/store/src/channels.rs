//! Channels. Their secrets are sealed before they come here.

use omni_model::{
    ChannelId, ChannelKind, ChannelStatus, PlatformScope, TenantId, TenantScope, Timestamp,
};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use serde_json::Value;
use uuid::Uuid;

use crate::entity::channels::{ActiveModel, Column, Entity, Model};
use crate::records::{json, to_json, word};
use crate::{StoreError, UnitOfWork};

/// A channel's row.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelRecord {
    pub id: ChannelId,
    pub tenant_id: TenantId,
    pub kind: ChannelKind,
    pub name: String,
    pub status: ChannelStatus,
    /// How it stands, in words.
    pub status_detail: Option<String>,
    pub settings: Value,
    /// Sealed.
    pub secrets: String,
    /// Names the channel to the outside: the webhook's token, the widget's key.
    pub public_key: String,
    /// The provider's id of the account; one channel each.
    pub account: Option<String>,
    /// What the provider calls it, as customers address it; a bot's username.
    pub account_name: Option<String>,
    pub deleted_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl ChannelRecord {
    /// The scope of its tenant.
    pub const fn scope(&self) -> TenantScope {
        TenantScope::of(self.tenant_id)
    }
}

impl TryFrom<Model> for ChannelRecord {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        const T: &str = "channels";
        Ok(Self {
            id: row.id.into(),
            tenant_id: row.tenant_id.into(),
            kind: word(&row.kind, T, "kind")?,
            name: row.name,
            status: word(&row.status, T, "status")?,
            status_detail: row.status_detail,
            settings: json(&row.settings, T, "settings")?,
            secrets: row.secrets,
            public_key: row.public_key,
            account: row.account,
            account_name: row.account_name,
            deleted_at: row.deleted_at.map(Timestamp::from_millis),
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        })
    }
}

/// Stores a new channel. An account that is connected already violates
/// [`crate::UniqueKey::CHANNEL_ACCOUNT`].
pub async fn insert(unit: &UnitOfWork, record: &ChannelRecord) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(record.id.into()),
        tenant_id: Set(record.tenant_id.into()),
        kind: Set(record.kind.as_str().to_owned()),
        name: Set(record.name.clone()),
        status: Set(record.status.as_str().to_owned()),
        status_detail: Set(record.status_detail.clone()),
        settings: Set(to_json(&record.settings)),
        secrets: Set(record.secrets.clone()),
        public_key: Set(record.public_key.clone()),
        account: Set(record.account.clone()),
        account_name: Set(record.account_name.clone()),
        poll_offset: Set(0),
        watch_at: Set(0),
        failing_since: Set(None),
        fell_back_at: Set(None),
        deleted_at: Set(None),
        created_at: Set(record.created_at.millis()),
        updated_at: Set(record.updated_at.millis()),
    };
    Entity::insert(row)
        .exec_without_returning(unit.db())
        .await?;
    Ok(())
}

/// Writes what may change in a channel.
pub async fn update(unit: &UnitOfWork, record: &ChannelRecord) -> Result<(), StoreError> {
    Entity::update_many()
        .set(ActiveModel {
            name: Set(record.name.clone()),
            status: Set(record.status.as_str().to_owned()),
            status_detail: Set(record.status_detail.clone()),
            settings: Set(to_json(&record.settings)),
            secrets: Set(record.secrets.clone()),
            account: Set(record.account.clone()),
            account_name: Set(record.account_name.clone()),
            deleted_at: Set(record.deleted_at.map(Timestamp::millis)),
            updated_at: Set(unit.now().millis()),
            ..ActiveModel::default()
        })
        .filter(Column::TenantId.eq(Uuid::from(record.tenant_id)))
        .filter(Column::Id.eq(Uuid::from(record.id)))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// A channel, locked until the unit of work ends. One that was deleted is not found.
pub async fn lock(
    unit: &UnitOfWork,
    scope: &TenantScope,
    id: ChannelId,
) -> Result<Option<ChannelRecord>, StoreError> {
    Entity::find_by_id(Uuid::from(id))
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::DeletedAt.is_null())
        .lock_exclusive()
        .one(unit.db())
        .await?
        .map(TryInto::try_into)
        .transpose()
}

/// A channel by id. A deleted one is found, since its conversations live on.
pub async fn find<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    id: ChannelId,
) -> Result<Option<ChannelRecord>, StoreError> {
    Entity::find_by_id(Uuid::from(id))
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .one(db)
        .await?
        .map(TryInto::try_into)
        .transpose()
}

/// The channel that a key from outside names: this is where an anonymous call learns its tenant.
pub async fn by_public_key<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
    key: &str,
) -> Result<Option<ChannelRecord>, StoreError> {
    Entity::find()
        .filter(Column::PublicKey.eq(key))
        .filter(Column::DeletedAt.is_null())
        .one(db)
        .await?
        .map(TryInto::try_into)
        .transpose()
}

/// A tenant's channels, oldest first.
pub async fn list<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    limit: u64,
) -> Result<Vec<ChannelRecord>, StoreError> {
    Entity::find()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::DeletedAt.is_null())
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await?
        .into_iter()
        .map(TryInto::try_into)
        .collect()
}

/// The settings of each channel of the tenant.
pub async fn settings<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
) -> Result<Vec<(ChannelId, Value)>, StoreError> {
    let rows: Vec<(Uuid, String)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::Settings])
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::DeletedAt.is_null())
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    rows.into_iter()
        .map(|(id, settings)| Ok((id.into(), json(&settings, "channels", "settings")?)))
        .collect()
}

/// All tenants' channels of a kind in a state, for the workers that keep them going.
pub async fn in_state<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
    kind: ChannelKind,
    status: ChannelStatus,
) -> Result<Vec<ChannelRecord>, StoreError> {
    Entity::find()
        .filter(Column::Kind.eq(kind.as_str()))
        .filter(Column::Status.eq(status.as_str()))
        .filter(Column::DeletedAt.is_null())
        .order_by_asc(Column::CreatedAt)
        .all(db)
        .await?
        .into_iter()
        .map(TryInto::try_into)
        .collect()
}

/// Where polling goes on.
pub async fn poll_offset<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    id: ChannelId,
) -> Result<i64, StoreError> {
    let offset: Option<i64> = Entity::find_by_id(Uuid::from(id))
        .select_only()
        .column(Column::PollOffset)
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .into_tuple()
        .one(db)
        .await?;
    Ok(offset.unwrap_or(0))
}

/// Moves polling on, in the unit of work that stores what was polled.
pub async fn set_poll_offset(
    unit: &UnitOfWork,
    scope: &TenantScope,
    id: ChannelId,
    offset: i64,
) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::PollOffset, Expr::value(offset))
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::Id.eq(Uuid::from(id)))
        .exec(unit.db())
        .await?;
    Ok(())
}
