//! Who works on a conversation.

use omni_model::{
    AssignReason, Conversation, ConversationId, EventKind, NewEvent, Principal, Queue, UserId,
    codes,
};
use omni_store::conversations::{self, Change};
use omni_store::{ConversationRecord, UnitOfWork, users};
use serde::{Deserialize, Deserializer};

use super::access::{ASSIGN, ASSIGN_SELF, Viewer, event};
use super::reply::assign;
use crate::{Core, Error, Result};

/// Who is to work on a conversation.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// `null` puts it back into the queue.
    #[serde(deserialize_with = "required")]
    #[schema(required = true)]
    pub operator_id: Option<UserId>,
}

/// `null` means nobody, so that leaving the field out must mean something else: a mistake.
fn required<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<UserId>, D::Error> {
    Option::deserialize(deserializer)
}

impl Core {
    /// Gives a conversation to somebody, or to nobody. Who may only take takes from the queue: of two at
    /// once one gets it, and the other is told.
    pub async fn assign(
        &self,
        who: &Principal,
        id: ConversationId,
        assignment: Assignment,
    ) -> Result<Conversation> {
        let viewer = self.viewer(who).await?;
        self.seen(&viewer, id).await?;
        let target = assignment.operator_id;
        let permission = if target.is_some() && target == who.person() {
            ASSIGN_SELF
        } else {
            ASSIGN
        };
        viewer.needs(permission)?;
        let scope = who.scope();
        let record = self
            .store()
            .write(&scope, move |unit| async move {
                let conversation = viewer.lock(&unit, id).await?;
                match target {
                    Some(operator) => give(&unit, &viewer, conversation, operator).await,
                    None => put_back(&unit, &viewer, conversation).await,
                }
            })
            .await?;
        self.render_conversation(&scope, record).await
    }

    /// Refuses whom 404 or 403 is due before anybody looks at what he sent.
    pub async fn check_assign(&self, who: &Principal, id: ConversationId) -> Result<()> {
        let viewer = self.viewer(who).await?;
        self.seen(&viewer, id).await?;
        if who.may(ASSIGN) {
            return Ok(());
        }
        viewer.needs(ASSIGN_SELF)
    }
}

async fn give(
    unit: &UnitOfWork,
    viewer: &Viewer,
    conversation: ConversationRecord,
    operator: UserId,
) -> Result<ConversationRecord> {
    let me = viewer.who.person();
    if conversation.assigned_to == Some(operator) {
        return Ok(conversation);
    }
    let is_of_another = conversation.assigned_to.is_some_and(|has| Some(has) != me);
    if is_of_another && !viewer.who.may(ASSIGN) {
        return Err(Error::refused(
            codes::CONFLICT,
            "somebody else has this conversation",
        ));
    }
    check_target(unit, viewer, operator).await?;
    let mut change = Change::of(conversation);
    let reason = if Some(operator) == me {
        AssignReason::Taken
    } else {
        AssignReason::Manual { by: me }
    };
    assign(unit, &mut change.after, operator, reason);
    save(unit, change).await
}

async fn check_target(unit: &UnitOfWork, viewer: &Viewer, operator: UserId) -> Result<()> {
    let target = users::find(unit.db(), &viewer.who.scope(), operator)
        .await?
        .ok_or_else(|| Error::not_found("operator"))?;
    if target.disabled || !target.role.takes_conversations() {
        let detail = "this person does not take conversations";
        return Err(Error::invalid_field(
            "/operator_id",
            "not_an_operator",
            detail,
        ));
    }
    Ok(())
}

async fn put_back(
    unit: &UnitOfWork,
    viewer: &Viewer,
    conversation: ConversationRecord,
) -> Result<ConversationRecord> {
    if conversation.assigned_to.is_none() {
        return Ok(conversation);
    }
    let mut change = Change::of(conversation);
    let from = change.after.assigned_to.take();
    change.after.assigned_reason = Some(AssignReason::Unassigned {
        by: viewer.who.person(),
    });
    change.after.queued_at = unit.now();
    unit.emit(NewEvent {
        assigned_from: from,
        ..event(EventKind::ConversationUpdated, &change.after)
    });
    save(unit, change).await
}

async fn save(unit: &UnitOfWork, change: Change) -> Result<ConversationRecord> {
    conversations::save(unit, std::slice::from_ref(&change)).await?;
    // Whoever had it has room for another, and what was put back waits.
    unit.wake(Queue::Route, "");
    Ok(change.after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_must_be_said() {
        let read = |json: &str| serde_json::from_str::<Assignment>(json);
        assert_eq!(read(r#"{"operator_id":null}"#).unwrap().operator_id, None);
        assert!(read("{}").is_err());
        assert!(read(r#"{"operator_id":null,"reason":"x"}"#).is_err());
    }
}
