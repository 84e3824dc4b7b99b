//! Files of conversations.

use std::time::Duration;

use super::S3;
use crate::reader::Reader;

/// Files of conversations.
#[derive(Debug, Clone)]
pub struct Files {
    /// How long a signed link holds.
    pub url_ttl: Duration,
    /// Largest file a person may send.
    pub max_upload_bytes: u64,
    /// The bucket they lie in; `None` = the data folder.
    pub s3: Option<S3>,
}

impl Files {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            url_ttl: Duration::from_secs(u64::from(
                reader.number("file_url_ttl_seconds", 10..=7 * 24 * 60 * 60),
            )),
            max_upload_bytes: u64::from(reader.number("max_upload_mb", 1..=1024)) * 1024 * 1024,
            s3: S3::read(reader),
        }
    }
}
