//! Whose data a call may touch. Every store, blob and bus call takes one of these.

use crate::TenantId;

/// Proof that a call acts for one tenant. Made only where a credential or a stored row named the tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TenantScope {
    tenant_id: TenantId,
}

impl TenantScope {
    /// A scope for the tenant that a credential, a channel or a stored row belongs to; never for an id
    /// that a request body named.
    pub const fn of(tenant_id: TenantId) -> Self {
        Self { tenant_id }
    }

    /// The tenant.
    pub const fn tenant_id(&self) -> TenantId {
        self.tenant_id
    }
}

/// Proof that a call acts for the whole installation: workers, sign-in, the command line.
#[derive(Clone, Copy, Debug)]
pub struct PlatformScope {
    _private: (),
}

impl PlatformScope {
    /// A scope over all tenants; say in `_why` what needs it, for the reader.
    pub const fn for_reason(_why: &'static str) -> Self {
        Self { _private: () }
    }
}
