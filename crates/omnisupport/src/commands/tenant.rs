//! `tenant`: companies, from the command line. Works beside a running server.

use anyhow::Result;
use clap::Subcommand;
use omni_config::Settings;
use omni_core::tenants::NewTenant;
use omnisupport::{Wiring, open_core};
use serde_json::json;

use super::say;

#[derive(Subcommand)]
pub(crate) enum Action {
    /// Create a company with its owner; prints JSON.
    Create {
        /// The company's name.
        #[arg(long)]
        name: String,
        /// Its short name in addresses: small letters, digits, dashes.
        #[arg(long)]
        slug: String,
        /// The owner's e-mail address.
        #[arg(long)]
        owner_email: String,
        /// The owner's password; made and printed when absent.
        #[arg(long)]
        owner_password: Option<String>,
    },
    /// List companies; prints a JSON object a line.
    List,
}

pub(crate) async fn run(settings: &Settings, action: Action) -> Result<()> {
    let wiring = Wiring::new(settings.http.public_url_at(settings.http.addr));
    let core = open_core(settings, wiring).await?;
    if settings.database.auto_migrate {
        core.store().migrate_up().await?;
    }
    match action {
        Action::Create {
            name,
            slug,
            owner_email,
            owner_password,
        } => {
            let created = core
                .create_tenant(NewTenant {
                    name,
                    slug,
                    owner_email,
                    owner_name: None,
                    owner_password,
                })
                .await?;
            let mut answer = json!({"tenant_id": created.tenant_id, "owner_id": created.owner_id});
            if let Some(password) = created.made_password {
                answer["owner_password"] = password.into();
            }
            say(answer);
        }
        Action::List => {
            for tenant in core.list_tenants().await? {
                say(json!({
                    "tenant_id": tenant.id,
                    "name": tenant.name,
                    "slug": tenant.slug,
                    "created_at": tenant.created_at,
                }));
            }
        }
    }
    Ok(())
}
