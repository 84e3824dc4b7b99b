//! The rows of the index that have the words, the newest first, a step at a time: whoever has enough stops asking.

use std::cmp::min;

use omni_analyzer::Query;
use omni_model::TenantScope;
use sea_orm::{ConnectionTrait, Statement};

use crate::search_parts::{self, Terms};
use crate::{Dialect, StoreError};

/// Parts of the index asked in one statement at most.
const PARTS: usize = 16;

/// What has the words and was not handed out yet.
#[derive(Debug)]
pub struct SearchHits<'a> {
    terms: Terms,
    query: &'a Query,
    /// Hits before this row.
    before: i64,
    /// Parts that are still to be asked, the newest first.
    parts: Vec<i64>,
    at_once: usize,
}

impl<'a> SearchHits<'a> {
    /// Messages that have the words, before row `before`.
    pub async fn messages<C: ConnectionTrait>(
        db: &C,
        scope: &TenantScope,
        query: &'a Query,
        before: Option<i64>,
    ) -> Result<Self, StoreError> {
        Self::of(db, scope, Terms::Messages, query, before).await
    }

    /// Customers that have the words, by their row keys in the index, before row `before`.
    pub async fn customers<C: ConnectionTrait>(
        db: &C,
        scope: &TenantScope,
        query: &'a Query,
        before: Option<i64>,
    ) -> Result<Self, StoreError> {
        Self::of(db, scope, Terms::Customers, query, before).await
    }

    async fn of<C: ConnectionTrait>(
        db: &C,
        scope: &TenantScope,
        terms: Terms,
        query: &'a Query,
        before: Option<i64>,
    ) -> Result<Self, StoreError> {
        let before = before.unwrap_or(i64::MAX);
        let parts = match query.words.is_empty() {
            true => Vec::new(),
            false => search_parts::numbers(db, scope, terms, before).await?,
        };
        Ok(Self {
            terms,
            query,
            before,
            parts,
            at_once: 1,
        })
    }

    /// Row keys of the next hits, `most` at most; there may be none in a step although there are more to come.
    /// `None` when there is nothing left to look through.
    pub async fn next<C: ConnectionTrait>(
        &mut self,
        db: &C,
        most: usize,
    ) -> Result<Option<Vec<i64>>, StoreError> {
        if self.parts.is_empty() {
            return Ok(None);
        }
        let these = min(self.at_once, self.parts.len());
        let dialect = Dialect::of(db);
        let (sql, asked) =
            dialect.full_text_hits(self.terms.table(), &self.parts[..these], self.query);
        let wanted = i64::try_from(most).unwrap_or(i64::MAX);
        let values = [self.before.into(), wanted.into()].into_iter().chain(asked);
        let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
        let mut found = Vec::new();
        for row in db.query_all_raw(statement).await? {
            found.push(row.try_get_by_index(0)?);
        }
        match found.last() {
            // These parts may have more.
            Some(&last) if found.len() >= most => self.before = last,
            _ => {
                self.parts.drain(..these);
                // The rarer the words, the more parts at once.
                self.at_once = min(self.at_once * 2, PARTS);
            }
        }
        Ok(Some(found))
    }

    /// Row keys of the next hits, `most` at most: fewer when there are no more.
    pub async fn up_to<C: ConnectionTrait>(
        mut self,
        db: &C,
        most: usize,
    ) -> Result<Vec<i64>, StoreError> {
        let mut found = Vec::new();
        while found.len() < most {
            match self.next(db, most - found.len()).await? {
                Some(next) => found.extend(next),
                None => break,
            }
        }
        Ok(found)
    }
}
