//! Customers as the search index knows them.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "search_customers")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub row_id: i64,
    pub tenant_id: Uuid,
    pub customer_id: Uuid,
    /// Which state of the customer was indexed.
    pub customer_updated_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
