//! Tokens and keys.

use std::time::Duration;

use crate::reader::Reader;
use crate::secret::Secret;

/// Tokens and keys as they are set; what is not set comes from [`crate::Keys`].
#[derive(Debug, Clone)]
pub struct Auth {
    /// Signs access tokens.
    pub jwt_secret_key: Option<Secret<String>>,
    /// Encrypts stored credentials.
    pub encryption_key: Option<Secret<String>>,
    /// How long an access token holds.
    pub access_token_ttl: Duration,
    /// How long a session lives without being used.
    pub refresh_token_ttl: Duration,
}

impl Auth {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        if reader
            .text("jwt_algorithm")
            .is_some_and(|name| name != "HS256")
        {
            reader.problem("jwt_algorithm", "only HS256 is supported");
        }
        Self {
            jwt_secret_key: reader.secret("jwt_secret_key"),
            encryption_key: reader.secret("encryption_key"),
            access_token_ttl: minutes(reader.number("access_token_expire_minutes", 1..=24 * 60)),
            refresh_token_ttl: days(reader.number("refresh_token_expire_days", 1..=365)),
        }
    }
}

fn minutes(count: u32) -> Duration {
    Duration::from_secs(u64::from(count) * 60)
}

fn days(count: u32) -> Duration {
    Duration::from_secs(u64::from(count) * 24 * 60 * 60)
}
