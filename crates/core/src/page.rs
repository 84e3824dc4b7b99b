//! Pages of lists that are ordered by time, newest first.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use omni_model::{Timestamp, limits};
use serde::Deserialize;
use uuid::Uuid;

use crate::{Error, Result};

/// Rows that an offset may skip: further pages are reached by cursor.
const OFFSET_MAX: u64 = 10_000;

/// Which page somebody wants.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageRequest {
    /// Rows at most; 50 unless said, never more than 200.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u64>,
    /// Rows to skip; not together with `cursor`.
    #[param(maximum = 10_000)]
    pub offset: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// The last row of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) at: Timestamp,
    pub(crate) id: Uuid,
}

impl Cursor {
    fn read(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (at, id) = bytes.split_first_chunk::<8>()?;
        Some(Self {
            at: Timestamp::from_millis(i64::from_be_bytes(*at)),
            id: Uuid::from_slice(id).ok()?,
        })
    }

    fn write(self) -> String {
        let mut bytes = self.at.millis().to_be_bytes().to_vec();
        bytes.extend_from_slice(self.id.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

impl PageRequest {
    /// Where to go on, or 422 for what is out of bounds.
    pub(crate) fn place(&self) -> Result<Option<Cursor>> {
        if self.limit == Some(0) {
            return Err(Error::invalid_field("/limit", "too_small", "at least 1"));
        }
        if self.offset.is_some_and(|offset| offset > OFFSET_MAX) {
            let detail = "further than 10000 rows only by cursor";
            return Err(Error::invalid_field("/offset", "too_large", detail));
        }
        match (&self.cursor, self.offset) {
            (None, _) => Ok(None),
            (Some(_), Some(_)) => {
                let detail = "either cursor or offset";
                Err(Error::invalid_field("/cursor", "not_together", detail))
            }
            (Some(text), None) => Cursor::read(text).map(Some).ok_or_else(|| {
                Error::invalid_field("/cursor", "invalid", "is not a cursor of ours")
            }),
        }
    }

    pub(crate) fn offset(&self) -> u64 {
        self.offset.unwrap_or(0)
    }

    /// Rows of the page. One more is read to see whether there is a next one.
    pub(crate) fn limit(&self) -> u64 {
        self.limit
            .unwrap_or(limits::PAGE_DEFAULT)
            .min(limits::PAGE_MAX)
    }

    /// Cuts the row too many off and tells where the next page begins.
    pub(crate) fn next<T>(
        &self,
        rows: &mut Vec<T>,
        place: impl Fn(&T) -> Cursor,
    ) -> Option<String> {
        let limit = usize::try_from(self.limit()).unwrap_or(usize::MAX);
        if rows.len() <= limit {
            return None;
        }
        rows.truncate(limit);
        rows.last().map(|row| place(row).write())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_was() {
        let cursor = Cursor {
            at: Timestamp::from_millis(1_790_000_000_123),
            id: Uuid::from_u128(7),
        };
        assert_eq!(Cursor::read(&cursor.write()), Some(cursor));
        for bad in ["", "x", "AAAA", "не курсор", &cursor.write()[1..]] {
            assert_eq!(Cursor::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn pages_have_bounds() {
        let of = |limit, offset, cursor: Option<&str>| PageRequest {
            limit,
            offset,
            cursor: cursor.map(ToOwned::to_owned),
        };
        assert_eq!(of(None, None, None).limit(), 50);
        assert_eq!(of(Some(1_000), None, None).limit(), 200);
        assert!(of(Some(0), None, None).place().is_err());
        assert!(of(None, Some(10_001), None).place().is_err());
        assert!(of(None, Some(0), Some("x")).place().is_err());
        assert!(of(None, None, Some("x")).place().is_err());
        assert!(of(None, Some(10), None).place().is_ok());
    }
}
