//! Passes signals of the bus on to the hubs, and looks the heads up now and then for what no signal told.

use std::collections::HashMap;

use omni_bus::Signal;
use omni_model::{PlatformScope, TenantId};
use omni_store::events;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{MissedTickBehavior, interval};

use super::Live;
use super::hub::{Fleeting, Hub};
use crate::Core;

/// Starts passing on; it ends by itself when there is no hub left.
pub(super) fn start(core: &Core) {
    // Listening begins now, not when the task first runs.
    let signals = core.bus().listen();
    let core = core.clone();
    tokio::spawn(async move {
        tokio::select! {
            () = pass_on(&core, signals) => {}
            () = watch_heads(&core) => {}
        }
    });
}

async fn pass_on(core: &Core, mut signals: Receiver<Signal>) {
    loop {
        match signals.recv().await {
            Ok(signal) => core.live().pass(signal),
            // Whatever was missed: the heads are looked up soon, and every right is looked at now.
            Err(RecvError::Lagged(_)) => core.live().all().iter().for_each(|hub| {
                hub.recheck(|_| true);
                hub.recheck_visitors();
            }),
            Err(RecvError::Closed) => return,
        }
    }
}

async fn watch_heads(core: &Core) {
    let mut tick = interval(core.options().live.poll);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        if core.live().may_end() {
            return;
        }
        let hubs: HashMap<TenantId, _> = core
            .live()
            .all()
            .into_iter()
            .map(|hub| (hub.scope.tenant_id(), hub))
            .collect();
        let published: HashMap<TenantId, i64> = hubs
            .iter()
            .map(|(id, hub)| (*id, hub.published()))
            .collect();
        let tenants: Vec<TenantId> = hubs.keys().copied().collect();
        let why = PlatformScope::for_reason("one look serves all tenants that somebody listens to");
        match events::heads(core.store().key_reader(), why, &tenants).await {
            Ok(heads) => {
                for (tenant, head) in heads {
                    let Some(hub) = hubs.get(&tenant) else {
                        continue;
                    };
                    if published.get(&tenant).is_some_and(|told| *told > head) {
                        fell_back(core, hub, head).await;
                    }
                    hub.grew(head);
                }
            }
            Err(error) => tracing::debug!(%error, "the heads of the event logs could not be read"),
        }
    }
}

/// The log ends before what was told already: the database is an older one now, a copy that took over. Whoever listens,
/// or comes back later, reads everything anew.
async fn fell_back(core: &Core, hub: &Hub, head: i64) {
    tracing::error!(tenant_id = %hub.scope.tenant_id(), head, "the event log lost its latest entries");
    match events::renew_epoch(core.store(), &hub.scope).await {
        Ok(()) => hub.fall_back(head),
        Err(error) => tracing::warn!(%error, "the loss could not be noted; trying again"),
    }
}

impl Live {
    fn pass(&self, signal: Signal) {
        match signal {
            Signal::Events(growth) => {
                if let Some(hub) = self.hub(growth.tenant_id) {
                    hub.told(&growth);
                }
            }
            Signal::CustomerTyping {
                tenant_id,
                conversation_id,
                is_typing,
            } => {
                self.tell(
                    tenant_id,
                    Fleeting::CustomerTyping {
                        conversation: conversation_id,
                        is_typing,
                    },
                );
            }
            Signal::OperatorTyping {
                tenant_id,
                conversation_id,
                operator_id,
                is_typing,
            } => {
                self.tell(
                    tenant_id,
                    Fleeting::OperatorTyping {
                        conversation: conversation_id,
                        operator: operator_id,
                        is_typing,
                    },
                );
            }
            Signal::OperatorViewing {
                tenant_id,
                conversation_id,
                operator_id,
                is_viewing,
            } => {
                self.tell(
                    tenant_id,
                    Fleeting::OperatorViewing {
                        conversation: conversation_id,
                        operator: operator_id,
                        is_viewing,
                    },
                );
            }
            Signal::OperatorStatus {
                tenant_id,
                operator_id,
                status,
            } => {
                self.tell(
                    tenant_id,
                    Fleeting::OperatorStatus {
                        operator: operator_id,
                        status,
                    },
                );
            }
            Signal::SessionEnded { session_id } => {
                self.all()
                    .iter()
                    .for_each(|hub| hub.end_session(session_id));
            }
            Signal::UserChanged { tenant_id, user_id } => {
                if let Some(hub) = self.hub(tenant_id) {
                    hub.recheck(|seat| seat.user() == Some(user_id));
                }
            }
            // Keys open no sockets.
            Signal::ApiKeyChanged { .. } => {}
            Signal::TenantChanged { tenant_id } => {
                if let Some(hub) = self.hub(tenant_id) {
                    hub.recheck(|_| true);
                    hub.recheck_visitors();
                    hub.settings_changed();
                }
            }
        }
    }

    fn tell(&self, tenant: TenantId, fleeting: Fleeting) {
        if let Some(hub) = self.hub(tenant) {
            hub.tell(fleeting);
        }
    }
}
