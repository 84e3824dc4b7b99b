//! All settings of one process.

use std::path::PathBuf;

use crate::problem::{ConfigError, Warning};
use crate::reader::Reader;
use crate::sections::{Auth, Database, Environment, Files, Http, Limits, Log, Outbound, Telegram};
use crate::source::Sources;
use crate::validate;

/// All settings of one process.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What the install is for.
    pub environment: Environment,
    /// Folder of everything that must survive a restart.
    pub data_dir: PathBuf,
    /// How the log is written.
    pub log: Log,
    /// Where the server listens.
    pub http: Http,
    /// Which database.
    pub database: Database,
    /// Tokens and keys.
    pub auth: Auth,
    /// Files of conversations.
    pub files: Files,
    /// How often.
    pub limits: Limits,
    /// The Telegram Bot API.
    pub telegram: Telegram,
    /// What outgoing requests may reach.
    pub outbound: Outbound,
}

/// Settings that can be used, and what to say about them.
#[derive(Debug)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// What is set and read by nobody, or is unwise.
    pub warnings: Vec<Warning>,
}

impl Settings {
    /// Reads and checks all settings; the error tells every problem, not only the first.
    pub fn load(sources: &Sources) -> Result<Loaded, ConfigError> {
        let mut layered = sources.layer()?;
        let mut reader = Reader::new(&mut layered);
        let data_dir = PathBuf::from(reader.text("data_dir").unwrap_or_default());
        let settings = Self {
            environment: Environment::read(&mut reader),
            log: Log::read(&mut reader),
            http: Http::read(&mut reader),
            database: Database::read(&mut reader, &data_dir),
            auth: Auth::read(&mut reader),
            files: Files::read(&mut reader),
            limits: Limits::read(&mut reader),
            telegram: Telegram::read(&mut reader),
            outbound: Outbound::read(&mut reader),
            data_dir,
        };
        layered
            .problems
            .extend(validate::problems(&settings, sources));
        layered.warnings.extend(validate::warnings(&settings));
        debug_assert!(
            layered.values.is_empty(),
            "read by nobody: {:?}",
            layered.values.keys()
        );
        match layered.problems.is_empty() {
            true => Ok(Loaded {
                settings,
                warnings: layered.warnings,
            }),
            false => Err(ConfigError::Invalid(layered.problems)),
        }
    }
}
