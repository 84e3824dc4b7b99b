//! Events on their way to webhooks.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_deliveries")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub row_id: i64,
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub webhook_id: Uuid,
    pub event_seq: i64,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    pub conversation_id: Uuid,
    pub message_id: Option<Uuid>,
    pub assigned_to: Option<Uuid>,
    pub event_at: i64,
    #[sea_orm(column_type = "Text")]
    pub state: String,
    pub tries: i64,
    #[sea_orm(column_type = "Text")]
    pub attempts: String,
    pub first_tried_at: Option<i64>,
    pub retry_at: Option<i64>,
    pub created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
