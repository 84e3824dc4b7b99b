//! Visitors' sessions, by hash of the token.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "widget_sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub token_hash: String,
    pub tenant_id: Uuid,
    pub channel_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub external_id: String,
    pub verified: bool,
    #[sea_orm(column_type = "Text")]
    pub visitor: String,
    pub created_at: i64,
    pub last_seen_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
