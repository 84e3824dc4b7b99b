//! Numbers for Prometheus.

use std::fmt;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use omni_core::Core;
use omni_core::health::Gauges;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Seconds; dense where a good answer lies.
const BUCKETS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0,
];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Endpoint {
    service: &'static str,
    endpoint: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Status {
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Messages {
    tenant: String,
    channel: &'static str,
    direction: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Troubles {
    tenant: String,
    kind: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Conversations {
    tenant: String,
    channel: &'static str,
    status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct QueueName {
    queue_name: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Tenant {
    tenant: String,
}

/// What the server counts itself. The rest is looked up when somebody asks.
pub(crate) struct Metrics {
    registry: Registry,
    durations: Family<Endpoint, Histogram>,
    errors: Family<Status, Counter>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::default();
        let durations =
            Family::<Endpoint, Histogram>::new_with_constructor(|| Histogram::new(BUCKETS));
        let errors = Family::<Status, Counter>::default();
        registry.register(
            "request_duration_seconds",
            "How long requests took until their answer began",
            durations.clone(),
        );
        registry.register("errors", "Requests that failed on our side", errors.clone());
        Self {
            registry,
            durations,
            errors,
        }
    }

    /// Counts a request. `endpoint` is the route's pattern, so there are few.
    pub(crate) fn request(
        &self,
        method: &Method,
        endpoint: &str,
        status: StatusCode,
        took: Duration,
    ) {
        let labels = Endpoint {
            service: service(endpoint),
            endpoint: format!("{} {endpoint}", known(method)),
        };
        self.durations
            .get_or_create(&labels)
            .observe(took.as_secs_f64());
        if status.is_server_error() {
            self.errors
                .get_or_create(&Status {
                    status: status.as_u16(),
                })
                .inc();
        }
    }

    /// Everything, as OpenMetrics text.
    pub(crate) fn page(&self, core: &Core, gauges: &Gauges) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode_registry(&mut text, &self.registry)?;
        encode_registry(&mut text, &looked_up(core, gauges))?;
        encode_eof(&mut text)?;
        Ok(text)
    }
}

fn looked_up(core: &Core, gauges: &Gauges) -> Registry {
    let mut registry = Registry::default();

    let messages = Family::<Messages, Counter>::default();
    for ((tenant, channel, direction), n) in core.meter().message_counts() {
        let labels = Messages {
            tenant: tenant.to_string(),
            channel: channel.as_str(),
            direction: direction.as_str(),
        };
        messages.get_or_create(&labels).inc_by(n);
    }
    registry.register(
        "messages",
        "Messages stored from and sent to customers",
        messages,
    );

    let troubles = Family::<Troubles, Counter>::default();
    for ((tenant, trouble), n) in core.meter().trouble_counts() {
        let labels = Troubles {
            tenant: tenant.to_string(),
            kind: trouble.as_str(),
        };
        troubles.get_or_create(&labels).inc_by(n);
    }
    registry.register(
        "troubles",
        "Events set aside, and messages that were not sent or of which nobody knows",
        troubles,
    );

    let conversations = Family::<Conversations, Gauge>::default();
    for (tenant, channel, status, n) in &gauges.conversations {
        let labels = Conversations {
            tenant: tenant.to_string(),
            channel: channel.as_str(),
            status: status.as_str(),
        };
        conversations.get_or_create(&labels).inc_by(*n);
    }
    registry.register("conversations_total", "Conversations", conversations);

    let queues = Family::<QueueName, Gauge>::default();
    for (queue, n) in &gauges.queues {
        queues
            .get_or_create(&QueueName {
                queue_name: queue.as_str(),
            })
            .set(*n);
    }
    registry.register("queue_size", "Jobs that wait", queues);

    let age = Gauge::<f64, std::sync::atomic::AtomicU64>::default();
    age.set(gauges.oldest_due.as_secs_f64());
    registry.register(
        "oldest_due_job_age_seconds",
        "How long the oldest job that could run has waited",
        age,
    );

    let sockets = Family::<Tenant, Gauge>::default();
    for (tenant, n) in core.open_sockets() {
        let labels = Tenant {
            tenant: tenant.to_string(),
        };
        sockets
            .get_or_create(&labels)
            .set(i64::try_from(n).unwrap_or(i64::MAX));
    }
    registry.register("active_websockets", "Open WebSockets", sockets);
    registry
}

/// A method of ours; others would make labels without end.
fn known(method: &Method) -> &str {
    match *method {
        Method::GET
        | Method::HEAD
        | Method::POST
        | Method::PUT
        | Method::PATCH
        | Method::DELETE
        | Method::OPTIONS => method.as_str(),
        _ => "OTHER",
    }
}

fn service(endpoint: &str) -> &'static str {
    if endpoint.contains("/webhook") {
        "gateway"
    } else if endpoint.starts_with("/api/v1/widget") {
        "widget"
    } else if endpoint.starts_with("/api") {
        "api"
    } else {
        "web"
    }
}
