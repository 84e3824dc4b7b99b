//! Visitors' sessions.

use omni_model::{ChannelId, PlatformScope, TenantId, TenantScope, Timestamp};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::Value;
use uuid::Uuid;

use crate::entity::widget_sessions::{ActiveModel, Column, Entity, Model};
use crate::records::{json, to_json};
use crate::{StoreError, UnitOfWork};

/// A visitor's session.
#[derive(Clone, Debug, PartialEq)]
pub struct WidgetSessionRecord {
    /// Hash of the token; the token itself is only with the visitor.
    pub token_hash: String,
    pub tenant_id: TenantId,
    pub channel_id: ChannelId,
    /// Who he is in the channel: of our making, or what a signed identify proved.
    pub external_id: String,
    /// Whether a signed identify proved it.
    pub verified: bool,
    /// What the page told about him. Proves nothing.
    pub visitor: Value,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
}

impl WidgetSessionRecord {
    /// The scope of its tenant.
    pub const fn scope(&self) -> TenantScope {
        TenantScope::of(self.tenant_id)
    }
}

impl TryFrom<Model> for WidgetSessionRecord {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            token_hash: row.token_hash,
            tenant_id: row.tenant_id.into(),
            channel_id: row.channel_id.into(),
            external_id: row.external_id,
            verified: row.verified,
            visitor: json(&row.visitor, "widget_sessions", "visitor")?,
            created_at: Timestamp::from_millis(row.created_at),
            last_seen_at: Timestamp::from_millis(row.last_seen_at),
        })
    }
}

/// Stores a new session.
pub async fn insert(unit: &UnitOfWork, record: &WidgetSessionRecord) -> Result<(), StoreError> {
    let row = ActiveModel {
        token_hash: Set(record.token_hash.clone()),
        tenant_id: Set(record.tenant_id.into()),
        channel_id: Set(record.channel_id.into()),
        external_id: Set(record.external_id.clone()),
        verified: Set(record.verified),
        visitor: Set(to_json(&record.visitor)),
        created_at: Set(record.created_at.millis()),
        last_seen_at: Set(record.last_seen_at.millis()),
    };
    Entity::insert(row)
        .exec_without_returning(unit.db())
        .await?;
    Ok(())
}

/// Writes who the visitor is and what is told about him.
pub async fn update(unit: &UnitOfWork, record: &WidgetSessionRecord) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::ExternalId, Expr::value(record.external_id.as_str()))
        .col_expr(Column::Verified, Expr::value(record.verified))
        .col_expr(Column::Visitor, Expr::value(to_json(&record.visitor)))
        .col_expr(Column::LastSeenAt, Expr::value(unit.now().millis()))
        .filter(Column::TenantId.eq(Uuid::from(record.tenant_id)))
        .filter(Column::TokenHash.eq(&record.token_hash))
        .exec(unit.db())
        .await?;
    Ok(())
}

/// The session of a token, by its hash: this is where a visitor's call learns its tenant.
pub async fn find<C: ConnectionTrait>(
    db: &C,
    _scope: PlatformScope,
    token_hash: &str,
) -> Result<Option<WidgetSessionRecord>, StoreError> {
    Entity::find_by_id(token_hash)
        .one(db)
        .await?
        .map(TryInto::try_into)
        .transpose()
}

/// Forgets sessions that nobody used since `before`. Returns how many.
pub async fn forget_old(unit: &UnitOfWork, before: Timestamp) -> Result<u64, StoreError> {
    let done = Entity::delete_many()
        .filter(Column::LastSeenAt.lt(before.millis()))
        .exec(unit.db())
        .await?;
    Ok(done.rows_affected)
}
