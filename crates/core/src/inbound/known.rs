//! What is stored already of what a batch speaks of.

use std::collections::{HashMap, HashSet};

use omni_model::{ChannelId, InboundItem, TenantScope};
use omni_store::{MessageRecord, UnitOfWork, messages};

use super::ingest::{Incoming, Repeats};
use crate::Result;

/// A provider's message within the tenant.
pub(super) type ProviderKey = (ChannelId, String);

/// The stored messages that the items repeat, edit, answer or report on.
pub(super) async fn known_messages(
    unit: &UnitOfWork,
    scope: TenantScope,
    items: &[Incoming],
    repeats: Repeats,
) -> Result<HashMap<ProviderKey, MessageRecord>> {
    let mut wanted: HashMap<ChannelId, HashSet<&str>> = HashMap::new();
    for incoming in items {
        let ids = wanted.entry(incoming.channel.id).or_default();
        match &incoming.item {
            InboundItem::Message(message) | InboundItem::Edited(message) => {
                let is_new = matches!(incoming.item, InboundItem::Message(_));
                if !is_new || repeats == Repeats::PassOver {
                    ids.insert(&message.provider_id);
                }
                ids.extend(message.reply_to_provider_id.as_deref());
            }
            InboundItem::Status { provider_id, .. } => {
                ids.insert(provider_id);
            }
            InboundItem::Reaction { provider_id, .. } => {
                ids.insert(provider_id);
            }
            InboundItem::Blocked { .. }
            | InboundItem::Group { .. }
            | InboundItem::Unsupported { .. } => {}
        }
    }
    let mut known = HashMap::new();
    for (channel, ids) in wanted {
        let ids: Vec<&str> = ids.into_iter().collect();
        for message in messages::by_provider_ids(unit.db(), &scope, channel, &ids).await? {
            let provider_id = message.provider_id.clone().unwrap_or_default();
            known.insert((channel, provider_id), message);
        }
    }
    Ok(known)
}
