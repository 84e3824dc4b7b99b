//! Priority, tags and metadata of a conversation.

use omni_model::{
    Conversation, ConversationId, EventKind, FieldError, Principal, Priority, Queue, TenantScope,
    limits,
};
use omni_store::conversations::{self, Change};
use omni_store::{ConversationRecord, UnitOfWork, conversation_tags};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::access::{REPLY, event};
use crate::{Core, Error, Result};

/// What to change; what is left out stays.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConversationPatch {
    #[serde(default)]
    pub priority: Option<Priority>,
    /// The whole list.
    #[serde(default)]
    pub tags: Option<Vec<String>>,
    /// The whole object.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
}

impl Core {
    /// Changes priority, tags and metadata.
    pub async fn patch_conversation(
        &self,
        who: &Principal,
        id: ConversationId,
        patch: ConversationPatch,
    ) -> Result<Conversation> {
        let viewer = self.viewer(who).await?;
        self.seen(&viewer, id).await?;
        viewer.needs(REPLY)?;
        let mut wrong = Vec::new();
        let tags = patch.tags.map(|tags| clean_tags(tags, "/tags", &mut wrong));
        let metadata = patch
            .metadata
            .map(|metadata| checked_metadata(metadata, &mut wrong));
        if !wrong.is_empty() {
            return Err(Error::invalid(wrong));
        }
        let scope = who.scope();
        let record = self
            .store()
            .write(&scope, move |unit| async move {
                let mut change = Change::of(viewer.lock(&unit, id).await?);
                let conversation = &mut change.after;
                conversation.priority = patch.priority.unwrap_or(conversation.priority);
                if let Some(metadata) = metadata {
                    conversation.metadata = metadata;
                }
                save_labels(&unit, change, tags).await
            })
            .await?;
        self.render_conversation(&scope, record).await
    }
}

/// Saves a conversation with its new tags, if there are any, and tells of it if anything is new.
pub(super) async fn save_labels(
    unit: &UnitOfWork,
    mut change: Change,
    tags: Option<Vec<String>>,
) -> Result<ConversationRecord> {
    let conversation = &mut change.after;
    if let Some(tags) = tags
        && tags != conversation.tags
    {
        let scope = TenantScope::of(conversation.tenant_id);
        conversation_tags::replace(unit, &scope, conversation.id, &tags).await?;
        conversation.tags = tags;
        if conversation.waits() {
            // Tags may ask for skills.
            unit.wake(Queue::Route, "");
        }
    }
    conversations::save(unit, std::slice::from_ref(&change)).await?;
    if change.before.as_ref() != Some(&change.after) {
        unit.emit(event(EventKind::ConversationUpdated, &change.after));
    }
    Ok(change.after)
}

/// Tags as they are kept: trimmed, each once, in the order given.
pub(super) fn clean_tags(
    tags: Vec<String>,
    pointer: &str,
    wrong: &mut Vec<FieldError>,
) -> Vec<String> {
    let mut clean: Vec<String> = Vec::new();
    for (at, tag) in tags.into_iter().enumerate() {
        let tag = tag.trim();
        let fits =
            (1..=limits::TAG).contains(&tag.chars().count()) && !tag.chars().any(char::is_control);
        if !fits {
            let detail = format!("1 to {} characters", limits::TAG);
            wrong.push(FieldError::new(
                format!("{pointer}/{at}"),
                "invalid",
                detail,
            ));
            break;
        }
        if !clean.iter().any(|known| known == tag) {
            clean.push(tag.to_owned());
        }
    }
    if clean.len() > limits::TAGS {
        let detail = format!("at most {} tags", limits::TAGS);
        wrong.push(FieldError::new(pointer, "too_many", detail));
    }
    clean
}

/// A metadata object within its size.
pub(crate) fn checked_metadata(metadata: Map<String, Value>, wrong: &mut Vec<FieldError>) -> Value {
    let metadata = Value::Object(metadata);
    let text = metadata.to_string();
    if text.len() > limits::METADATA {
        let detail = format!("at most {} bytes of JSON", limits::METADATA);
        wrong.push(FieldError::new("/metadata", "too_large", detail));
    }
    if text.contains("\\u0000") {
        wrong.push(FieldError::new(
            "/metadata",
            "invalid",
            "without NUL characters",
        ));
    }
    metadata
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_trimmed_and_single() {
        let tags = [" vip", "vip ", "жалоба", "VIP"]
            .map(str::to_owned)
            .to_vec();
        let mut wrong = Vec::new();
        assert_eq!(
            clean_tags(tags, "/tags", &mut wrong),
            ["vip", "жалоба", "VIP"]
        );
        assert!(wrong.is_empty());
        for bad in [
            vec![" ".to_owned()],
            vec!["x".repeat(65)],
            vec!["a\nb".to_owned()],
        ] {
            let mut wrong = Vec::new();
            clean_tags(bad, "/tags", &mut wrong);
            assert_eq!(wrong.len(), 1);
        }
        let mut wrong = Vec::new();
        let many = (0..51).map(|n| n.to_string()).collect();
        clean_tags(many, "/tags", &mut wrong);
        assert_eq!(wrong[0].pointer, "/tags");
    }
}
