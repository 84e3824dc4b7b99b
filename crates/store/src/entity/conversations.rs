//! Conversations.

use sea_orm::entity::prelude::*;
use serde::Deserialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "conversations")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub row_id: i64,
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub customer_id: Uuid,
    pub identity_id: Uuid,
    pub channel_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub channel_kind: String,
    #[sea_orm(column_type = "Text")]
    pub status: String,
    #[sea_orm(column_type = "Text")]
    pub priority: String,
    #[sea_orm(column_type = "Text")]
    pub tags: String,
    pub assigned_to: Option<Uuid>,
    pub assigned_team: Option<Uuid>,
    #[sea_orm(column_type = "Text", nullable)]
    pub assigned_reason: Option<String>,
    pub queued_at: i64,
    pub last_seq: i64,
    pub read_seq: i64,
    pub unread_count: i64,
    #[sea_orm(column_type = "Text")]
    pub metadata: String,
    pub created_at: i64,
    pub updated_at: i64,
    pub resolved_at: Option<i64>,
    pub snooze_until: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub woken_by: Option<String>,
    pub away_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
