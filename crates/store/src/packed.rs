//! Pages of wide rows. sqlx copies every value of SQLite by itself, which takes longer than finding it: there, a row comes
//! as one JSON array and is read by its places. PostgreSQL's rows come in one piece as they are.

use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{
    ColumnTrait, ColumnType, ConnectionTrait, EntityTrait, FromQueryResult, QuerySelect, Select,
};
use serde::de::DeserializeOwned;

use crate::{Dialect, StoreError};

/// A column of a row.
pub(crate) struct Piece {
    name: String,
    value: Expr,
    kind: ColumnType,
}

impl Piece {
    /// A column under its own name.
    pub(crate) fn of<C: ColumnTrait>(column: C) -> Self {
        Self::named(column, column.as_str())
    }

    /// A column under another name.
    pub(crate) fn named<C: ColumnTrait>(column: C, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            value: Expr::col(column.as_column_ref()),
            kind: column.def().get_column_type().clone(),
        }
    }

    /// The value as it stands in a JSON array: ids as hexadecimal digits.
    fn packed(self) -> Expr {
        match self.kind {
            // What is null has no digits.
            ColumnType::Uuid => Func::cust("nullif")
                .arg(Func::cust("hex").arg(self.value))
                .arg("")
                .into(),
            ColumnType::Boolean => {
                let word = Expr::case(self.value.clone().eq(true), "true")
                    .case(self.value.eq(false), "false");
                Func::cust("json").arg(word).into()
            }
            _ => self.value,
        }
    }
}

/// The rows of a query that has no columns yet. `T` has a field for each piece, in their order.
pub(crate) async fn all<C, E, T>(
    db: &C,
    query: Select<E>,
    pieces: impl IntoIterator<Item = Piece>,
) -> Result<Vec<T>, StoreError>
where
    C: ConnectionTrait,
    E: EntityTrait,
    T: FromQueryResult + DeserializeOwned,
{
    let query = query.select_only();
    let pieces = pieces.into_iter();
    if Dialect::of(db) == Dialect::Postgres {
        let query = pieces.fold(query, |query, piece| query.expr_as(piece.value, piece.name));
        return Ok(query.into_model().all(db).await?);
    }
    let row = Func::cust("json_array").args(pieces.map(Piece::packed));
    let rows: Vec<String> = query.expr_as(row, "row").into_tuple().all(db).await?;
    let read = |row: String| {
        serde_json::from_str(&row).map_err(|_| StoreError::Inconsistent {
            table: E::default().table_name(),
            column: "row",
        })
    };
    rows.into_iter().map(read).collect()
}
