//! Receipts of a visitor's socket: what it was sent is delivered, what he looked at is read.

use std::collections::HashMap;

use omni_bus::Signal;
use omni_model::{ChannelId, ConversationId, EventKind, MessageStatus, NewEvent, TenantScope};
use omni_store::{conversations, receipts};

use super::frame::Shown;
use crate::{Core, Error, Result};

/// How far our messages have come, by conversation, as one socket saw it.
#[derive(Default)]
pub(super) struct Receipts {
    by_conversation: HashMap<ConversationId, Progress>,
}

/// Places up to which messages are to be marked, and up to which they are.
#[derive(Default)]
struct Progress {
    delivered: Mark,
    read: Mark,
}

#[derive(Default)]
struct Mark {
    due: i64,
    done: i64,
}

impl Receipts {
    /// A message was handed to the socket.
    pub(super) fn note(&mut self, shown: Shown) {
        if !shown.unread {
            return;
        }
        let progress = self.by_conversation.entry(shown.conversation).or_default();
        progress.read.due = progress.read.due.max(shown.seq);
        if shown.undelivered {
            progress.delivered.due = progress.delivered.due.max(shown.seq);
        }
    }

    /// Up to where messages are to be marked as `status`.
    pub(super) fn due(&self, status: MessageStatus) -> Vec<(ConversationId, i64)> {
        self.by_conversation
            .iter()
            .map(|(conversation, progress)| (*conversation, progress.mark(status)))
            .filter(|(_, mark)| mark.due > mark.done)
            .map(|(conversation, mark)| (conversation, mark.due))
            .collect()
    }

    /// They were marked.
    pub(super) fn done(&mut self, status: MessageStatus, marked: &[(ConversationId, i64)]) {
        for (conversation, seq) in marked {
            if let Some(progress) = self.by_conversation.get_mut(conversation) {
                let mark = match status {
                    MessageStatus::Read => &mut progress.read,
                    _ => &mut progress.delivered,
                };
                mark.done = mark.done.max(*seq);
            }
        }
    }
}

impl Progress {
    fn mark(&self, status: MessageStatus) -> &Mark {
        match status {
            MessageStatus::Read => &self.read,
            _ => &self.delivered,
        }
    }
}

impl Core {
    /// Marks our messages up to these places as delivered or read: forward only, each change an event.
    pub(super) async fn mark_shown(
        &self,
        scope: &TenantScope,
        marks: Vec<(ConversationId, i64)>,
        status: MessageStatus,
    ) -> Result<()> {
        let scope = *scope;
        self.store()
            .write(&scope, move |unit| async move {
                let ids: Vec<ConversationId> = marks.iter().map(|(id, _)| *id).collect();
                let locked = conversations::lock(&unit, &scope, &ids).await?;
                for (id, seq) in marks {
                    let Some(conversation) = locked.iter().find(|record| record.id == id) else {
                        continue;
                    };
                    for message in receipts::advance(&unit, &scope, id, seq, status).await? {
                        let kind = EventKind::MessageUpdated;
                        unit.emit(NewEvent {
                            message_id: Some(message),
                            ..NewEvent::about(kind, id, conversation.holder())
                        });
                    }
                }
                Ok::<_, Error>(())
            })
            .await
    }

    /// A visitor types, or stopped: told to the operators who may see his conversation.
    pub(super) async fn visitor_typing(
        &self,
        scope: TenantScope,
        channel: ChannelId,
        external_id: &str,
        is_typing: bool,
    ) -> Result<()> {
        let db = self.store().reader();
        let newest =
            omni_store::live_views::conversations_at(db, &scope, channel, external_id, 1).await?;
        if let Some(conversation) = newest.first() {
            self.bus().send(Signal::CustomerTyping {
                tenant_id: scope.tenant_id(),
                conversation_id: conversation.id,
                is_typing,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TALK: ConversationId = ConversationId(uuid::Uuid::nil());

    fn shown(seq: i64, undelivered: bool, unread: bool) -> Shown {
        Shown {
            conversation: TALK,
            seq,
            is_new: true,
            undelivered,
            unread,
        }
    }

    #[test]
    fn each_mark_is_made_once() {
        let mut receipts = Receipts::default();
        receipts.note(shown(3, true, true));
        receipts.note(shown(4, false, false));
        let due = receipts.due(MessageStatus::Delivered);
        assert_eq!(due, [(TALK, 3)]);
        receipts.done(MessageStatus::Delivered, &due);
        assert!(receipts.due(MessageStatus::Delivered).is_empty());
        assert_eq!(receipts.due(MessageStatus::Read), [(TALK, 3)]);
        // Told once more as `delivered`, as to a page that connects again: nothing is due but the reading.
        receipts.note(shown(3, false, true));
        assert!(receipts.due(MessageStatus::Delivered).is_empty());
    }
}
