//! How the program logs: ids, never what people wrote.

use std::io::IsTerminal;

use omni_config::{Log, LogFormat};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts logging to standard error.
pub(crate) fn start(log: &Log) {
    let filter = EnvFilter::new(if log.debug {
        "info,omni=debug"
    } else {
        "info,sqlx=warn"
    });
    let registry = tracing_subscriber::registry().with(filter);
    let to_stderr = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match log.format {
        LogFormat::Json => {
            registry
                .with(
                    to_stderr
                        .json()
                        .flatten_event(true)
                        .with_current_span(false),
                )
                .init();
        }
        LogFormat::Text => registry.with(to_stderr.with_target(false).compact()).init(),
    }
}
