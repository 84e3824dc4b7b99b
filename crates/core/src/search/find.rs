//! What somebody looks for, among what he may see.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use omni_analyzer::Query;
use omni_model::{
    ChannelId, ChannelKind, Conversation, ConversationId, CustomerId, Direction, FieldError,
    MessageId, Page, Principal, SenderType, TenantScope, Timestamp, Total, limits,
};
use omni_store::conversation_views::ConversationFilter;
use omni_store::search_views::{self, Period};
use serde::{Deserialize, Serialize};

use super::snippet::SnippetPiece;
use crate::conversations::{ConversationQuery, page_limit, read_filter};
use crate::{Core, Error, Result};

/// Of how many hits those that pass the filters are looked for, for one page.
const DEEP: u64 = 2_000;

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
    next: Option<i64>,
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
        let (filter, before, words) = read(query, &asked, kind, who)?;
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
        let found = self.found_rows(&search, kind, before).await?;
        let items = match kind {
            SearchKind::Customers => self.customer_items(&search, &found.rows).await?,
            SearchKind::Messages | SearchKind::Conversations => {
                self.message_items(&search, &found.rows).await?
            }
        };
        Ok(Page::new(items, found.total, found.next.map(cursor)))
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
        for tag in tags(words) {
            rows.extend(search_views::conversations_tagged(reader, scope, &tag, DEEP).await?);
        }
        let query = Query::read(words);
        let said = search_views::message_hits(reader, scope, &query, None, DEEP).await?;
        rows.extend(search_views::conversations_of_messages(reader, scope, &said).await?);
        let known = search_views::customer_hits(reader, scope, &query, None, DEEP).await?;
        let of = search_views::conversations_of_customers(reader, scope, &known, DEEP).await?;
        rows.extend(of);
        rows.sort_unstable();
        rows.dedup();
        Ok(rows)
    }

    async fn found_rows(
        &self,
        search: &Search,
        kind: SearchKind,
        before: Option<i64>,
    ) -> Result<Found> {
        let (hits, passing, most) = self.look_for(search, kind, before).await?;
        let exhausted = |hits: &[i64]| u64::try_from(hits.len()).is_ok_and(|n| n < most);
        let total = |hits: &[i64], passing: &[i64]| {
            let n = u64::try_from(passing.len()).unwrap_or(u64::MAX);
            if exhausted(hits) && n < limits::COUNT_CAP {
                Total::Exact(n)
            } else {
                Total::AtLeast(n.min(limits::COUNT_CAP))
            }
        };
        let total = match before {
            None => total(&hits, &passing),
            Some(_) => {
                let (hits, passing, _) = self.look_for(search, kind, None).await?;
                total(&hits, &passing)
            }
        };
        let more = passing.len() > search.limit;
        let mut rows = passing;
        rows.truncate(search.limit);
        let next = match (more, exhausted(&hits)) {
            (true, _) => rows.last().copied(),
            // The next page goes on where this one stopped looking.
            (false, false) => hits.last().copied(),
            (false, true) => None,
        };
        Ok(Found { rows, total, next })
    }

    /// The newest hits up to a bound, those of them that pass, and the bound.
    async fn look_for(
        &self,
        search: &Search,
        kind: SearchKind,
        before: Option<i64>,
    ) -> Result<(Vec<i64>, Vec<i64>, u64)> {
        let (reader, scope, filter) = (self.store().reader(), &search.scope, &search.filter);
        let (query, period) = (&search.query, search.period);
        let all = *filter == ConversationFilter::default()
            && period.from.is_none()
            && period.to.is_none();
        let most = if all { limits::COUNT_CAP } else { DEEP };
        let customers = kind == SearchKind::Customers;
        let hits = if customers {
            search_views::customer_hits(reader, scope, query, before, most).await?
        } else {
            search_views::message_hits(reader, scope, query, before, most).await?
        };
        let passing = match (all, customers) {
            (true, _) => hits.clone(),
            (_, true) => search_views::customers_passing(reader, scope, &hits, filter).await?,
            (_, false) => {
                search_views::messages_passing(reader, scope, &hits, filter, period).await?
            }
        };
        Ok((hits, passing, most))
    }
}

/// The filter, where to go on, and the words; all mistakes at once.
fn read(
    query: &SearchQuery,
    asked: &ConversationQuery,
    kind: SearchKind,
    who: &Principal,
) -> Result<(ConversationFilter, Option<i64>, String)> {
    let mut wrong = Vec::new();
    let (filter, words) = read_filter(asked, who.person(), &mut wrong);
    if query.q.is_none() {
        wrong.push(FieldError::new("q", "required", "what to look for"));
    }
    if kind != SearchKind::Messages && (query.from.is_some() || query.to.is_some()) {
        let name = if query.from.is_some() { "from" } else { "to" };
        wrong.push(FieldError::new(name, "conflict", "only for messages"));
    }
    let before = match &query.cursor {
        // A list of conversations reads its own.
        Some(text) if kind != SearchKind::Conversations => {
            let place = place(text);
            if place.is_none() {
                wrong.push(FieldError::new("cursor", "invalid", "not one of ours"));
            }
            place
        }
        _ => None,
    };
    if wrong.is_empty() {
        Ok((filter, before, words.unwrap_or_default()))
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

fn cursor(row: i64) -> String {
    URL_SAFE_NO_PAD.encode(row.to_string())
}

fn place(cursor: &str) -> Option<i64> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_come_back_the_same() {
        assert_eq!(place(&cursor(42)), Some(42));
        for bad in ["", "x", "!!", &URL_SAFE_NO_PAD.encode("1:2")] {
            assert_eq!(place(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_tag_is_found_however_it_is_typed() {
        assert_eq!(tags("жалоба"), ["ЖАЛОБА", "Жалоба", "жалоба"]);
    }
}
