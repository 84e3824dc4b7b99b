//! Sending again what was not sent, or perhaps not.

use omni_model::{Direction, EventKind, Job, Message, MessageId, MessageStatus, Principal, codes};
use omni_store::{MessageRecord, UnitOfWork, messages};

use super::access::{REPLY, Viewer, message_event};
use super::reply::check_heard;
use super::tomb::{is_going, is_gone};
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
    check_heard(unit, &conversation).await?;
    // Read again: of two who press at once, one queues it. An album failed as one, and goes as one.
    let mut members = if message.metadata["album_id"].is_string() {
        messages::lock_album(unit, &message).await?
    } else {
        let found = messages::lock(unit, &scope, message.id).await?;
        found.into_iter().collect()
    };
    let mut message = members
        .iter()
        .find(|member| member.id == message.id)
        .cloned()
        .ok_or_else(|| Error::not_found("message"))?;
    if !is_stuck(&message) {
        let detail = format!("the message is {}", message.status);
        return Err(Error::refused(codes::NOT_RETRYABLE, detail));
    }
    members.retain(is_stuck);
    for member in &mut members {
        queued(member);
        unit.emit(message_event(
            EventKind::MessageUpdated,
            &conversation,
            member.id,
        ));
    }
    messages::update(unit, &members).await?;
    queued(&mut message);
    unit.enqueue(
        conversation.id.to_string(),
        Job::Deliver {
            message_id: message.id,
        },
    );
    Ok(message)
}

fn is_stuck(message: &MessageRecord) -> bool {
    let stuck = matches!(
        message.status,
        MessageStatus::Failed | MessageStatus::Unknown
    );
    message.direction == Direction::Outbound && stuck && !is_gone(message) && !is_going(message)
}

fn queued(message: &mut MessageRecord) {
    message.status = MessageStatus::Queued;
    message.error = None;
}
