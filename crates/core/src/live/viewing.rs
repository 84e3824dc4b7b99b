//! Who of the team looks at a conversation, and who writes in it: told to the others while it lasts, kept nowhere.
//!
//! A client repeats what it looks at every few seconds, so that whoever comes later learns of it, on any server;
//! who has heard nothing for longer believes that it ended. A socket that closes says so at once.

use std::sync::Arc;

use omni_bus::Signal;
use omni_model::{ConversationId, Principal};

use super::feed::OperatorControl;
use super::seat::OperatorSeat;
use crate::{Core, Result};

impl OperatorControl {
    /// The operator looks at this conversation now, or at none.
    pub async fn looks_at(&self, conversation: Option<ConversationId>) -> Result<()> {
        let who = self.principal();
        let now = match conversation {
            Some(id) => self.core().check_seen(&who, id).await.map(|()| Some(id)),
            None => Ok(None),
        };
        // What he may not see he does not look at; what he looked at before has ended all the same.
        let now_at = now.as_ref().ok().copied().flatten();
        let before = self.seat().look(now_at);
        if let Some(left) = before.filter(|left| Some(*left) != now_at) {
            tell(self.core(), &who, left, false);
        }
        if let Some(id) = now? {
            tell(self.core(), &who, id, true);
        }
        Ok(())
    }
}

/// Says, when the socket is gone, that its operator looks at nothing.
pub(super) struct Looking {
    pub(super) core: Core,
    pub(super) seat: Arc<OperatorSeat>,
}

impl Drop for Looking {
    fn drop(&mut self) {
        if let Some(left) = self.seat.look(None) {
            tell(&self.core, &self.seat.principal(), left, false);
        }
    }
}

fn tell(core: &Core, who: &Principal, conversation_id: ConversationId, is_viewing: bool) {
    let Some(operator_id) = who.person() else {
        return;
    };
    core.bus().send(Signal::OperatorViewing {
        tenant_id: who.tenant_id,
        conversation_id,
        operator_id,
        is_viewing,
    });
}
