//! Signed addresses: whoever holds one may read the file until it expires. Nothing else is asked, so that
//! an `<img>` works.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::Mac;
use omni_model::{FileId, StoredFile, Timestamp};
use omni_store::files::FileRecord;

use crate::Core;

/// An address stays the same for this long, so that a page that is shown again finds its pictures in the
/// browser's cache.
const STEP: u64 = 60;

impl Core {
    /// A fresh address of a file, below the public address of this installation.
    pub(crate) fn file_url(&self, id: FileId) -> String {
        let expires = expiry(self.clock().now(), self.options().file_url_ttl);
        let signature = self
            .keys()
            .sign_file(&claim(id, expires))
            .finalize()
            .into_bytes();
        let base = self.options().public_url.as_str().trim_end_matches('/');
        format!(
            "{base}/api/v1/files/{id}/content?expires={expires}&signature={}",
            URL_SAFE_NO_PAD.encode(signature)
        )
    }

    /// How long an address with this signature still holds; `None` for one that is wrong or has expired.
    pub(super) fn address_holds(
        &self,
        id: FileId,
        expires: i64,
        signature: &str,
    ) -> Option<Duration> {
        let given = URL_SAFE_NO_PAD.decode(signature).ok()?;
        self.keys()
            .sign_file(&claim(id, expires))
            .verify_slice(&given)
            .ok()?;
        let until = Timestamp::from_seconds(expires);
        let left = until.since(self.clock().now());
        (!left.is_zero()).then_some(left)
    }

    /// A file as the API shows it.
    pub(crate) fn stored_file(&self, record: &FileRecord) -> StoredFile {
        StoredFile {
            id: record.id,
            file_name: record.file_name.clone(),
            mime_type: record.mime_type.clone(),
            size: record.size,
            url: self.file_url(record.id),
        }
    }
}

fn claim(id: FileId, expires: i64) -> String {
    format!("{id}|{expires}")
}

/// The second an address made now expires at: never later than the setting says.
fn expiry(now: Timestamp, ttl: Duration) -> i64 {
    let step = i64::try_from(STEP.min(ttl.as_secs() / 5).max(1)).unwrap_or(1);
    let latest = now.plus(ttl).seconds();
    latest - latest.rem_euclid(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_last_and_stay_the_same_for_a_while() {
        let ttl = Duration::from_secs(300);
        let at = |seconds| expiry(Timestamp::from_seconds(1_790_000_000 + seconds), ttl);
        for second in 0..200 {
            let left = at(second) - 1_790_000_000 - second;
            assert!((240..=300).contains(&left), "{left}");
        }
        let distinct: std::collections::BTreeSet<_> = (0..120).map(at).collect();
        assert!(distinct.len() <= 3);
        assert!(expiry(Timestamp::from_seconds(7), Duration::from_secs(10)) > 7);
    }
}
