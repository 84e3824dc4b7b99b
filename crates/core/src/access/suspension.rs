//! Companies that are suspended: nobody comes in.

use omni_model::{TenantScope, codes};
use omni_store::tenants::{self, TenantStanding};

use crate::{Core, Error, Result};

impl Core {
    /// What is asked of a company again and again, as it was at most [`super::FRESH`] ago.
    pub(crate) async fn tenant_standing(&self, scope: &TenantScope) -> Result<TenantStanding> {
        let remembered = &self.access().remembered;
        let asked = match remembered.tenants().get(&scope.tenant_id()) {
            Ok(standing) => return Ok(standing),
            Err(asked) => asked,
        };
        let standing = tenants::standing(self.store().reader(), scope).await?;
        remembered.tenants().put(asked, scope.tenant_id(), standing);
        Ok(standing)
    }

    /// 403 for whoever comes to a company that is suspended.
    pub(crate) async fn refuse_suspended(&self, scope: &TenantScope) -> Result<()> {
        if self.tenant_standing(scope).await?.suspended {
            return Err(Error::refused(
                codes::TENANT_SUSPENDED,
                "this company is suspended",
            ));
        }
        Ok(())
    }
}
