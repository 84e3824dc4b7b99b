//! Reading a conversation: the team has seen what the customer wrote.

use omni_model::{ChannelKind, Conversation, ConversationId, EventKind, Principal};
use omni_store::conversations::{self, Change};
use omni_store::message_views;

use super::access::{REPLY, event, message_event};
use crate::{Core, Error, Result};

impl Core {
    /// Notes that everything was read. In the widget the visitor sees it at his messages.
    pub async fn mark_read(&self, who: &Principal, id: ConversationId) -> Result<Conversation> {
        let viewer = self.viewer(who).await?;
        self.seen(&viewer, id).await?;
        viewer.needs(REPLY)?;
        let scope = who.scope();
        let record = self
            .store()
            .write(&scope, move |unit| async move {
                let mut change = Change::of(viewer.lock(&unit, id).await?);
                let conversation = &mut change.after;
                let read_before = conversation.read_seq;
                if conversation.unread_count == 0 && read_before == conversation.last_seq {
                    return Ok(change.after);
                }
                let was_unread = conversation.unread_count > 0;
                conversation.unread_count = 0;
                conversation.read_seq = conversation.last_seq;
                conversations::save(&unit, std::slice::from_ref(&change)).await?;
                let conversation = &change.after;
                if conversation.channel_kind == ChannelKind::Widget {
                    let read = message_views::mark_inbound_read(
                        &unit,
                        &scope,
                        id,
                        read_before,
                        conversation.last_seq,
                    )
                    .await?;
                    for message in read {
                        let kind = EventKind::MessageUpdated;
                        unit.emit(message_event(kind, conversation, message));
                    }
                }
                if was_unread {
                    unit.emit(event(EventKind::ConversationUpdated, conversation));
                }
                Ok::<_, Error>(change.after)
            })
            .await?;
        self.render_conversation(&scope, record).await
    }
}
