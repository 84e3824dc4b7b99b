//! What everybody who touches a conversation passes: seeing it (404), then being allowed to (403).

use omni_model::{
    ConversationId, EventKind, Holder, MessageId, NewEvent, Principal, Sight, may_see,
};
use omni_store::conversations;
use omni_store::{ConversationRecord, MessageRecord, UnitOfWork, live_views};

use crate::{Core, Error, Result};

/// What it takes to answer, and to do what goes with answering.
pub(crate) const REPLY: &str = "conversations:reply";
/// What it takes to take a conversation.
pub(super) const ASSIGN_SELF: &str = "conversations:assign_self";
/// What it takes to give a conversation to somebody else or to nobody.
pub(super) const ASSIGN: &str = "conversations:assign";

/// Who asks, and how much he sees: what a unit of work needs to decide again on the locked row.
#[derive(Clone, Debug)]
pub(crate) struct Viewer {
    pub(crate) who: Principal,
    sight: Sight,
}

impl Viewer {
    /// Whether he sees a conversation that is with `holder`.
    pub(crate) fn sees(&self, holder: Holder) -> bool {
        may_see(&self.who, &self.sight, holder)
    }

    /// Refuses what he may not do.
    pub(crate) fn needs(&self, permission: &'static str) -> Result<()> {
        if self.who.may(permission) {
            Ok(())
        } else {
            Err(Error::forbidden(permission))
        }
    }

    /// The conversation as it is now, locked; 404 when he does not see it.
    pub(super) async fn lock(
        &self,
        unit: &UnitOfWork,
        id: ConversationId,
    ) -> Result<ConversationRecord> {
        conversations::lock_one(unit, &self.who.scope(), id)
            .await?
            .filter(|record| self.sees(record.holder()))
            .ok_or_else(|| Error::not_found("conversation"))
    }
}

impl Core {
    /// How much `who` sees.
    pub(crate) async fn viewer(&self, who: &Principal) -> Result<Viewer> {
        Ok(Viewer {
            who: who.clone(),
            sight: self.sight(who).await?,
        })
    }

    /// A conversation that `who` sees; 404 otherwise.
    pub(super) async fn seen(
        &self,
        viewer: &Viewer,
        id: ConversationId,
    ) -> Result<ConversationRecord> {
        let scope = viewer.who.scope();
        live_views::conversations(self.store().reader(), &scope, &[id])
            .await?
            .pop()
            .filter(|record| viewer.sees(record.holder()))
            .ok_or_else(|| Error::not_found("conversation"))
    }

    /// Refuses who does not see a conversation.
    pub(crate) async fn check_seen(&self, who: &Principal, id: ConversationId) -> Result<()> {
        let viewer = self.viewer(who).await?;
        self.seen(&viewer, id).await.map(drop)
    }

    /// Refuses whom 404 or 403 is due before anybody looks at what he sent.
    pub async fn check_reply(&self, who: &Principal, id: ConversationId) -> Result<()> {
        let viewer = self.viewer(who).await?;
        self.seen(&viewer, id).await?;
        viewer.needs(REPLY)
    }
}

/// An event about a conversation that stays with whom it is with.
pub(super) fn event(kind: EventKind, about: &ConversationRecord) -> NewEvent {
    NewEvent::about(kind, about.id, about.holder())
}

/// A message changed. Who has the conversation is read when it is shown; an update moves it to nobody else.
pub(crate) fn message_updated(message: &MessageRecord) -> NewEvent {
    NewEvent {
        message_id: Some(message.id),
        ..NewEvent::about(
            EventKind::MessageUpdated,
            message.conversation_id,
            Holder::default(),
        )
    }
}

/// An event about a message.
pub(super) fn message_event(
    kind: EventKind,
    about: &ConversationRecord,
    message: MessageId,
) -> NewEvent {
    NewEvent {
        message_id: Some(message),
        ..event(kind, about)
    }
}
