//! What every call has to say: where to, how long, how much.

use std::time::Duration;

use url::Url;

/// A target with its limits. Without others said: 15 seconds, 1 MiB of answer.
#[derive(Clone)]
pub struct Call<'a> {
    pub(crate) url: &'a Url,
    pub(crate) within: Duration,
    pub(crate) at_most: u64,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl<'a> Call<'a> {
    /// A call to this URL.
    pub const fn to(url: &'a Url) -> Self {
        Self {
            url,
            within: Duration::from_secs(15),
            at_most: 1024 * 1024,
            headers: Vec::new(),
        }
    }

    /// The time for all of it, from looking up the name to the answer's last byte.
    #[must_use]
    pub const fn within(mut self, time: Duration) -> Self {
        self.within = time;
        self
    }

    /// The bytes of answer taken at most.
    #[must_use]
    pub const fn at_most(mut self, bytes: u64) -> Self {
        self.at_most = bytes;
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}
