//! Two customers who are one person, and parting them again.
//!
//! Who is merged goes into the survivor with his addresses, their conversations and his notes; his own profile stays
//! as it is, out of sight. Two open conversations stay two: each is held with its own address. Parting gives back
//! the addresses that came, with all that came through them since, the notes, and what the survivor's profile took
//! from the other and nobody has changed since.

use omni_model::{
    Customer, CustomerId, EventKind, Job, NewEvent, Page, Principal, Timestamp, Total, codes,
};
use omni_store::customer_merges::{self, MergeRecord};
use omni_store::customers::{self, CustomerRecord};
use omni_store::{UnitOfWork, conversations, customer_fields, customer_views};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::profile::{MergeConflict, Profile, conflicts};
use super::{SHOWN_IN, UPDATE, fields};
use crate::access::needs;
use crate::audit::{self, Line};
use crate::{Core, Error, Result};

/// Merges shown with one customer at most.
const MERGES: u64 = 100;

/// Into whom.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeInto {
    /// Who stays.
    pub into: CustomerId,
}

/// Into whom, as a query.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MergePreviewQuery {
    /// Who would stay.
    #[param(required)]
    pub into: Option<CustomerId>,
}

/// What a merge would make.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct MergePreview {
    /// The survivor as he would be.
    pub result: Customer,
    /// Of what both have their own.
    pub conflicts: Vec<MergeConflict>,
    /// Conversations that would move: those that one sees, counted to 1,000.
    pub conversations: u64,
}

/// Somebody who was merged into a customer.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CustomerMerge {
    pub customer_id: CustomerId,
    pub name: String,
    pub merged_at: Timestamp,
}

impl Core {
    /// What merging one customer into another would make. Changes nothing.
    pub async fn preview_merge(
        &self,
        who: &Principal,
        id: CustomerId,
        query: MergePreviewQuery,
    ) -> Result<MergePreview> {
        let merged = self.visible_customer(who, id).await?;
        let missing = || Error::invalid_field("into", "required", "whom to merge into");
        let into = query.into.ok_or_else(missing)?;
        let survivor = self.visible_customer(who, into).await?;
        check_pair(&survivor, &merged)?;
        let (scope, reader) = (who.scope(), self.store().reader());
        let known = customer_fields::all(reader, &scope).await?;
        let seen_by = self.sight_limits(who).await?;
        let (_, total) =
            customer_views::timeline(reader, &scope, id, seen_by.as_ref(), None, 0, 1).await?;
        let conflicts = conflicts(&survivor, &merged, &known);
        let mut record = survivor;
        Profile::of(&record)
            .joined(&Profile::of(&merged))
            .write_to(&mut record);
        let mut both = customers::identities_of(reader, &scope, &[into, id]).await?;
        let mut identities = both.remove(&into).unwrap_or_default();
        identities.extend(both.remove(&id).unwrap_or_default());
        let values = fields::shown(&record.fields, &known);
        Ok(MergePreview {
            result: record.into_profile(identities, values),
            conflicts,
            conversations: total.count(),
        })
    }

    /// Refuses whom 404 or 403 is due before anybody looks at what he sent.
    pub async fn check_merge(&self, who: &Principal, id: CustomerId) -> Result<()> {
        self.visible_customer(who, id).await?;
        needs(who, UPDATE)
    }

    /// Merges a customer into another one; the survivor.
    pub async fn merge_customer(
        &self,
        who: &Principal,
        id: CustomerId,
        into: CustomerId,
    ) -> Result<Customer> {
        self.check_merge(who, id).await?;
        self.visible_customer(who, into).await?;
        let (scope, actor) = (who.scope(), who.actor());
        let record = self
            .store()
            .write(&scope, move |unit| async move {
                customer_merges::lock_all_of(&unit, &scope, &[id, into]).await?;
                let [merged, mut survivor] = lock_pair(&unit, &scope, id, into).await?;
                check_pair(&survivor, &merged)?;
                let before = Profile::of(&survivor);
                let after = before.joined(&Profile::of(&merged));
                after.clone().write_to(&mut survivor);
                survivor.updated_at = unit.now();
                let merge = MergeRecord {
                    merged_id: id,
                    survivor_id: into,
                    identities: customer_merges::identities_of(&unit, &scope, id).await?,
                    notes: customer_merges::notes_of(&unit, &scope, id).await?,
                    before: json!(before),
                    after: json!(after),
                    created_at: unit.now(),
                };
                customers::update(&unit, &survivor).await?;
                customer_merges::give(&unit, &scope, id, into, &merge.identities, &merge.notes)
                    .await?;
                customer_merges::insert(&unit, &scope, &merge).await?;
                tell(&unit, &scope, into).await?;
                index(&unit, [id, into]);
                let line =
                    Line::of("customer.merged", "customer", id.0).with(json!({"into": into}));
                audit::record(&unit, &scope, Some(actor), line).await?;
                Ok::<_, Error>(survivor)
            })
            .await?;
        self.profile(who, record).await
    }

    /// Parts a customer from the one he was merged into; he, as he was.
    pub async fn unmerge_customer(&self, who: &Principal, id: CustomerId) -> Result<Customer> {
        let record = self.visible_customer(who, id).await?;
        needs(who, UPDATE)?;
        let into = record.merged_into.ok_or_else(not_merged)?;
        let (scope, actor) = (who.scope(), who.actor());
        let record = self
            .store()
            .write(&scope, move |unit| async move {
                customer_merges::lock_all_of(&unit, &scope, &[into]).await?;
                let [merged, mut survivor] = lock_pair(&unit, &scope, id, into).await?;
                let merge = customer_merges::of_merged(unit.db(), &scope, id).await?;
                let merge = merge.filter(|merge| merge.survivor_id == into);
                let merge = merge.ok_or_else(not_merged)?;
                if survivor.merged_into.is_some() {
                    let detail = "who he was merged into was merged himself: part those first";
                    return Err(Error::refused(codes::ALREADY_MERGED, detail));
                }
                let profile = |value| {
                    serde_json::from_value::<Profile>(value)
                        .map_err(|error| Error::internal("a kept profile does not read", error))
                };
                let (before, after) = (profile(merge.before)?, profile(merge.after)?);
                Profile::of(&survivor)
                    .parted(&before, &after)
                    .write_to(&mut survivor);
                survivor.updated_at = unit.now();
                customers::update(&unit, &survivor).await?;
                customer_merges::give(&unit, &scope, into, id, &merge.identities, &merge.notes)
                    .await?;
                customer_merges::remove(&unit, &scope, id).await?;
                tell(&unit, &scope, into).await?;
                tell(&unit, &scope, id).await?;
                index(&unit, [id, into]);
                let line =
                    Line::of("customer.unmerged", "customer", id.0).with(json!({"from": into}));
                audit::record(&unit, &scope, Some(actor), line).await?;
                Ok(CustomerRecord {
                    merged_into: None,
                    ..merged
                })
            })
            .await?;
        self.profile(who, record).await
    }

    /// Who was merged into a customer, the latest first.
    pub async fn customer_merges(
        &self,
        who: &Principal,
        id: CustomerId,
    ) -> Result<Page<CustomerMerge>> {
        self.visible_customer(who, id).await?;
        let (scope, reader) = (who.scope(), self.store().reader());
        let merges = customer_merges::of_survivor(reader, &scope, id, MERGES).await?;
        let ids: Vec<CustomerId> = merges.iter().map(|merge| merge.merged_id).collect();
        let names = customers::names(reader, &scope, &ids).await?;
        let items: Vec<_> = merges
            .into_iter()
            .map(|merge| CustomerMerge {
                customer_id: merge.merged_id,
                name: names.get(&merge.merged_id).cloned().unwrap_or_default(),
                merged_at: merge.created_at,
            })
            .collect();
        let total = Total::Exact(items.len() as u64);
        Ok(Page::new(items, total, None))
    }
}

fn not_merged() -> Error {
    Error::refused(codes::NOT_MERGED, "the customer is not merged into another")
}

/// Both customers, locked; in the order of their ids, as everybody locks two.
async fn lock_pair(
    unit: &UnitOfWork,
    scope: &omni_model::TenantScope,
    merged: CustomerId,
    survivor: CustomerId,
) -> Result<[CustomerRecord; 2]> {
    let absent = || Error::not_found("customer");
    let (first, second) = (merged.min(survivor), merged.max(survivor));
    let first = customers::lock(unit, scope, first)
        .await?
        .ok_or_else(absent)?;
    let second = customers::lock(unit, scope, second)
        .await?
        .ok_or_else(absent)?;
    Ok(if merged < survivor {
        [first, second]
    } else {
        [second, first]
    })
}

fn check_pair(survivor: &CustomerRecord, merged: &CustomerRecord) -> Result<()> {
    if survivor.id == merged.id {
        let detail = "somebody else than himself";
        return Err(Error::invalid_field("/into", "same", detail));
    }
    if survivor.merged_into.is_some() || merged.merged_into.is_some() {
        let detail = "one of them is merged into another already";
        return Err(Error::refused(codes::ALREADY_MERGED, detail));
    }
    if survivor.blocked_at.is_some() != merged.blocked_at.is_some() {
        let detail = "one of them is blocked and the other is not: block or unblock one first";
        return Err(Error::refused(codes::CONFLICT, detail));
    }
    Ok(())
}

/// Has the search find both by what is theirs now.
fn index(unit: &UnitOfWork, both: [CustomerId; 2]) {
    for customer_id in both {
        unit.enqueue("", Job::IndexCustomer { customer_id });
    }
}

/// Tells of a customer in the conversations in which he is shown.
async fn tell(unit: &UnitOfWork, scope: &omni_model::TenantScope, id: CustomerId) -> Result<()> {
    let active = customers::active_conversations(unit.db(), scope, id).await?;
    let newest = customers::newest_conversations(unit.db(), scope, id, SHOWN_IN).await?;
    let active = active.into_iter().map(|conversation| conversation.id);
    let shown_in: Vec<_> = active.chain(newest).collect();
    for conversation in conversations::lock(unit, scope, &shown_in).await? {
        let kind = EventKind::ConversationUpdated;
        unit.emit(NewEvent::about(
            kind,
            conversation.id,
            conversation.holder(),
        ));
    }
    Ok(())
}
