//! Who works on a conversation.

use omni_model::{
    AssignReason, Conversation, ConversationId, EventKind, Holder, Principal, Queue, TeamId,
    UserId, codes,
};
use omni_store::conversations::{self, Change};
use omni_store::{ConversationRecord, UnitOfWork, teams, users};
use serde::{Deserialize, Deserializer};

use super::access::{ASSIGN, ASSIGN_SELF, Viewer, event};
use super::reply::assign;
use crate::{Core, Error, Result};

/// Who is to work on a conversation. What is left out of a team stays; one of both must be said.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// `null` puts it back into the queue.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<UserId>)]
    pub operator_id: Option<Option<UserId>>,
    /// Without an operator it waits for a member; `null` makes it nobody's.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<TeamId>)]
    pub team_id: Option<Option<TeamId>>,
}

/// Tells a field that is `null` from one that is left out.
#[expect(clippy::option_option, reason = "left out, null, something")]
fn given<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

impl Assignment {
    /// To one person, as things are.
    pub const fn to(operator: UserId) -> Self {
        Self {
            operator_id: Some(Some(operator)),
            team_id: None,
        }
    }

    /// Nobody must be said: a body that says nothing is a mistake.
    pub(super) fn check(self) -> Result<()> {
        if self.operator_id.is_none() && self.team_id.is_none() {
            let detail = "say operator_id, team_id or both";
            return Err(Error::invalid_field("/operator_id", "missing", detail));
        }
        Ok(())
    }

    /// What it takes: one's own taking is one thing, giving to others, to teams or to nobody another.
    fn permission(self, me: Option<UserId>) -> &'static str {
        match (self.operator_id, self.team_id) {
            (Some(Some(operator)), None) if Some(operator) == me => ASSIGN_SELF,
            // Whoever says nothing is told so.
            (None, None) => ASSIGN_SELF,
            _ => ASSIGN,
        }
    }
}

impl Core {
    /// Gives a conversation to somebody, to a team, or to nobody. Who may only take takes from the queue: of two
    /// at once one gets it, and the other is told.
    pub async fn assign(
        &self,
        who: &Principal,
        id: ConversationId,
        assignment: Assignment,
    ) -> Result<Conversation> {
        let viewer = self.viewer(who).await?;
        self.seen(&viewer, id).await?;
        viewer.needs(assignment.permission(who.person()))?;
        assignment.check()?;
        let scope = who.scope();
        let record = self
            .store()
            .write(&scope, move |unit| async move {
                let conversation = viewer.lock(&unit, id).await?;
                match (assignment.operator_id.flatten(), assignment.team_id) {
                    (Some(operator), None) => give(&unit, &viewer, conversation, operator).await,
                    (None, None) => put_back(&unit, &viewer, conversation).await,
                    (operator, Some(team)) => {
                        give_to_team(&unit, &viewer, conversation, team, operator).await
                    }
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

/// To a team, to somebody of it, or out of the team that had it.
async fn give_to_team(
    unit: &UnitOfWork,
    viewer: &Viewer,
    conversation: ConversationRecord,
    team: Option<TeamId>,
    operator: Option<UserId>,
) -> Result<ConversationRecord> {
    let (scope, by) = (viewer.who.scope(), viewer.who.person());
    let wanted = Holder { operator, team };
    if conversation.holder() == wanted {
        return Ok(conversation);
    }
    let found = match team {
        Some(id) => teams::find(unit.db(), &scope, id).await?,
        None => None,
    };
    if team.is_some() && found.is_none() {
        return Err(Error::not_found("team"));
    }
    if let Some(operator) = operator {
        check_target(unit, viewer, operator).await?;
        if found
            .as_ref()
            .is_some_and(|team| !team.members.contains(&operator))
        {
            let detail = "this person is not in the team";
            return Err(Error::invalid_field("/operator_id", "not_a_member", detail));
        }
    }
    let mut change = Change::of(conversation);
    let (before, after) = (change.after.holder(), &mut change.after);
    after.assigned_to = operator;
    after.assigned_team = team;
    after.assigned_reason = Some(match (operator, found) {
        (Some(operator), _) if Some(operator) == by => AssignReason::Taken,
        (Some(_), _) => AssignReason::Manual { by },
        (None, Some(team)) => AssignReason::Team {
            by,
            team: team.name,
        },
        (None, None) => AssignReason::Unassigned { by },
    });
    if before.operator.is_some() && operator.is_none() {
        after.queued_at = unit.now();
    }
    let kind = match before.operator == operator || operator.is_none() {
        true => EventKind::ConversationUpdated,
        false => EventKind::ConversationAssigned,
    };
    unit.emit(event(kind, after).coming_from(before));
    save(unit, change).await
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
    let before = change.after.holder();
    change.after.assigned_to = None;
    change.after.assigned_reason = Some(AssignReason::Unassigned {
        by: viewer.who.person(),
    });
    change.after.queued_at = unit.now();
    unit.emit(event(EventKind::ConversationUpdated, &change.after).coming_from(before));
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
        let nobody = read(r#"{"operator_id":null}"#).unwrap();
        assert_eq!((nobody.operator_id, nobody.team_id), (Some(None), None));
        assert!(nobody.check().is_ok());
        assert!(read(r#"{"team_id":null}"#).unwrap().check().is_ok());
        assert!(read("{}").unwrap().check().is_err());
        assert!(read(r#"{"operator_id":null,"reason":"x"}"#).is_err());
    }

    #[test]
    fn only_taking_is_ones_own() {
        let me = UserId(uuid::Uuid::from_u128(1));
        assert_eq!(Assignment::to(me).permission(Some(me)), ASSIGN_SELF);
        let into_a_team = Assignment {
            team_id: Some(None),
            ..Assignment::to(me)
        };
        assert_eq!(into_a_team.permission(Some(me)), ASSIGN);
        // A program is nobody, and takes nothing for itself.
        assert_eq!(Assignment::to(me).permission(None), ASSIGN);
        assert_eq!(
            Assignment::to(UserId(uuid::Uuid::nil())).permission(Some(me)),
            ASSIGN
        );
    }
}
