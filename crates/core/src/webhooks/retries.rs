//! Deliveries whose time to be tried again has come go back into a lane.

use std::collections::BTreeMap;
use std::time::Duration;

use omni_model::{Job, PlatformScope, TenantId, TenantScope};
use omni_store::webhook_deliveries::{self, DueRetry};

use super::{KEPT, lanes};
use crate::{Core, Error, Result};

/// What was made right before a webhook was deleted goes before the webhook does.
const MARGIN: Duration = Duration::from_secs(24 * 3600);
/// Deliveries put back in one go.
const AT_ONCE: u64 = 500;

impl Core {
    /// Puts deliveries that are due back into their lanes.
    pub(crate) async fn retry_webhooks(&self) -> Result<()> {
        let why = PlatformScope::for_reason("the clock serves all tenants");
        let now = self.clock().now();
        let due = webhook_deliveries::due_retries(self.store().reader(), why, now, AT_ONCE).await?;
        let mut by_tenant: BTreeMap<TenantId, Vec<DueRetry>> = BTreeMap::new();
        for retry in due {
            let of_tenant = by_tenant.entry(retry.scope.tenant_id()).or_default();
            of_tenant.push(retry);
        }
        for (tenant, due) in by_tenant {
            self.put_back(TenantScope::of(tenant), due).await?;
        }
        Ok(())
    }

    async fn put_back(&self, scope: TenantScope, due: Vec<DueRetry>) -> Result<()> {
        self.store()
            .write(&scope, move |unit| async move {
                let ids: Vec<_> = due.iter().map(|retry| retry.id).collect();
                // Another process may have taken some.
                let taken = webhook_deliveries::take_retries(&unit, &scope, &ids).await?;
                for retry in due.iter().filter(|retry| taken.contains(&retry.id)) {
                    let delivery_id = retry.id;
                    unit.enqueue(
                        lanes::again(retry.webhook_id),
                        Job::CallWebhook { delivery_id },
                    );
                }
                Ok::<_, Error>(())
            })
            .await
    }

    /// Forgets old deliveries, and webhooks that were deleted long ago.
    pub(crate) async fn forget_webhook_deliveries(&self) -> Result<()> {
        let why = PlatformScope::for_reason("retention serves all tenants");
        self.store()
            .write_platform(why, |unit| async move {
                webhook_deliveries::forget_old(&unit, KEPT).await?;
                omni_store::webhooks::forget_deleted(&unit, KEPT + MARGIN).await?;
                Ok::<_, Error>(())
            })
            .await
    }
}
