//! Parts of the search index: which rows of a tenant a number in its terms stands for.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "search_parts")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub row_id: i64,
    pub tenant_id: Uuid,
    pub terms: String,
    pub first_row: i64,
    pub last_row: i64,
    pub size: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
