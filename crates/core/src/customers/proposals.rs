//! Customers who may be one person, by what is proven of both.

use omni_model::{CustomerId, Page, Principal, Total};
use omni_store::customer_proposals::{self, Shared};
use omni_store::customers;
use serde::Serialize;
use serde_json::json;

use crate::audit::{self, Line};
use crate::{Core, Error, Result};

/// What is proven of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProofKind {
    Phone,
    Email,
    /// The messenger's own id of a person, or the one that the company's site vouched for.
    ExternalId,
}

impl From<Shared> for ProofKind {
    fn from(shared: Shared) -> Self {
        match shared {
            Shared::Phone => Self::Phone,
            Shared::Email => Self::Email,
            Shared::ExternalId => Self::ExternalId,
        }
    }
}

/// A customer who may be the same person.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct MergeProposal {
    pub customer_id: CustomerId,
    pub name: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    /// What speaks for it.
    pub proofs: Vec<ProofKind>,
}

impl Core {
    /// Who may be the same person as a customer: those that `who` sees, and that nobody has turned down.
    pub async fn merge_proposals(
        &self,
        who: &Principal,
        id: CustomerId,
    ) -> Result<Page<MergeProposal>> {
        let record = self.visible_customer(who, id).await?;
        let (scope, reader) = (who.scope(), self.store().reader());
        let seen_by = self.sight_limits(who).await?;
        let mut items = Vec::new();
        if record.merged_into.is_none() {
            for (other, shared) in customer_proposals::of(reader, &scope, &record).await? {
                if let Some(limits) = &seen_by
                    && !customers::is_seen_by(reader, &scope, other, limits).await?
                {
                    continue;
                }
                let Some(found) = customers::find(reader, &scope, other).await? else {
                    continue;
                };
                items.push(MergeProposal {
                    customer_id: other,
                    name: found.name,
                    phone: found.phone,
                    email: found.email,
                    proofs: shared.into_iter().map(Into::into).collect(),
                });
            }
        }
        let total = Total::Exact(items.len() as u64);
        Ok(Page::new(items, total, None))
    }

    /// Says that two customers are two people: they are not proposed again.
    pub async fn dismiss_merge_proposal(
        &self,
        who: &Principal,
        id: CustomerId,
        other: CustomerId,
    ) -> Result<()> {
        self.visible_customer(who, other).await?;
        self.check_customer_update(who, id).await?;
        if id == other {
            return Err(Error::not_found("customer"));
        }
        let (scope, actor) = (who.scope(), who.actor());
        self.store()
            .write(&scope, move |unit| async move {
                customer_proposals::dismiss(&unit, &scope, id, other).await?;
                let line = Line::of("customer.merge_dismissed", "customer", id.0)
                    .with(json!({"other": other}));
                audit::record(&unit, &scope, Some(actor), line).await
            })
            .await
    }
}
