//! What matters only now: told to whoever is there, kept by nobody.

use omni_model::{ConversationId, OperatorStatus, UserId};
use omni_store::{ConversationRecord, live_views};

use super::{Hub, availability};
use crate::live::frame::{Body, Frame};
use crate::live::visitor::Address;
use crate::{Core, Result};

/// What matters only now.
#[derive(Clone, Copy, Debug)]
pub(in crate::live) enum Fleeting {
    CustomerTyping {
        conversation: ConversationId,
        is_typing: bool,
    },
    OperatorTyping {
        conversation: ConversationId,
        operator: Option<UserId>,
        is_typing: bool,
    },
    OperatorViewing {
        conversation: ConversationId,
        operator: UserId,
        is_viewing: bool,
    },
    OperatorStatus {
        operator: UserId,
        status: OperatorStatus,
    },
}

/// Tells a fleeting event to those who may see its conversation.
pub(super) async fn tell(core: &Core, hub: &Hub, told: Fleeting) -> Result<()> {
    match told {
        Fleeting::OperatorStatus { operator, status } => {
            let frame = Frame::fleeting(&Body::OperatorStatus {
                operator_id: operator,
                status,
            });
            hub.lock()
                .operators
                .values()
                .for_each(|seat| seat.mailbox.put_fleeting(frame.clone()));
            availability::tell(core, hub).await?;
        }
        Fleeting::CustomerTyping {
            conversation,
            is_typing,
        } => {
            let body = Body::CustomerTyping {
                conversation_id: conversation,
                is_typing,
            };
            tell_team(core, hub, conversation, &body).await?;
        }
        Fleeting::OperatorViewing {
            conversation,
            operator,
            is_viewing,
        } => {
            let body = Body::OperatorViewing {
                conversation_id: conversation,
                operator_id: operator,
                is_viewing,
            };
            tell_team(core, hub, conversation, &body).await?;
        }
        Fleeting::OperatorTyping {
            conversation,
            operator,
            is_typing,
        } => {
            let body = Body::ColleagueTyping {
                conversation_id: conversation,
                operator_id: operator,
                is_typing,
            };
            let record = tell_team(core, hub, conversation, &body).await?;
            if !hub.wants().visitors {
                return Ok(());
            }
            let db = core.store().reader();
            let identities: Vec<_> = record.iter().map(|record| record.identity_id).collect();
            let frame = Frame::fleeting(&Body::OperatorTyping { is_typing });
            for (channel, external_id) in live_views::addresses(db, &hub.scope, &identities)
                .await?
                .into_values()
            {
                let table = hub.lock();
                let seats = table.visitors.get(&Address {
                    channel,
                    external_id,
                });
                seats
                    .into_iter()
                    .flatten()
                    .for_each(|(_, seat)| seat.mailbox.put_fleeting(frame.clone()));
            }
        }
    }
    Ok(())
}

/// Tells the operators who see a conversation; answers it.
async fn tell_team(
    core: &Core,
    hub: &Hub,
    conversation: ConversationId,
    body: &Body<'_>,
) -> Result<Option<ConversationRecord>> {
    let db = core.store().reader();
    let mut records = live_views::conversations(db, &hub.scope, &[conversation]).await?;
    let Some(record) = records.pop() else {
        return Ok(None);
    };
    let frame = Frame::fleeting(body);
    let table = hub.lock();
    table
        .operators
        .values()
        .filter(|seat| seat.sees(record.holder()))
        .for_each(|seat| seat.mailbox.put_fleeting(frame.clone()));
    drop(table);
    Ok(Some(record))
}
