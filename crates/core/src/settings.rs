//! Settings of a tenant.

use omni_bus::Signal;
use omni_model::{FieldError, Principal, Queue, RoutingSettings, TenantScope};
use omni_store::tenants;
use serde_json::json;

use crate::access::needs;
use crate::audit::{self, Line};
use crate::{Core, Error, Result};

impl Core {
    /// How a tenant routes, as it was at most [`crate::access::FRESH`] ago.
    pub async fn routing_settings(&self, scope: &TenantScope) -> Result<RoutingSettings> {
        Ok(self.tenant_standing(scope).await?.routing)
    }

    /// `settings/routing`, for those who may see it.
    pub async fn get_routing(&self, principal: &Principal) -> Result<RoutingSettings> {
        needs(principal, "settings:read")?;
        Ok(tenants::routing(self.store().reader(), &principal.scope()).await?)
    }

    /// Replaces `settings/routing`.
    pub async fn set_routing(
        &self,
        principal: &Principal,
        settings: RoutingSettings,
    ) -> Result<RoutingSettings> {
        needs(principal, "settings:update")?;
        check(&settings)?;
        let (scope, actor) = (principal.scope(), principal.actor());
        self.store()
            .write(&scope, move |unit| async move {
                let before = tenants::set_routing(&unit, &scope, settings).await?;
                if before == settings {
                    return Ok(());
                }
                let line = Line::of("settings.routing_changed", "tenant", scope.tenant_id().0)
                    .with(json!({"from": before, "to": settings}));
                audit::record(&unit, &scope, Some(actor), line).await?;
                // More room or another strategy may find somebody for those who wait.
                unit.wake(Queue::Route, "");
                Ok::<_, Error>(())
            })
            .await?;
        let tenant_id = scope.tenant_id();
        self.bus().send(Signal::TenantChanged { tenant_id });
        Ok(settings)
    }
}

fn check(settings: &RoutingSettings) -> Result<()> {
    let bounds = [
        ("/capacity", settings.capacity, 1..=1_000_000),
        (
            "/requeue_after_seconds",
            settings.requeue_after_seconds,
            0..=604_800,
        ),
        (
            "/reopen_within_hours",
            settings.reopen_within_hours,
            0..=8_760,
        ),
    ];
    let wrong: Vec<FieldError> = bounds
        .into_iter()
        .filter(|(_, value, bounds)| !bounds.contains(value))
        .map(|(pointer, _, bounds)| {
            let detail = format!("from {} to {}", bounds.start(), bounds.end());
            FieldError::new(pointer, "out_of_range", detail)
        })
        .collect();
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(Error::invalid(wrong)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_have_bounds() {
        let with = |capacity, requeue_after_seconds| RoutingSettings {
            capacity,
            requeue_after_seconds,
            ..RoutingSettings::default()
        };
        assert!(check(&with(1, 0)).is_ok());
        let Err(Error::Refused { fields, .. }) = check(&with(0, -1)) else {
            panic!("taken");
        };
        let pointers: Vec<_> = fields.iter().map(|field| field.pointer.as_str()).collect();
        assert_eq!(pointers, ["/capacity", "/requeue_after_seconds"]);
    }
}
