//! Superadmins are made from the command line, by whoever runs the installation.

use omni_model::{PlatformScope, SuperadminId, codes, limits, normalise_email};
use omni_store::superadmins::{self, SuperadminRecord};
use omni_store::{StoreError, UniqueKey};

use super::audit::{Act, note};
use crate::access::{check_new_password, random_token};
use crate::tenants::MADE_PASSWORD;
use crate::{Core, Error, Result};

/// A superadmin that was made.
#[derive(Clone, Debug)]
pub struct CreatedSuperadmin {
    pub id: SuperadminId,
    pub email: String,
    /// The password, if it was made.
    pub made_password: Option<String>,
}

impl Core {
    /// Makes a superadmin, and a password for him unless one is given.
    pub async fn create_superadmin(
        &self,
        email: &str,
        password: Option<String>,
    ) -> Result<CreatedSuperadmin> {
        let email = normalise_email(email)
            .filter(|email| email.len() <= limits::EMAIL)
            .ok_or_else(|| Error::invalid_field("/email", "invalid", "is not an e-mail address"))?;
        let made_password = match password {
            Some(_) => None,
            None => Some(random_token()?[..MADE_PASSWORD].to_owned()),
        };
        let password = password
            .or_else(|| made_password.clone())
            .unwrap_or_default();
        check_new_password("/password", &password)?;
        let now = self.clock().now();
        let record = SuperadminRecord {
            id: SuperadminId::at(now),
            email,
            password_hash: self.access().passwords.hash(password).await?,
            created_at: now,
        };
        let created = CreatedSuperadmin {
            id: record.id,
            email: record.email.clone(),
            made_password,
        };
        let why = PlatformScope::for_reason("superadmins belong to no company");
        self.store()
            .write_platform(why, move |unit| async move {
                superadmins::insert(&unit, &record)
                    .await
                    .map_err(email_taken)?;
                let act = Act::of("superadmin.created", "superadmin", record.id.0);
                note(&unit, None, act).await
            })
            .await?;
        Ok(created)
    }
}

fn email_taken(error: StoreError) -> Error {
    if error.violates(UniqueKey::SUPERADMIN_EMAIL) {
        Error::refused(
            codes::EMAIL_TAKEN,
            "there is a superadmin with this e-mail address",
        )
    } else {
        error.into()
    }
}
