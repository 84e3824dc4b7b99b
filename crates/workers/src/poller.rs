//! One poller for each bot that cannot be called.

use std::collections::HashMap;
use std::time::Duration;

use omni_core::{Core, Polled};
use omni_model::ChannelId;
use omni_store::channels::ChannelRecord;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How often the list of bots is looked at.
const LOOK: Duration = Duration::from_secs(2);
/// Wait after a failure on our side.
const AFTER_FAILURE: Duration = Duration::from_secs(2);

/// A running poller, and the credentials it asks with.
struct Poller {
    secrets: String,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// Starts a poller for each channel that wants one and stops it when it no longer does.
pub(crate) async fn supervise(core: Core, stop: CancellationToken) {
    let mut pollers: HashMap<ChannelId, Poller> = HashMap::new();
    loop {
        match core.polled_channels().await {
            Ok(channels) => {
                pollers.retain(|id, poller| {
                    let wanted = channels
                        .iter()
                        .any(|it| it.id == *id && it.secrets == poller.secrets);
                    if !wanted {
                        poller.stop.cancel();
                    }
                    wanted && !poller.task.is_finished()
                });
                for channel in channels {
                    pollers.entry(channel.id).or_insert_with(|| {
                        let (secrets, stop) = (channel.secrets.clone(), stop.child_token());
                        let task = tokio::spawn(poll(core.clone(), channel, stop.clone()));
                        Poller {
                            secrets,
                            stop,
                            task,
                        }
                    });
                }
            }
            Err(error) => tracing::warn!(%error, "the list of bots could not be read"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

async fn poll(core: Core, channel: ChannelRecord, stop: CancellationToken) {
    loop {
        let wait = tokio::select! {
            () = stop.cancelled() => return,
            polled = core.poll(&channel) => match polled {
                Ok(Polled::Stored) => Duration::ZERO,
                Ok(Polled::Wait(wait)) => wait,
                Err(error) => {
                    tracing::warn!(channel_id = %channel.id, %error, "updates could not be stored");
                    AFTER_FAILURE
                }
            },
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}
