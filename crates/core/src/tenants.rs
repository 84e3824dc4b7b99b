//! Companies: made by whoever runs the installation.

use omni_model::{Epoch, PlatformScope, Role, SuperadminId, TenantId, TenantScope, UserId, codes};
use omni_store::event_cursors::EventCursor;
use omni_store::tenants::{self, TenantRecord};
use omni_store::{StoreError, UniqueKey, users};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::access::random_token;
use crate::audit::{self, Line};
use crate::operators::NewOperator;
use crate::search::begin_tenant;
use crate::superadmin::{self, Act};
use crate::{Core, Error, Result};

/// Characters of a password that we make: 120 random bits.
pub(crate) const MADE_PASSWORD: usize = 20;
/// Characters of a slug at most: it may become a host name one day.
const SLUG: usize = 63;

/// A company that is to be.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTenant {
    pub name: String,
    /// Small letters, digits and dashes.
    pub slug: String,
    pub owner_email: String,
    /// Called after his address when absent.
    #[serde(default)]
    pub owner_name: Option<String>,
    /// Made and told when absent.
    #[serde(default)]
    pub owner_password: Option<String>,
}

/// A company that was made.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CreatedTenant {
    pub tenant_id: TenantId,
    pub owner_id: UserId,
    /// The owner's password, if it was made. Told this once.
    #[serde(rename = "owner_password", skip_serializing_if = "Option::is_none")]
    pub made_password: Option<String>,
}

impl Core {
    /// Makes a company with its owner, from the command line.
    pub async fn create_tenant(&self, new: NewTenant) -> Result<CreatedTenant> {
        self.make_tenant(new, None).await
    }

    /// Makes a company with its owner, in one unit of work.
    pub(crate) async fn make_tenant(
        &self,
        new: NewTenant,
        by: Option<SuperadminId>,
    ) -> Result<CreatedTenant> {
        let name = check_name(&new.name)?;
        check_slug(&new.slug)?;
        let made_password = match new.owner_password {
            Some(_) => None,
            None => Some(random_token()?[..MADE_PASSWORD].to_owned()),
        };
        let now = self.clock().now();
        let tenant = TenantRecord {
            id: TenantId::at(now),
            name,
            slug: new.slug,
            created_at: now,
        };
        let scope = TenantScope::of(tenant.id);
        let owner = NewOperator {
            name: new
                .owner_name
                .unwrap_or_else(|| called_after(&new.owner_email)),
            email: new.owner_email,
            role: Role::Owner,
            password: new.owner_password.or_else(|| made_password.clone()),
            skills: Vec::new(),
            capacity: None,
        };
        let owner = self.new_user(scope, owner).await.map_err(of_owner)?;
        let created = CreatedTenant {
            tenant_id: tenant.id,
            owner_id: owner.id,
            made_password,
        };
        let epoch = Epoch(TenantId::at(now).0);
        self.store()
            .write(&scope, move |unit| async move {
                tenants::insert(&unit, &tenant, epoch)
                    .await
                    .map_err(slug_taken)?;
                users::insert(&unit, &owner).await?;
                begin_tenant(&unit, &scope, EventCursor { seq: 0, epoch }).await?;
                let line = Line::of("tenant.created", "tenant", tenant.id.0)
                    .with(json!({"slug": tenant.slug, "owner_id": owner.id}));
                audit::record(&unit, &scope, None, line).await?;
                let act =
                    Act::on_tenant("tenant.created", tenant.id).with(json!({"slug": tenant.slug}));
                superadmin::note(&unit, by, act).await
            })
            .await?;
        Ok(created)
    }

    /// All companies in the order of creation.
    pub async fn list_tenants(&self) -> Result<Vec<TenantRecord>> {
        let why = PlatformScope::for_reason("whoever runs the installation lists its companies");
        Ok(tenants::all(self.store().reader(), why).await?)
    }
}

/// What is wrong with a newcomer, in the words of whoever makes his company.
fn of_owner(mut error: Error) -> Error {
    if let Error::Refused { fields, .. } = &mut error {
        for field in fields {
            field.pointer = field.pointer.replacen('/', "/owner_", 1);
        }
    }
    error
}

fn check_name(name: &str) -> Result<String> {
    let name = name.trim();
    let length = name.chars().count();
    if !(1..=omni_model::limits::NAME).contains(&length) || name.chars().any(char::is_control) {
        return Err(Error::invalid_field(
            "/name",
            "invalid",
            "takes 1 to 200 characters",
        ));
    }
    Ok(name.to_owned())
}

fn check_slug(slug: &str) -> Result<()> {
    let plain = (1..=SLUG).contains(&slug.len())
        && slug
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !slug.starts_with('-')
        && !slug.ends_with('-');
    if !plain {
        let detail = "takes small letters, digits and dashes between them, 63 at most";
        return Err(Error::invalid_field("/slug", "invalid", detail));
    }
    Ok(())
}

/// A name for somebody of whom only the address is known.
fn called_after(email: &str) -> String {
    email
        .split('@')
        .next()
        .unwrap_or_default()
        .chars()
        .take(64)
        .collect()
}

fn slug_taken(error: StoreError) -> Error {
    if error.violates(UniqueKey::TENANT_SLUG) {
        Error::refused(codes::SLUG_TAKEN, "another company has this slug")
    } else {
        error.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_plain() {
        for good in ["demo", "salon-2", "a"] {
            assert!(check_slug(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "-a",
            "a-",
            "Demo",
            "a b",
            "салон",
            "a.b",
            &"x".repeat(64),
        ] {
            assert!(check_slug(bad).is_err(), "{bad}");
        }
    }
}
