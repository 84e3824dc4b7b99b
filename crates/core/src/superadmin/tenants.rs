//! Companies in the hands of a superadmin: listed, made, suspended, restored.

use omni_bus::Signal;
use omni_model::{Page, PlatformScope, Queue, TenantId, TenantScope, Timestamp, Total, limits};
use omni_store::tenant_views::{self, TenantView};
use omni_store::tenants;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::audit::{Act, note};
use super::{Reason, Superadmin};
use crate::audit::{self, Line};
use crate::page::{Cursor, PageRequest};
use crate::tenants::{CreatedTenant, NewTenant};
use crate::{Core, Error, Result};

/// Which companies somebody wants.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TenantQuery {
    /// A piece of the name or the slug.
    pub q: Option<String>,
    /// Rows at most; 50 unless said, never more than 200.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u64>,
    /// Rows to skip; not together with `cursor`.
    #[param(maximum = 10_000)]
    pub offset: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A company and what it has.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Tenant {
    pub id: TenantId,
    pub name: String,
    pub slug: String,
    pub created_at: Timestamp,
    /// Since when it is suspended; `null` = it works.
    pub suspended_at: Option<Timestamp>,
    pub suspended_reason: Option<String>,
    /// People who may sign in.
    pub people: i64,
    pub channels: i64,
    /// Conversations in any state.
    pub conversations: i64,
}

impl From<TenantView> for Tenant {
    fn from(view: TenantView) -> Self {
        Self {
            id: view.id,
            name: view.name,
            slug: view.slug,
            created_at: view.created_at,
            suspended_at: view.suspended_at,
            suspended_reason: view.suspended_reason,
            people: view.people,
            channels: view.channels,
            conversations: view.conversations,
        }
    }
}

fn why() -> PlatformScope {
    PlatformScope::for_reason("superadmins look after all companies")
}

impl Core {
    /// The companies, newest first.
    pub async fn superadmin_tenants(
        &self,
        _who: &Superadmin,
        query: TenantQuery,
    ) -> Result<Page<Tenant>> {
        let q = query.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
        if q.is_some_and(|q| q.chars().count() > limits::NAME) {
            let detail = format!("at most {} characters", limits::NAME);
            return Err(Error::invalid_field("/q", "too_long", detail));
        }
        let request = PageRequest {
            limit: query.limit,
            offset: query.offset,
            cursor: query.cursor,
        };
        let place = request.place()?;
        let (mut found, total) = tenant_views::page(
            self.store().reader(),
            why(),
            q,
            place.map(|cursor| (cursor.at, TenantId(cursor.id))),
            request.offset(),
            request.limit() + 1,
        )
        .await?;
        let next = request.next(&mut found, |tenant| Cursor {
            at: tenant.created_at,
            id: tenant.id.0,
        });
        let items = found.into_iter().map(Into::into).collect();
        Ok(Page::new(items, Total::Exact(total), next))
    }

    /// A company; 404 when there is none.
    pub async fn superadmin_tenant(&self, _who: &Superadmin, id: TenantId) -> Result<Tenant> {
        tenant_views::find(self.store().reader(), why(), id)
            .await?
            .map(Into::into)
            .ok_or_else(|| Error::not_found("tenant"))
    }

    /// Makes a company with its owner.
    pub async fn superadmin_create_tenant(
        &self,
        who: &Superadmin,
        new: NewTenant,
    ) -> Result<CreatedTenant> {
        self.make_tenant(new, Some(who.id)).await
    }

    /// Suspends a company: nobody comes in, nothing is worked on, and whatever its channels bring is kept for later.
    /// Suspending it twice is suspending it once.
    pub async fn suspend_tenant(
        &self,
        who: &Superadmin,
        id: TenantId,
        reason: Reason,
    ) -> Result<Tenant> {
        self.superadmin_tenant(who, id).await?;
        let reason = check_reason(&reason.reason)?;
        let (scope, by) = (TenantScope::of(id), who.id);
        self.store()
            .write(&scope, move |unit| async move {
                if !tenants::suspend(&unit, &scope, &reason).await? {
                    return Ok(());
                }
                // The company learns that, not why: the reason may be about others.
                let line = Line::of("tenant.suspended", "tenant", id.0);
                audit::record(&unit, &scope, None, line).await?;
                let act = Act::on_tenant("tenant.suspended", id).because(Some(reason));
                note(&unit, Some(by), act).await
            })
            .await?;
        self.bus().send(Signal::TenantChanged { tenant_id: id });
        self.superadmin_tenant(who, id).await
    }

    /// Lets a company work again: people come in with what they had, and what waits is worked off.
    pub async fn restore_tenant(
        &self,
        who: &Superadmin,
        id: TenantId,
        reason: Option<Reason>,
    ) -> Result<Tenant> {
        let before = self.superadmin_tenant(who, id).await?;
        let reason = reason
            .map(|reason| check_reason(&reason.reason))
            .transpose()?;
        let (scope, by) = (TenantScope::of(id), who.id);
        self.store()
            .write(&scope, move |unit| async move {
                if !tenants::restore(&unit, &scope).await? {
                    return Ok(());
                }
                let line = Line::of("tenant.restored", "tenant", id.0);
                audit::record(&unit, &scope, None, line).await?;
                let act = Act::on_tenant("tenant.restored", id)
                    .because(reason)
                    .with(json!({"suspended_at": before.suspended_at}));
                note(&unit, Some(by), act).await
            })
            .await?;
        self.bus().send(Signal::TenantChanged { tenant_id: id });
        for queue in Queue::ALL {
            self.bus().wake(*queue);
        }
        self.superadmin_tenant(who, id).await
    }
}

fn check_reason(reason: &str) -> Result<String> {
    let reason = reason.trim();
    if !(1..=limits::REASON).contains(&reason.chars().count()) {
        let detail = format!("takes 1 to {} characters", limits::REASON);
        return Err(Error::invalid_field("/reason", "invalid", detail));
    }
    Ok(reason.to_owned())
}
