//! Tags: which there are, and adding and removing some without touching the others.

use omni_model::{Conversation, ConversationId, FieldError, Page, Principal, Total, limits};
use omni_store::conversation_tags;
use omni_store::conversations::Change;
use serde::{Deserialize, Serialize};

use super::access::REPLY;
use super::labels::{clean_tags, save_labels};
use super::list::words;
use crate::{Core, Error, Result};

/// Which tags.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TagQuery {
    /// A piece of the tag.
    pub q: Option<String>,
}

/// A tag and how many conversations have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct TagCount {
    pub tag: String,
    pub count: i64,
}

/// Tags to put on and to take off.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagChange {
    #[serde(default)]
    pub add: Vec<String>,
    #[serde(default)]
    pub remove: Vec<String>,
}

impl TagChange {
    /// The tags as they are kept, or 422.
    pub(super) fn cleaned(self) -> Result<Self> {
        let mut wrong = Vec::new();
        let clean = Self {
            add: clean_tags(self.add, "/tags/add", &mut wrong),
            remove: clean_tags(self.remove, "/tags/remove", &mut wrong),
        };
        if clean.add.is_empty() && clean.remove.is_empty() && wrong.is_empty() {
            wrong.push(FieldError::new(
                "/tags",
                "empty",
                "nothing to add or remove",
            ));
        }
        match wrong.is_empty() {
            true => Ok(clean),
            false => Err(Error::invalid(wrong)),
        }
    }

    fn apply(&self, tags: &[String]) -> Vec<String> {
        let kept = tags.iter().filter(|tag| !self.remove.contains(tag));
        let new = self.add.iter().filter(|tag| !tags.contains(tag));
        kept.chain(new).cloned().collect()
    }
}

impl Core {
    /// The tags of the conversations that `who` sees, the most used first.
    pub async fn tags(&self, who: &Principal, query: &TagQuery) -> Result<Page<TagCount>> {
        if !who.may("conversations:read") {
            return Err(Error::forbidden("conversations:read"));
        }
        let mut wrong = Vec::new();
        let piece = words("q", query.q.as_deref(), limits::TAG, &mut wrong);
        if !wrong.is_empty() {
            return Err(Error::invalid(wrong));
        }
        let scope = who.scope();
        let seen_by = self.sight_limits(who).await?;
        let reader = self.store().reader();
        let most = limits::TAG_COUNTS;
        let counts =
            conversation_tags::counts(reader, &scope, seen_by.as_ref(), piece.as_deref(), most)
                .await?;
        let items: Vec<TagCount> = counts
            .into_iter()
            .map(|(tag, count)| TagCount { tag, count })
            .collect();
        let found = u64::try_from(items.len()).unwrap_or(most);
        let total = if found < most {
            Total::Exact(found)
        } else {
            Total::AtLeast(found)
        };
        Ok(Page::new(items, total, None))
    }

    /// Puts tags on and takes tags off; those that others put on meanwhile stay. `change` is clean.
    pub(super) async fn change_tags(
        &self,
        who: &Principal,
        id: ConversationId,
        change: TagChange,
    ) -> Result<Conversation> {
        let viewer = self.viewer(who).await?;
        self.seen(&viewer, id).await?;
        viewer.needs(REPLY)?;
        let scope = who.scope();
        let record = self
            .store()
            .write(&scope, move |unit| async move {
                let conversation = Change::of(viewer.lock(&unit, id).await?);
                let tags = change.apply(&conversation.after.tags);
                if tags.len() > limits::TAGS {
                    let detail = format!("at most {} tags", limits::TAGS);
                    return Err(Error::invalid_field("/tags", "too_many", detail));
                }
                save_labels(&unit, conversation, Some(tags)).await
            })
            .await?;
        self.render_conversation(&scope, record).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_tags_stay() {
        let words = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        let change = TagChange {
            add: words(&["vip", "new"]),
            remove: words(&["old", "gone"]),
        };
        assert_eq!(
            change.apply(&words(&["old", "vip", "theirs"])),
            ["vip", "theirs", "new"]
        );
        assert!(TagChange::default().cleaned().is_err());
    }
}
