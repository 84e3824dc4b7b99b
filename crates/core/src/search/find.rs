//! What somebody looks for, among what he may see.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use omni_analyzer::Query;
use omni_model::{
    ChannelId, ChannelKind, Conversation, ConversationId, CustomerId, Direction, FieldError,
    MessageId, Page, Principal, SenderType, TenantScope, Timestamp, Total,
};
use omni_store::SearchHits;
use omni_store::conversation_views::ConversationFilter;
use omni_store::search_views::{self, Period};
use serde::{Deserialize, Serialize};

use super::snippet::SnippetPiece;
use crate::conversations::{ConversationQuery, page_limit, read_filter};
use crate::{Core, Error, Result};

/// Of how many hits those that pass the filters are looked for, for one page.
const DEEP: usize = 2_000;
/// Hits that are looked through in one go.
const STEP: usize = 400;
/// More than anybody pages through; a cursor says how many were seen.
const MOST_SEEN: u64 = 1 << 40;
/// Newest messages, customers and conversations with a tag that make up a list of conversations.
const OF_A_LIST: usize = 1_000;

/// What to look for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SearchKind {
    /// Messages that have all words, the newest first.
    #[default]
    Messages,
    /// Conversations with such a message, such a customer, or a tag of just these words; the latest activity first.
    Conversations,
    /// Customers whose name, phone or e-mail address has all words, the newest first.
    Customers,
}

/// A search. Words are found in all their forms, the last one by its beginning, numbers by their last digits.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Up to 200 characters, of which the first 16 words count.
    pub q: Option<String>,
    /// `messages` unless given.
    #[param(inline)]
    pub kind: Option<SearchKind>,
    /// The kind of channel; `web` means `widget`.
    pub channel: Option<String>,
    pub channel_id: Option<ChannelId>,
    /// Who has the conversation: an operator's id, `me`, or `unassigned`.
    pub assigned_to: Option<String>,
    pub tag: Option<String>,
    /// Messages received then or later.
    pub from: Option<Timestamp>,
    /// Messages received before.
    pub to: Option<Timestamp>,
    /// 50 unless given, 200 at most. A page may have fewer and still a next one.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Something that was found.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SearchHit {
    Message {
        conversation_id: ConversationId,
        message_id: MessageId,
        seq: i64,
        direction: Direction,
        sender_type: SenderType,
        private: bool,
        created_at: Timestamp,
        channel: ChannelKind,
        channel_id: ChannelId,
        customer_id: CustomerId,
        customer_name: String,
        snippet: Vec<SnippetPiece>,
    },
    Conversation {
        conversation: Box<Conversation>,
    },
    Customer {
        customer_id: CustomerId,
        name: String,
        phone: Option<String>,
        email: Option<String>,
        /// His newest conversation among those that you see and that pass the filters.
        conversation_id: Option<ConversationId>,
        snippet: Vec<SnippetPiece>,
    },
}

/// A search as it is carried out.
pub(super) struct Search {
    pub(super) scope: TenantScope,
    pub(super) query: Query,
    pub(super) filter: ConversationFilter,
    period: Period,
    limit: usize,
}

/// Row keys of one page.
struct Found {
    rows: Vec<i64>,
    total: Total,
    next: Option<Place>,
}

/// Where a page begins: before a row, after so many that were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    before: i64,
    seen: u64,
}

impl Core {
    /// What `who` finds among what he sees.
    pub async fn search(&self, who: &Principal, query: &SearchQuery) -> Result<Page<SearchHit>> {
        let kind = query.kind.unwrap_or_default();
        let permission = match kind {
            SearchKind::Customers => "customers:read",
            SearchKind::Messages | SearchKind::Conversations => "conversations:read",
        };
        if !who.may(permission) {
            return Err(Error::forbidden(permission));
        }
        let asked = ConversationQuery {
            assigned_to: query.assigned_to.clone(),
            channel: query.channel.clone(),
            channel_id: query.channel_id,
            tag: query.tag.clone(),
            q: query.q.clone(),
            limit: query.limit,
            ..ConversationQuery::default()
        };
        let (filter, place, words) = read(query, &asked, kind, who)?;
        if kind == SearchKind::Conversations {
            let cursor = query.cursor.clone();
            return self
                .search_conversations(who, &ConversationQuery { cursor, ..asked })
                .await;
        }
        let scope = who.scope();
        let search = Search {
            scope,
            query: Query::read(&words),
            filter: ConversationFilter {
                seen_by: self.sight_limits(who).await?,
                ..filter
            },
            period: Period {
                from: query.from,
                to: query.to,
            },
            limit: usize::try_from(page_limit(query.limit)).unwrap_or(usize::MAX),
        };
        let found = self.found_rows(&search, kind, place).await?;
        let items = match kind {
            SearchKind::Customers => self.customer_items(&search, &found.rows).await?,
            SearchKind::Messages | SearchKind::Conversations => {
                self.message_items(&search, &found.rows).await?
            }
        };
        Ok(Page::new(items, found.total, found.next.map(Place::cursor)))
    }

    async fn search_conversations(
        &self,
        who: &Principal,
        query: &ConversationQuery,
    ) -> Result<Page<SearchHit>> {
        let page = self.list_conversations(who, query).await?;
        let items = page.items.into_iter().map(|conversation| {
            let conversation = Box::new(conversation);
            SearchHit::Conversation { conversation }
        });
        Ok(Page {
            items: items.collect(),
            total: page.total,
            total_is_exact: page.total_is_exact,
            next_cursor: page.next_cursor,
        })
    }

    /// Row keys of the conversations that a list is to be limited to.
    pub(crate) async fn found_conversations(
        &self,
        scope: &TenantScope,
        words: &str,
    ) -> Result<Vec<i64>> {
        let reader = self.store().reader();
        let mut rows = Vec::new();
        let most = OF_A_LIST as u64;
        for tag in tags(words) {
            rows.extend(search_views::conversations_tagged(reader, scope, &tag, most).await?);
        }
        let query = Query::read(words);
        let said = SearchHits::messages(reader, scope, &query, None).await?;
        let said = said.up_to(reader, OF_A_LIST).await?;
        rows.extend(search_views::conversations_of_messages(reader, scope, &said).await?);
        let known = SearchHits::customers(reader, scope, &query, None).await?;
        let known = known.up_to(reader, OF_A_LIST).await?;
        let of = search_views::conversations_of_customers(reader, scope, &known, most).await?;
        rows.extend(of);
        rows.sort_unstable();
        rows.dedup();
        Ok(rows)
    }

    /// A page of what passes. Hits are looked through until there are enough, or there were many: then the next page goes
    /// on where this one stopped looking.
    async fn found_rows(
        &self,
        search: &Search,
        kind: SearchKind,
        place: Option<Place>,
    ) -> Result<Found> {
        let (reader, scope, query) = (self.store().reader(), &search.scope, &search.query);
        let before = place.map(|place| place.before);
        let mut hits = match kind {
            SearchKind::Customers => SearchHits::customers(reader, scope, query, before).await?,
            SearchKind::Messages | SearchKind::Conversations => {
                SearchHits::messages(reader, scope, query, before).await?
            }
        };
        let (mut rows, mut looked_at, mut last) = (Vec::new(), 0, None);
        let exhausted = loop {
            if rows.len() > search.limit || looked_at >= DEEP {
                break false;
            }
            let Some(step) = hits.next(reader, STEP).await? else {
                break true;
            };
            looked_at += step.len();
            last = step.last().copied().or(last);
            rows.extend(self.passing(search, kind, step).await?);
        };
        let seen = place.map_or(0, |place| place.seen);
        let known = seen + rows.len() as u64;
        let total = match exhausted {
            true => Total::Exact(known),
            false => Total::AtLeast(known),
        };
        let before = match rows.len() > search.limit {
            true => rows.get(search.limit - 1).copied(),
            false => last.filter(|_| !exhausted),
        };
        rows.truncate(search.limit);
        let seen = seen + rows.len() as u64;
        let next = before.map(|before| Place { before, seen });
        Ok(Found { rows, total, next })
    }

    /// Those of these hits that pass.
    async fn passing(&self, search: &Search, kind: SearchKind, hits: Vec<i64>) -> Result<Vec<i64>> {
        let (reader, scope, filter) = (self.store().reader(), &search.scope, &search.filter);
        let period = search.period;
        let no_bounds = period.from.is_none() && period.to.is_none();
        if no_bounds && *filter == ConversationFilter::default() {
            return Ok(hits);
        }
        Ok(match kind {
            SearchKind::Customers => {
                search_views::customers_passing(reader, scope, &hits, filter).await?
            }
            SearchKind::Messages | SearchKind::Conversations => {
                search_views::messages_passing(reader, scope, &hits, filter, period).await?
            }
        })
    }
}

/// The filter, where to go on, and the words; all mistakes at once.
fn read(
    query: &SearchQuery,
    asked: &ConversationQuery,
    kind: SearchKind,
    who: &Principal,
) -> Result<(ConversationFilter, Option<Place>, String)> {
    let mut wrong = Vec::new();
    let (filter, words) = read_filter(asked, who.person(), &mut wrong);
    if query.q.is_none() {
        wrong.push(FieldError::new("q", "required", "what to look for"));
    }
    if kind != SearchKind::Messages && (query.from.is_some() || query.to.is_some()) {
        let name = if query.from.is_some() { "from" } else { "to" };
        wrong.push(FieldError::new(name, "conflict", "only for messages"));
    }
    let place = match &query.cursor {
        // A list of conversations reads its own.
        Some(text) if kind != SearchKind::Conversations => {
            let place = Place::read(text);
            if place.is_none() {
                wrong.push(FieldError::new("cursor", "invalid", "not one of ours"));
            }
            place
        }
        _ => None,
    };
    if wrong.is_empty() {
        Ok((filter, place, words.unwrap_or_default()))
    } else {
        Err(Error::invalid(wrong))
    }
}

/// The tag that the words are, however it is written.
fn tags(words: &str) -> Vec<String> {
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let capitalised = first.chain(letters).collect();
    let mut tags = vec![
        words.to_owned(),
        words.to_lowercase(),
        words.to_uppercase(),
        capitalised,
    ];
    tags.sort();
    tags.dedup();
    tags
}

impl Place {
    fn cursor(self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}.{}", self.before, self.seen))
    }

    fn read(cursor: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let (before, seen) = text.split_once('.')?;
        Some(Self {
            before: before.parse().ok()?,
            seen: seen.parse().ok().filter(|seen| *seen < MOST_SEEN)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_come_back_the_same() {
        let place = Place {
            before: 42,
            seen: 100,
        };
        assert_eq!(Place::read(&place.cursor()), Some(place));
        for bad in ["", "x", "!!", &URL_SAFE_NO_PAD.encode("1:2")] {
            assert_eq!(Place::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_tag_is_found_however_it_is_typed() {
        assert_eq!(tags("жалоба"), ["ЖАЛОБА", "Жалоба", "жалоба"]);
    }
}
