//! Somebody of the team is writing: told to whoever looks, kept nowhere.

use std::time::{Duration, Instant};

use dashmap::DashMap;
use omni_bus::Signal;
use omni_model::{ConversationId, Principal};
use omni_store::identities;
use serde::Deserialize;

use super::access::REPLY;
use crate::{Core, Result};

/// A messenger shows typing for about five seconds, so telling it more often is of no use.
const PACE: Duration = Duration::from_secs(4);
/// Conversations remembered before those that are due again are forgotten.
const REMEMBERED: usize = 1_000;

/// Whether somebody is writing.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Typing {
    pub is_typing: bool,
}

/// When messengers were last told.
#[derive(Default)]
pub(crate) struct TypingPace {
    told: DashMap<ConversationId, Instant>,
}

impl TypingPace {
    /// Whether it is time to tell again; if so, it counts as told.
    fn is_due(&self, id: ConversationId, now: Instant) -> bool {
        if self.told.len() > REMEMBERED {
            self.told.retain(|_, told| now.duration_since(*told) < PACE);
        }
        let mut due = true;
        self.told
            .entry(id)
            .and_modify(|told| {
                due = now.duration_since(*told) >= PACE;
                if due {
                    *told = now;
                }
            })
            .or_insert(now);
        due
    }
}

impl Core {
    /// Tells the customer, where his channel can show it, and the other operators.
    pub async fn operator_typing(
        &self,
        who: &Principal,
        id: ConversationId,
        typing: Typing,
    ) -> Result<()> {
        let viewer = self.viewer(who).await?;
        let conversation = self.seen(&viewer, id).await?;
        viewer.needs(REPLY)?;
        let scope = who.scope();
        self.bus().send(Signal::OperatorTyping {
            tenant_id: who.tenant_id,
            conversation_id: id,
            operator_id: who.person(),
            is_typing: typing.is_typing,
        });
        if !typing.is_typing {
            return Ok(());
        }
        let Some(port) = self.channel_port(&scope, conversation.channel_id).await? else {
            return Ok(());
        };
        if !port.capabilities().typing || !self.typing_pace().is_due(id, Instant::now()) {
            return Ok(());
        }
        if let Some(to) = identities::of_conversation(self.store().reader(), &scope, id).await? {
            // Nobody waits for the messenger's answer.
            tokio::spawn(async move { port.typing(&to.external_id).await });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messengers_are_told_now_and_then() {
        let pace = TypingPace::default();
        let id = |n| ConversationId(uuid::Uuid::from_u128(n));
        let start = Instant::now();
        assert!(pace.is_due(id(1), start));
        assert!(!pace.is_due(id(1), start + Duration::from_secs(3)));
        assert!(pace.is_due(id(2), start + Duration::from_secs(3)));
        assert!(pace.is_due(id(1), start + PACE));
        for n in 0..5_000 {
            pace.is_due(id(n), start + PACE * u32::try_from(n).unwrap());
        }
        assert!(pace.told.len() <= REMEMBERED + 1);
    }
}
