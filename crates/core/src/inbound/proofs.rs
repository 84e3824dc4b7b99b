//! Phone numbers that a channel proved to be the writer's own.

use omni_model::{CustomerId, TenantScope};
use omni_store::identities::NewCustomer;
use omni_store::{UnitOfWork, customers};

use crate::Result;

/// Whose number was proven, and the number.
pub(super) type PhoneProof = (CustomerId, String);

/// Writes what was proven: into the profiles that are about to be stored, or into those that are there. What
/// somebody had only told gives way.
pub(super) async fn note(
    unit: &UnitOfWork,
    scope: &TenantScope,
    new_customers: &mut [NewCustomer],
    proofs: &[PhoneProof],
) -> Result<()> {
    for (id, phone) in proofs {
        match new_customers.iter_mut().find(|new| new.id == *id) {
            Some(new) => new.verified_phone = Some(phone.clone()),
            None => customers::prove_phone(unit, scope, *id, phone).await?,
        }
    }
    Ok(())
}
