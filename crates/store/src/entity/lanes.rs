//! Lanes: jobs of one order key, leased together.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "lanes")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub row_id: i64,
    #[sea_orm(column_type = "Text")]
    pub queue: String,
    pub tenant_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub order_key: String,
    pub due_at: i64,
    pub version: i64,
    pub attempts: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub owner: Option<String>,
    pub fence: i64,
    pub lease_until: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
