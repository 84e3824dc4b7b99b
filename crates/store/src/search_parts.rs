//! The parts of the search index: stretches of a tenant's rows, apart from each other and of a bounded size. A term
//! begins with the number of its part, so a search goes from part to part, the newest first, and stops when it has
//! enough; and since a part is one tenant's, no query can find what is another's.

use std::collections::BTreeMap;

use omni_model::TenantScope;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
};
use uuid::Uuid;

use crate::entity::search_parts::{ActiveModel, Column, Entity};
use crate::{StoreError, UnitOfWork};

/// Rows of a part. What a search of the commonest word looks at is about as many; what one of a rare word asks the
/// index for is the number of parts.
const FULL: i64 = 16_384;

/// A table of terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Terms {
    Messages,
    Customers,
}

impl Terms {
    pub(crate) const fn table(self) -> &'static str {
        match self {
            Self::Messages => "message_terms",
            Self::Customers => "customer_terms",
        }
    }
}

/// A stretch of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    /// `None` until it is stored.
    number: Option<i64>,
    first: i64,
    last: i64,
    size: i64,
}

impl Part {
    const fn of(row: i64) -> Self {
        Self {
            number: None,
            first: row,
            last: row,
            size: 1,
        }
    }
}

/// Numbers of the tenant's parts that begin before row `before`, the newest first.
pub(crate) async fn numbers<C: ConnectionTrait>(
    db: &C,
    scope: &TenantScope,
    terms: Terms,
    before: i64,
) -> Result<Vec<i64>, StoreError> {
    let rows = Entity::find()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::Terms.eq(terms.table()))
        .filter(Column::FirstRow.lt(before))
        .order_by_desc(Column::FirstRow)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.row_id).collect())
}

/// The number of the part of each of these rows. Makes room for those that are new.
pub(crate) async fn place(
    unit: &UnitOfWork,
    scope: &TenantScope,
    terms: Terms,
    rows: impl IntoIterator<Item = i64>,
) -> Result<BTreeMap<i64, i64>, StoreError> {
    let stored = Entity::find()
        .filter(Column::TenantId.eq(Uuid::from(scope.tenant_id())))
        .filter(Column::Terms.eq(terms.table()))
        .order_by_asc(Column::FirstRow)
        .all(unit.db())
        .await?;
    let before: Vec<Part> = (stored.into_iter())
        .map(|row| Part {
            number: Some(row.row_id),
            first: row.first_row,
            last: row.last_row,
            size: row.size,
        })
        .collect();
    let mut parts = before.clone();
    let mut rows: Vec<i64> = rows.into_iter().collect();
    rows.sort_unstable();
    fit(&mut parts, &rows, FULL);
    for part in &mut parts {
        if !before.contains(part) {
            save(unit, scope, terms, part).await?;
        }
    }
    let number = |row: i64| part_of(&parts, row).and_then(|at| parts[at].number);
    Ok((rows.iter())
        .filter_map(|&row| Some((row, number(row)?)))
        .collect())
}

async fn save(
    unit: &UnitOfWork,
    scope: &TenantScope,
    terms: Terms,
    part: &mut Part,
) -> Result<(), StoreError> {
    let row = ActiveModel {
        row_id: part.number.map_or(NotSet, Set),
        tenant_id: Set(scope.tenant_id().into()),
        terms: Set(terms.table().to_owned()),
        first_row: Set(part.first),
        last_row: Set(part.last),
        size: Set(part.size),
    };
    if part.number.is_some() {
        Entity::update(row).exec(unit.db()).await?;
    } else {
        let inserted = Entity::insert(row).exec(unit.db()).await?;
        part.number = Some(inserted.last_insert_id);
    }
    Ok(())
}

/// Makes sure that each of `rows`, which are in order, is in one of `parts`, which stay in order and apart. A row within
/// a part is of that part for good; one between parts goes to the one before it unless that is full, else to the one
/// after it, else to a new one.
fn fit(parts: &mut Vec<Part>, rows: &[i64], full: i64) {
    // A part grows row by row, upwards and then downwards, so that it knows how many it has.
    let below = rows.iter().filter(|&&row| !grown_up_to(parts, row, full));
    let below: Vec<i64> = below.copied().collect();
    for row in below.into_iter().rev() {
        grow_down_to(parts, row, full);
    }
}

/// Whether `row` is in a part now; if not, it is for the part after it.
fn grown_up_to(parts: &mut Vec<Part>, row: i64, full: i64) -> bool {
    let after = parts.partition_point(|part| part.first <= row);
    if let Some(part) = after.checked_sub(1).map(|at| &mut parts[at]) {
        if row <= part.last {
            return true;
        }
        if part.size < full {
            part.last = row;
            part.size += 1;
            return true;
        }
    }
    if parts.get(after).is_some_and(|part| part.size < full) {
        return false;
    }
    parts.insert(after, Part::of(row));
    true
}

fn grow_down_to(parts: &mut Vec<Part>, row: i64, full: i64) {
    let after = parts.partition_point(|part| part.first <= row);
    match parts.get_mut(after) {
        Some(part) if part.size < full => {
            part.first = row;
            part.size += 1;
        }
        _ => parts.insert(after, Part::of(row)),
    }
}

/// Which of `parts` has this row.
fn part_of(parts: &[Part], row: i64) -> Option<usize> {
    let at = parts
        .partition_point(|part| part.first <= row)
        .checked_sub(1)?;
    (row <= parts[at].last).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The stretches and their sizes after these rows came in batches, at three rows a part.
    fn stretches(batches: &[&[i64]]) -> Vec<(i64, i64, i64)> {
        let mut parts = Vec::new();
        for rows in batches {
            fit(&mut parts, rows, 3);
            assert!(rows.iter().all(|row| part_of(&parts, *row).is_some()));
        }
        let all = parts.iter().map(|part| (part.first, part.last, part.size));
        all.collect()
    }

    #[test]
    fn parts_fill_up_on_either_side() {
        let whole = [(1, 3, 3), (4, 6, 3), (7, 7, 1)];
        assert_eq!(stretches(&[&[1, 2, 3, 4, 5, 6, 7]]), whole);
        assert_eq!(stretches(&[&[1, 2], &[3, 4], &[5, 6, 7]]), whole);
        let whole = [(1, 1, 1), (2, 4, 3), (5, 7, 3)];
        assert_eq!(stretches(&[&[7], &[3, 4, 5, 6], &[1, 2]]), whole);
    }

    #[test]
    fn a_row_stays_where_it_is() {
        let once = [(10, 30, 2)];
        assert_eq!(stretches(&[&[10, 30], &[20], &[10, 20, 30]]), once);
        let between = [(10, 30, 3), (40, 40, 1), (50, 70, 3)];
        let batches: [&[i64]; 4] = [&[10, 20, 30], &[50, 60, 70], &[40], &[25, 55]];
        assert_eq!(stretches(&batches), between);
    }
}
