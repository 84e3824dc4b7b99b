//! Settings: `config/default.toml` (compiled in) < a file < the environment.
//!
//! Every setting has one name, in capitals in the environment and in small letters in a file. [`Settings::load`]
//! reads all of them, tells *all* problems at once, and warns about what is set and read by nobody.
//! This crate is the only place that looks at the process environment.

mod instance_lock;
mod keys;
mod private_dir;
mod problem;
mod reader;
mod reference;
mod reserved;
mod roles;
mod schema;
mod secret;
mod sections;
mod settings;
mod source;
mod topology;
mod validate;

pub use instance_lock::{InstanceLock, LockError};
pub use keys::{KeyError, Keys};
pub use private_dir::create_private_dir;
pub use problem::{ConfigError, Problem, Warning};
pub use reference::{DEFAULT_TOML, Entry, Group, groups};
pub use roles::{RoleError, Roles};
pub use schema::json_schema;
pub use secret::Secret;
pub use sections::{
    AllowedHost, Auth, Database, DatabaseUrl, Environment, Files, Http, Limits, Log, LogFormat,
    Outbound, S3, Telegram,
};
pub use settings::{Loaded, Settings};
pub use source::Sources;
pub use topology::{TopologyError, check_topology};
