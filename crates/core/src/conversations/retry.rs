//! Sending again what was not sent, or perhaps not.

use omni_model::{Direction, EventKind, Job, Message, MessageId, MessageStatus, Principal, codes};
use omni_store::{MessageRecord, UnitOfWork, messages};

use super::access::{REPLY, Viewer, message_event};
use crate::{Core, Error, Result};

impl Core {
    /// Puts a failed or unknown message at the end of its conversation's way out. Only a person decides
    /// that: of an unknown one the customer may get two.
    pub async fn retry_message(&self, who: &Principal, id: MessageId) -> Result<Message> {
        let viewer = self.viewer(who).await?;
        let scope = who.scope();
        let found = messages::find(self.store().reader(), &scope, id).await?;
        let message = found.ok_or_else(|| Error::not_found("message"))?;
        self.seen(&viewer, message.conversation_id)
            .await
            .map_err(|_| Error::not_found("message"))?;
        viewer.needs(REPLY)?;
        let record = self
            .store()
            .write(&scope, move |unit| async move {
                queue_again(&unit, &viewer, message).await
            })
            .await?;
        self.render_one(&scope, record).await
    }
}

async fn queue_again(
    unit: &UnitOfWork,
    viewer: &Viewer,
    message: MessageRecord,
) -> Result<MessageRecord> {
    let scope = viewer.who.scope();
    let conversation = viewer.lock(unit, message.conversation_id).await?;
    // Read again: of two who press at once, one queues it.
    let mut message = messages::find(unit.db(), &scope, message.id)
        .await?
        .ok_or_else(|| Error::not_found("message"))?;
    let stuck = matches!(
        message.status,
        MessageStatus::Failed | MessageStatus::Unknown
    );
    if message.direction != Direction::Outbound || !stuck {
        let detail = format!("the message is {}", message.status);
        return Err(Error::refused(codes::NOT_RETRYABLE, detail));
    }
    message.status = MessageStatus::Queued;
    message.error = None;
    messages::update(unit, std::slice::from_ref(&message)).await?;
    unit.emit(message_event(
        EventKind::MessageUpdated,
        &conversation,
        message.id,
    ));
    unit.enqueue(
        conversation.id.to_string(),
        Job::Deliver {
            message_id: message.id,
        },
    );
    Ok(message)
}
