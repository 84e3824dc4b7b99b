//! What handlers share.

use std::sync::Arc;

use ipnet::IpNet;
use omni_config::Limits;
use omni_core::Core;
use omni_model::Role;
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::limits::RateLimits;
use crate::metrics::Metrics;

/// Settings of the HTTP surface.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// How often; zero is no limit.
    pub limits: Limits,
    /// Origins whose pages may call the API.
    pub cors_origins: Vec<String>,
    /// Reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// What the sign-in page offers in demo mode.
    pub demo: Option<Demo>,
}

impl Default for ServerOptions {
    /// No limits, no other origins, no proxies, no demo: for tests and measuring.
    fn default() -> Self {
        Self {
            limits: Limits::OFF,
            cors_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            demo: None,
        }
    }
}

/// What demo mode tells everybody.
#[derive(Clone, Debug)]
pub struct Demo {
    pub users: Vec<DemoUser>,
    /// The password of all of them.
    pub password: String,
    /// The widget of the demo page.
    pub widget_key: String,
}

/// Somebody to sign in as.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct DemoUser {
    pub email: String,
    pub name: String,
    pub role: Role,
}

/// What handlers share. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The use cases.
    pub core: Core,
    /// Settings of the HTTP surface.
    pub options: Arc<ServerOptions>,
    /// How often.
    pub limits: Arc<RateLimits>,
    /// Numbers for Prometheus.
    pub(crate) metrics: Arc<Metrics>,
    /// Cancelled when the server stops: sockets then close with 1012, so that clients come again.
    pub stopping: CancellationToken,
    /// Tasks that outlive their request, such as sockets. A graceful stop waits for them.
    pub tasks: TaskTracker,
}

impl AppState {
    /// State over these use cases.
    pub fn new(core: Core, options: ServerOptions) -> Self {
        Self {
            core,
            limits: Arc::new(RateLimits::new(&options.limits)),
            metrics: Arc::new(Metrics::new()),
            options: Arc::new(options),
            stopping: CancellationToken::new(),
            tasks: TaskTracker::new(),
        }
    }
}

impl From<omni_core::demo::DemoInfo> for Demo {
    fn from(info: omni_core::demo::DemoInfo) -> Self {
        Self {
            users: omni_core::demo::PEOPLE
                .iter()
                .map(|person| DemoUser {
                    email: person.email.to_owned(),
                    name: person.name.to_owned(),
                    role: person.role,
                })
                .collect(),
            password: omni_core::demo::PASSWORD.to_owned(),
            widget_key: info.widget_key,
        }
    }
}
