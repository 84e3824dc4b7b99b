//! One act on many conversations: each as by itself, in its own unit of work, so that one which cannot be done
//! does not stop the others.

use omni_model::{Conversation, ConversationId, ErrorCode, Principal, Priority, codes, limits};
use serde::{Deserialize, Serialize};

use super::access::{ASSIGN_SELF, REPLY};
use super::status::check_snooze;
use super::{Assignment, ConversationPatch, StatusChange, TagChange};
use crate::access::needs;
use crate::{Core, Error, Result};

/// Which conversations, and exactly one act.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkAction {
    /// 1 to 100.
    pub ids: Vec<ConversationId>,
    #[serde(default)]
    pub assign: Option<Assignment>,
    #[serde(default)]
    pub status: Option<StatusChange>,
    #[serde(default)]
    pub tags: Option<TagChange>,
    #[serde(default)]
    pub priority: Option<Priority>,
    /// `true`: everything in them was read.
    #[serde(default)]
    pub read: bool,
}

/// What became of each, in the order asked; an id that was given twice is answered once.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct BulkDone {
    pub results: Vec<BulkResult>,
}

/// What became of one: the conversation as it is now, or why not.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct BulkResult {
    pub id: ConversationId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<Conversation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<BulkRefusal>,
}

/// Why it was not done, as the single act would have answered.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct BulkRefusal {
    pub status: u16,
    pub code: &'static str,
    pub detail: String,
}

#[derive(Clone)]
enum Act {
    Assign(Assignment),
    Status(StatusChange),
    Tags(TagChange),
    Priority(Priority),
    Read,
}

impl Core {
    /// Refuses whom 403 is due before anybody looks at what he sent.
    pub fn check_bulk(&self, who: &Principal) -> Result<()> {
        needs(who, ASSIGN_SELF).or_else(|_| needs(who, REPLY))
    }

    /// Does one act on each of these conversations.
    pub async fn act_on_many(&self, who: &Principal, action: BulkAction) -> Result<BulkDone> {
        self.check_bulk(who)?;
        let ids = distinct(&action.ids)?;
        let act = read_act(action)?;
        if let Act::Status(wanted) = act {
            check_snooze("/status/snooze_until", wanted, self.clock().now())?;
        }
        let mut results = Vec::with_capacity(ids.len());
        for id in ids {
            let done = self.act_on(who, id, act.clone()).await;
            results.push(result(id, done));
        }
        Ok(BulkDone { results })
    }

    async fn act_on(&self, who: &Principal, id: ConversationId, act: Act) -> Result<Conversation> {
        match act {
            Act::Assign(assignment) => self.assign(who, id, assignment).await,
            Act::Status(wanted) => self.set_status(who, id, wanted).await,
            Act::Tags(change) => self.change_tags(who, id, change).await,
            Act::Read => self.mark_read(who, id).await,
            Act::Priority(priority) => {
                let patch = ConversationPatch {
                    priority: Some(priority),
                    tags: None,
                    metadata: None,
                };
                self.patch_conversation(who, id, patch).await
            }
        }
    }
}

fn distinct(ids: &[ConversationId]) -> Result<Vec<ConversationId>> {
    if !(1..=limits::BULK).contains(&ids.len()) {
        let detail = format!("1 to {} conversations", limits::BULK);
        return Err(Error::invalid_field("/ids", "out_of_range", detail));
    }
    let mut once: Vec<ConversationId> = Vec::with_capacity(ids.len());
    for id in ids {
        if !once.contains(id) {
            once.push(*id);
        }
    }
    Ok(once)
}

fn read_act(action: BulkAction) -> Result<Act> {
    let tags = action.tags.map(TagChange::cleaned).transpose()?;
    action.assign.map_or(Ok(()), Assignment::check)?;
    let mut acts = [
        action.assign.map(Act::Assign),
        action.status.map(Act::Status),
        tags.map(Act::Tags),
        action.priority.map(Act::Priority),
        action.read.then_some(Act::Read),
    ]
    .into_iter()
    .flatten();
    match (acts.next(), acts.next()) {
        (Some(act), None) => Ok(act),
        _ => {
            let detail = "exactly one of assign, status, tags, priority and read";
            Err(Error::invalid_field("", "one_act", detail))
        }
    }
}

fn result(id: ConversationId, done: Result<Conversation>) -> BulkResult {
    let (conversation, error) = match done {
        Ok(conversation) => (Some(conversation), None),
        Err(error) => (None, Some(refusal(id, error))),
    };
    BulkResult {
        id,
        conversation,
        error,
    }
}

fn refusal(id: ConversationId, error: Error) -> BulkRefusal {
    let of = |code: ErrorCode, detail: String| BulkRefusal {
        status: code.status,
        code: code.code,
        detail,
    };
    match error {
        Error::Refused {
            code,
            detail,
            mut fields,
            ..
        } => of(code, fields.pop().map_or(detail, |field| field.detail)),
        error if error.is_transient() => {
            of(codes::UNAVAILABLE, codes::UNAVAILABLE.title.to_owned())
        }
        error => {
            tracing::error!(conversation_id = %id, %error, "one of many could not be done");
            of(codes::INTERNAL, codes::INTERNAL.title.to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn exactly_one_act() {
        let read = |acts: serde_json::Value| {
            let mut body = json!({"ids": []});
            body.as_object_mut()
                .unwrap()
                .extend(acts.as_object().unwrap().clone());
            read_act(serde_json::from_value(body).unwrap()).is_ok()
        };
        assert!(read(json!({"read": true})));
        assert!(read(json!({"assign": {"operator_id": null}})));
        assert!(!read(json!({})));
        assert!(!read(json!({"read": false})));
        assert!(!read(json!({"read": true, "priority": "high"})));
        assert!(!read(json!({"tags": {}})));
    }

    #[test]
    fn each_once_and_not_too_many() {
        let id = |n| ConversationId(uuid::Uuid::from_u128(n));
        assert_eq!(distinct(&[id(2), id(1), id(2)]).unwrap(), [id(2), id(1)]);
        assert!(distinct(&[]).is_err());
        assert!(distinct(&(0..101).map(id).collect::<Vec<_>>()).is_err());
    }
}
