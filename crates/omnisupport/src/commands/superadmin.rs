//! `superadmin`: those who look after the whole installation. Works beside a running server.

use anyhow::Result;
use clap::Subcommand;
use omni_config::Settings;
use omnisupport::{Wiring, open_core};
use serde_json::json;

use super::say;

#[derive(Subcommand)]
pub(crate) enum Action {
    /// Create a superadmin; prints JSON.
    Create {
        /// His e-mail address.
        #[arg(long)]
        email: String,
        /// His password; made and printed when absent.
        #[arg(long)]
        password: Option<String>,
    },
}

pub(crate) async fn run(settings: &Settings, action: Action) -> Result<()> {
    let wiring = Wiring::new(settings.http.public_url_at(settings.http.addr));
    let core = open_core(settings, wiring).await?;
    if settings.database.auto_migrate {
        core.store().migrate_up().await?;
    }
    match action {
        Action::Create { email, password } => {
            let created = core.create_superadmin(&email, password).await?;
            let mut answer = json!({"superadmin_id": created.id, "email": created.email});
            if let Some(password) = created.made_password {
                answer["password"] = password.into();
            }
            say(answer);
        }
    }
    Ok(())
}
