//! Forgetting what was uploaded and never sent.

use std::time::Duration;

use omni_model::{FileId, PlatformScope, TenantScope};
use omni_store::{StoreError, files};

use super::intake::from_blobs;
use crate::{Core, Error, Result};

/// How long an upload may wait for its message: a draft may lie overnight.
const WAITS: Duration = Duration::from_secs(2 * 24 * 3600);
/// Files forgotten in one go.
const AT_ONCE: u64 = 200;

/// A piece of a file that nobody has written to for so long will not be finished.
const ABANDONED: Duration = Duration::from_secs(24 * 3600);

impl Core {
    /// Removes what uploads left behind that a crash or a full disk interrupted.
    pub(crate) async fn forget_leftovers(&self) -> Result<()> {
        let removed = self
            .blobs()
            .remove_leftovers(ABANDONED)
            .await
            .map_err(from_blobs)?;
        if removed > 0 {
            tracing::info!(removed, "pieces of unfinished files were removed");
        }
        Ok(())
    }

    /// Forgets uploads that no message ever showed.
    pub(crate) async fn forget_unsent_files(&self) -> Result<()> {
        let why = PlatformScope::for_reason("retention serves all tenants");
        let before = self.clock().now().minus(WAITS);
        let unsent = files::never_sent(self.store().reader(), why, before, AT_ONCE).await?;
        for (scope, id) in unsent {
            self.forget_file(scope, id).await?;
        }
        Ok(())
    }

    async fn forget_file(&self, scope: TenantScope, id: FileId) -> Result<()> {
        let removed = self
            .store()
            .write(&scope, move |unit| async move {
                files::remove(&unit, &scope, id).await?;
                Ok::<_, Error>(())
            })
            .await;
        match removed {
            Ok(()) => {
                // Bytes without a row are found by nobody again, so somebody should know.
                if let Err(error) = self.blobs().delete(&scope, id).await {
                    tracing::warn!(%error, "a file without a row is left behind");
                }
                Ok(())
            }
            // It was sent at this very moment.
            Err(Error::Store(StoreError::Reference)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
