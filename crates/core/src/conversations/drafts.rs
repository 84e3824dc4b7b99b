//! Drafts on the server: what somebody began to write in one browser goes on in another.
//!
//! The last write wins by version: a save counts only with a higher version than the one that is kept, and the
//! answer tells which one is. Sending empties the draft whose words were sent, and only that one.

use omni_model::{Content, ConversationId, Page, Principal, Timestamp, Total, limits};
use omni_store::UnitOfWork;
use omni_store::drafts::{self, DraftRecord};
use serde::{Deserialize, Serialize};

use crate::access::person;
use crate::{Core, Error, Result};

/// Drafts told in a list.
const LISTED: u64 = 200;
/// Characters of a draft in a list.
const PREVIEW: usize = 200;
/// What every JSON reader holds exactly.
const VERSION_MAX: i64 = (1 << 53) - 1;

/// What somebody has written and not sent; empty where there is nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Draft {
    pub conversation_id: ConversationId,
    pub text: String,
    /// 0 where nothing was ever kept. The next save carries a higher one.
    pub version: i64,
    pub updated_at: Option<Timestamp>,
}

/// A draft in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DraftBrief {
    pub conversation_id: ConversationId,
    /// The first 200 characters.
    pub preview: String,
    pub version: i64,
    pub updated_at: Timestamp,
}

/// A draft to keep.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftChange {
    /// As long as a message may be; empty throws the draft away.
    pub text: String,
    /// Higher than the one that is kept, or nothing changes.
    pub version: i64,
}

impl From<DraftRecord> for Draft {
    fn from(record: DraftRecord) -> Self {
        Self {
            conversation_id: record.conversation_id,
            text: record.text,
            version: record.version,
            updated_at: Some(record.updated_at),
        }
    }
}

impl From<DraftRecord> for DraftBrief {
    fn from(record: DraftRecord) -> Self {
        Self {
            conversation_id: record.conversation_id,
            preview: record.text.chars().take(PREVIEW).collect(),
            version: record.version,
            updated_at: record.updated_at,
        }
    }
}

impl Core {
    /// One's own drafts, the newest first.
    pub async fn drafts(&self, who: &Principal) -> Result<Page<DraftBrief>> {
        let (scope, reader) = (who.scope(), self.store().reader());
        let mut found = drafts::of_user(reader, &scope, person(who)?, LISTED + 1).await?;
        let all = u64::try_from(found.len()).unwrap_or(LISTED);
        found.truncate(usize::try_from(LISTED).unwrap_or(usize::MAX));
        let total = if all > LISTED {
            Total::AtLeast(all)
        } else {
            Total::Exact(all)
        };
        let items = found.into_iter().map(Into::into).collect();
        Ok(Page::new(items, total, None))
    }

    /// One's own draft in a conversation.
    pub async fn draft(&self, who: &Principal, id: ConversationId) -> Result<Draft> {
        self.check_reply(who, id).await?;
        let (scope, reader) = (who.scope(), self.store().reader());
        let found = drafts::find(reader, &scope, person(who)?, id).await?;
        Ok(found.map_or_else(|| nothing(id), Into::into))
    }

    /// Keeps one's own draft; answers the one that is kept now, which may be a newer one of another browser.
    pub async fn keep_draft(
        &self,
        who: &Principal,
        id: ConversationId,
        change: DraftChange,
    ) -> Result<Draft> {
        self.check_reply(who, id).await?;
        check(&change)?;
        let (scope, user) = (who.scope(), person(who)?);
        let kept = self
            .store()
            .write(&scope, move |unit| async move {
                let draft = DraftRecord {
                    conversation_id: id,
                    text: change.text.replace('\0', ""),
                    version: change.version,
                    updated_at: unit.now(),
                };
                drafts::keep(&unit, &scope, user, &draft).await?;
                let kept = drafts::find(unit.db(), &scope, user, id).await?;
                Ok::<_, Error>(kept)
            })
            .await?;
        Ok(kept.map_or_else(|| nothing(id), Into::into))
    }

    /// Throws one's own draft away.
    pub async fn drop_draft(&self, who: &Principal, id: ConversationId) -> Result<()> {
        self.check_reply(who, id).await?;
        let (scope, user) = (who.scope(), person(who)?);
        self.store()
            .write(&scope, move |unit| async move {
                drafts::clear(&unit, &scope, user, id).await?;
                Ok::<_, Error>(())
            })
            .await
    }
}

/// Empties the draft whose words are sent; another that was begun meanwhile stays.
pub(super) async fn forget_draft(
    unit: &UnitOfWork,
    who: &Principal,
    id: ConversationId,
    sent: &Content,
) -> Result<()> {
    let (Some(words), Some(user)) = (sent.words(), who.person()) else {
        return Ok(());
    };
    let scope = who.scope();
    let kept = drafts::find(unit.db(), &scope, user, id).await?;
    if kept.is_some_and(|kept| kept.text.trim() == words.trim()) {
        drafts::clear(unit, &scope, user, id).await?;
    }
    Ok(())
}

fn nothing(id: ConversationId) -> Draft {
    Draft {
        conversation_id: id,
        text: String::new(),
        version: 0,
        updated_at: None,
    }
}

fn check(change: &DraftChange) -> Result<()> {
    if change.text.chars().count() > limits::MESSAGE_TEXT {
        let detail = format!("at most {} characters", limits::MESSAGE_TEXT);
        return Err(Error::invalid_field("/text", "too_long", detail));
    }
    if !(1..=VERSION_MAX).contains(&change.version) {
        let detail = format!("from 1 to {VERSION_MAX}");
        return Err(Error::invalid_field("/version", "out_of_range", detail));
    }
    Ok(())
}
