//! A page of a list.

use serde::Serialize;

/// How many rows match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// Exactly so many.
    Exact(u64),
    /// At least so many: counting stopped.
    AtLeast(u64),
}

/// A page of a list as the API answers it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// How many match in all; a lower bound where `total_is_exact` is false.
    pub total: u64,
    pub total_is_exact: bool,
    /// Hand back as `cursor` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl Total {
    /// The number, exact or not.
    pub const fn count(self) -> u64 {
        match self {
            Self::Exact(n) | Self::AtLeast(n) => n,
        }
    }
}

impl<T> Page<T> {
    /// A page of `items`.
    pub fn new(items: Vec<T>, total: Total, next_cursor: Option<String>) -> Self {
        let (total, total_is_exact) = match total {
            Total::Exact(n) => (n, true),
            Total::AtLeast(n) => (n, false),
        };
        Self {
            items,
            total,
            total_is_exact,
            next_cursor,
        }
    }
}
