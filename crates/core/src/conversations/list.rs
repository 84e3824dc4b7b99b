//! The inbox: lists of conversations.

use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use omni_model::{
    ChannelId, ChannelKind, Conversation, ConversationId, ConversationStatus, FieldError, Page,
    Principal, Timestamp, UserId, limits,
};
use omni_store::conversation_views::{self, ConversationFilter, Place, Start};
use serde::Deserialize;

use crate::{Core, Error, Result};

/// Rows that may be skipped by number; beyond, a cursor is the way.
const OFFSET_MAX: u64 = 10_000;

/// Which conversations to list. No filter = all.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ConversationQuery {
    /// `open`, `pending`, `resolved` or `closed`; several with commas between.
    pub status: Option<String>,
    /// An operator's id, `me`, or `unassigned`.
    pub assigned_to: Option<String>,
    /// The kind of channel; `web` means `widget`.
    pub channel: Option<String>,
    pub channel_id: Option<ChannelId>,
    pub tag: Option<String>,
    /// `true`: those that sleep until a time; `false`: the others.
    pub snoozed: Option<bool>,
    /// Words that a message or the customer has, or a tag.
    pub q: Option<String>,
    /// 50 unless given, 200 at most.
    pub limit: Option<u64>,
    pub offset: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl Core {
    /// A page of the conversations that `who` sees, the latest activity first.
    pub async fn list_conversations(
        &self,
        who: &Principal,
        query: &ConversationQuery,
    ) -> Result<Page<Conversation>> {
        if !who.may("conversations:read") {
            return Err(Error::forbidden("conversations:read"));
        }
        let scope = who.scope();
        let (mut filter, words, start) = read_query(query, who.person())?;
        filter.seen_by = self.sight_limits(who).await?;
        if let Some(words) = words {
            filter.found = Some(self.found_conversations(&scope, &words).await?);
        }
        let limit = page_limit(query.limit);
        let reader = self.store().reader();
        let (mut records, total) = tokio::try_join!(
            conversation_views::list(reader, &scope, &filter, start, limit + 1),
            conversation_views::total(reader, &scope, &filter),
        )?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = records.len() > wanted;
        records.truncate(wanted);
        let next_cursor = records.last().filter(|_| more).map(|last| {
            cursor(Place {
                updated_at: last.updated_at,
                row_id: last.row_id,
            })
        });
        let items = self.render_conversations(&scope, &records).await?;
        Ok(Page::new(items, total, next_cursor))
    }

    /// A conversation that `who` sees.
    pub async fn conversation(&self, who: &Principal, id: ConversationId) -> Result<Conversation> {
        let viewer = self.viewer(who).await?;
        let record = self.seen(&viewer, id).await?;
        self.render_conversation(&who.scope(), record).await
    }
}

/// Rows of a page: what was asked for, within bounds.
pub(crate) fn page_limit(asked: Option<u64>) -> u64 {
    asked
        .unwrap_or(limits::PAGE_DEFAULT)
        .clamp(1, limits::PAGE_MAX)
}

/// What to filter by, and the words to look for.
pub(crate) fn read_filter(
    query: &ConversationQuery,
    me: Option<UserId>,
    wrong: &mut Vec<FieldError>,
) -> (ConversationFilter, Option<String>) {
    let filter = ConversationFilter {
        statuses: statuses(query.status.as_deref(), wrong),
        assignee: assignee(query.assigned_to.as_deref(), me, wrong),
        channel_kind: channel_kind(query.channel.as_deref(), wrong),
        channel_id: query.channel_id,
        tag: words("tag", query.tag.as_deref(), limits::TAG, wrong),
        snoozed: query.snoozed,
        found: None,
        seen_by: None,
    };
    let searched = words("q", query.q.as_deref(), limits::SEARCH, wrong);
    (filter, searched)
}

fn read_query(
    query: &ConversationQuery,
    me: Option<UserId>,
) -> Result<(ConversationFilter, Option<String>, Start)> {
    let mut wrong = Vec::new();
    let (filter, searched) = read_filter(query, me, &mut wrong);
    let start = match (&query.cursor, query.offset) {
        (Some(_), Some(_)) => {
            wrong.push(FieldError::new(
                "offset",
                "conflict",
                "not together with cursor",
            ));
            Start::Offset(0)
        }
        (Some(text), None) => place(text).map_or_else(
            || {
                wrong.push(FieldError::new("cursor", "invalid", "not one of ours"));
                Start::Offset(0)
            },
            Start::After,
        ),
        (None, Some(offset)) if offset > OFFSET_MAX => {
            let most = format!("at most {OFFSET_MAX}; go on with cursor");
            wrong.push(FieldError::new("offset", "too_large", most));
            Start::Offset(0)
        }
        (None, offset) => Start::Offset(offset.unwrap_or(0)),
    };
    if wrong.is_empty() {
        Ok((filter, searched, start))
    } else {
        Err(Error::invalid(wrong))
    }
}

fn statuses(text: Option<&str>, wrong: &mut Vec<FieldError>) -> Vec<ConversationStatus> {
    let words = text
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|w| !w.is_empty());
    let read: Result<Vec<_>, _> = words.map(ConversationStatus::from_str).collect();
    read.unwrap_or_else(|_| {
        let detail = "open, pending, resolved or closed";
        wrong.push(FieldError::new("status", "invalid", detail));
        Vec::new()
    })
}

#[expect(clippy::option_option, reason = "no filter, nobody, somebody")]
fn assignee(
    text: Option<&str>,
    me: Option<UserId>,
    wrong: &mut Vec<FieldError>,
) -> Option<Option<UserId>> {
    match text? {
        "" => None,
        "me" if me.is_none() => {
            let detail = "a key has no conversations of its own";
            wrong.push(FieldError::new("assigned_to", "invalid", detail));
            None
        }
        "me" => Some(me),
        "unassigned" => Some(None),
        id => id.parse().map(|id| Some(Some(id))).unwrap_or_else(|_| {
            let detail = "an operator's id, me or unassigned";
            wrong.push(FieldError::new("assigned_to", "invalid", detail));
            None
        }),
    }
}

fn channel_kind(text: Option<&str>, wrong: &mut Vec<FieldError>) -> Option<ChannelKind> {
    match text? {
        "" => None,
        "web" => Some(ChannelKind::Widget),
        word => word.parse().map(Some).unwrap_or_else(|_| {
            wrong.push(FieldError::new(
                "channel",
                "invalid",
                "not a kind of channel",
            ));
            None
        }),
    }
}

pub(crate) fn words(
    name: &str,
    text: Option<&str>,
    most: usize,
    wrong: &mut Vec<FieldError>,
) -> Option<String> {
    let text = text?.trim();
    if text.chars().count() > most {
        wrong.push(FieldError::new(
            name,
            "too_long",
            format!("at most {most} characters"),
        ));
        return None;
    }
    // A NUL is in no name and no tag, and one engine refuses it as a value.
    let text = text.replace('\0', "");
    (!text.is_empty()).then_some(text)
}

fn cursor(place: Place) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}:{}", place.updated_at.millis(), place.row_id))
}

fn place(cursor: &str) -> Option<Place> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (at, row_id) = text.split_once(':')?;
    Some(Place {
        updated_at: Timestamp::from_millis(at.parse().ok()?),
        row_id: row_id.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: UserId = UserId(uuid::Uuid::from_u128(7));

    #[test]
    fn cursors_come_back_the_same() {
        let here = Place {
            updated_at: Timestamp::from_millis(1_790_000_000_123),
            row_id: 42,
        };
        assert_eq!(place(&cursor(here)), Some(here));
        for bad in ["", "x", "!!", "MTox!", &URL_SAFE_NO_PAD.encode("1:b")] {
            assert_eq!(place(bad), None, "{bad}");
        }
    }

    #[test]
    fn filters_are_read_and_all_mistakes_told() {
        let query = ConversationQuery {
            status: Some("open, pending".to_owned()),
            assigned_to: Some("me".to_owned()),
            channel: Some("web".to_owned()),
            q: Some("  ".to_owned()),
            ..ConversationQuery::default()
        };
        let (filter, searched, start) = read_query(&query, Some(ME)).unwrap();
        assert_eq!(
            filter.statuses,
            [ConversationStatus::Open, ConversationStatus::Pending]
        );
        assert_eq!(filter.assignee, Some(Some(ME)));
        assert_eq!(filter.channel_kind, Some(ChannelKind::Widget));
        assert_eq!((searched, start), (None, Start::Offset(0)));

        let query = ConversationQuery {
            status: Some("open'--".to_owned()),
            assigned_to: Some("you".to_owned()),
            channel: Some("fax".to_owned()),
            tag: Some("x".repeat(65)),
            offset: Some(OFFSET_MAX + 1),
            ..ConversationQuery::default()
        };
        let Err(Error::Refused { fields, .. }) = read_query(&query, Some(ME)) else {
            panic!("was taken")
        };
        let pointers: Vec<_> = fields.iter().map(|field| field.pointer.as_str()).collect();
        assert_eq!(
            pointers,
            ["status", "assigned_to", "channel", "tag", "offset"]
        );
    }

    #[test]
    fn pages_have_bounds() {
        let limits: Vec<_> = [None, Some(0), Some(7), Some(9999)]
            .into_iter()
            .map(page_limit)
            .collect();
        assert_eq!(limits, [50, 1, 7, 200]);
    }
}
