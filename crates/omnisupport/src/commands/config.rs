//! `config` and the hidden `openapi`: print what programs and people look up.

use anyhow::{Context, Result};
use clap::Subcommand;
use omni_config::{DEFAULT_TOML, Settings, Sources};

use super::say;

#[derive(Subcommand)]
pub(crate) enum Action {
    /// Print every setting with its default.
    Default,
    /// Check the settings of this process.
    Validate,
    /// Print the JSON schema of the settings file.
    Schema,
}

pub(crate) fn run(action: Action, sources: &Sources) -> Result<()> {
    match action {
        Action::Default => say(DEFAULT_TOML.trim_end()),
        Action::Schema => {
            say(serde_json::to_string_pretty(&omni_config::json_schema()).context("no JSON")?);
        }
        Action::Validate => {
            for warning in Settings::load(sources)?.warnings {
                say(warning);
            }
            say("the settings are good");
        }
    }
    Ok(())
}

pub(crate) fn openapi() -> Result<()> {
    let document = serde_json::to_string_pretty(&omni_server::openapi()).context("no JSON")?;
    say(document);
    Ok(())
}
