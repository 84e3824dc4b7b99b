//! The event log.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub row_id: i64,
    pub tenant_id: Uuid,
    pub seq: i64,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    pub conversation_id: Uuid,
    pub message_id: Option<Uuid>,
    pub assigned_from: Option<Uuid>,
    pub assigned_to: Option<Uuid>,
    pub team_from: Option<Uuid>,
    pub team_to: Option<Uuid>,
    pub created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
