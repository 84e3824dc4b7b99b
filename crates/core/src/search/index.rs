//! The lane that keeps the search index: it follows the event log from its cursor; what was there before the cursor, it
//! goes through from the newest to the oldest, a batch at a time.

use std::collections::BTreeSet;

use omni_analyzer::VERSION;
use omni_model::{Event, Job, PlatformScope, Queue, TenantScope};
use omni_store::event_cursors::{self, EventCursor};
use omni_store::lanes::{self, Leave};
use omni_store::search_index::{self, CustomerTerms, Indexed};
use omni_store::search_sources::{self, CustomerText, MessageText};
use omni_store::{Lease, UnitOfWork, events, jobs};

use super::text;
use crate::{Core, Error, Result};

/// Events read in one go.
const EVENTS: u64 = 500;
/// Messages, or customers, of before gone through in one go.
const BEFORE: u64 = 200;
/// Jobs done in one go.
const JOBS: u64 = 100;
/// Tenants begun in one go.
const TENANTS: u64 = 100;

/// Indexes a tenant from its present state on: all that is there, and then what its event log tells.
pub(crate) async fn begin_tenant(
    unit: &UnitOfWork,
    scope: &TenantScope,
    head: EventCursor,
) -> Result<()> {
    search_index::begin(unit, scope, VERSION).await?;
    event_cursors::put(unit, scope, Queue::Index, head).await?;
    Ok(())
}

/// A part of the work.
#[derive(Default)]
struct Batch {
    messages: Vec<MessageText>,
    customers: Vec<CustomerText>,
    /// Where the event log was read up to.
    cursor: Option<EventCursor>,
    /// How far the tenant is then.
    indexed: Option<Indexed>,
    /// Jobs that are done with it.
    jobs: Vec<i64>,
    more: bool,
}

/// What a batch becomes.
struct Terms {
    messages: Vec<(i64, Vec<String>)>,
    customers: Vec<CustomerTerms>,
}

impl Core {
    /// Begins to index the tenants that are not, or not by the analyzer of this version.
    pub async fn begin_indexing(&self) -> Result<()> {
        loop {
            let why = PlatformScope::for_reason("all tenants are indexed");
            let reader = self.store().reader();
            let tenants = search_index::not_begun(reader, why, VERSION, TENANTS).await?;
            if tenants.is_empty() {
                return Ok(());
            }
            for scope in tenants {
                self.store()
                    .write(&scope, move |unit| async move {
                        begin_now(&unit, &scope).await?;
                        unit.wake(Queue::Index, "");
                        Ok::<_, Error>(())
                    })
                    .await?;
            }
        }
    }

    /// Runs a tenant's leased lane of the search index.
    pub async fn run_index(&self, lease: Lease) -> Result<()> {
        let scope = lease.scope;
        let reader = self.store().reader();
        let cursor = event_cursors::get(reader, &scope, Queue::Index).await?;
        let indexed = search_index::indexed(reader, &scope).await?;
        let known = cursor.zip(indexed.filter(|indexed| indexed.version == VERSION));
        let Some((cursor, indexed)) = known else {
            return self.index_anew(lease).await;
        };
        let (head, epoch) = events::head(reader, &scope).await?;
        let news = events::after(reader, &scope, cursor.seq, EVENTS).await?;
        let next = news.first().map_or(head + 1, |event| event.seq);
        if epoch != cursor.epoch || next != cursor.seq + 1 {
            // Another life of the log, or a part of it that nobody keeps any more.
            return self.index_anew(lease).await;
        }
        let batch = self.batch(&lease, &news, cursor, indexed).await?;
        let (messages, customers) = (batch.messages, batch.customers);
        let terms = tokio::task::spawn_blocking(move || analyze(&messages, customers))
            .await
            .map_err(|error| Error::internal("texts could not be analyzed", error))?;
        self.store()
            .write(&scope, move |unit| async move {
                let messages = terms.messages.iter();
                let messages = messages.map(|(row_id, terms)| (*row_id, terms.as_slice()));
                search_index::put_messages(&unit, &scope, messages).await?;
                search_index::put_customers(&unit, &scope, &terms.customers).await?;
                if let Some(cursor) = batch.cursor {
                    event_cursors::put(&unit, &scope, Queue::Index, cursor).await?;
                }
                if let Some(indexed) = batch.indexed {
                    search_index::save(&unit, &scope, &indexed).await?;
                }
                for job in batch.jobs {
                    jobs::done(&unit, job).await?;
                }
                let leave = match batch.more {
                    true => Leave::More,
                    false => Leave::Drained,
                };
                lanes::leave(&unit, &[(&lease, leave)]).await?;
                Ok::<_, Error>(())
            })
            .await
    }

    async fn index_anew(&self, lease: Lease) -> Result<()> {
        let scope = lease.scope;
        self.store()
            .write(&scope, move |unit| async move {
                begin_now(&unit, &scope).await?;
                lanes::leave(&unit, &[(&lease, Leave::More)]).await?;
                Ok::<_, Error>(())
            })
            .await
    }

    /// What is to be done next: what happened, then what was there before.
    async fn batch(
        &self,
        lease: &Lease,
        news: &[Event],
        cursor: EventCursor,
        indexed: Indexed,
    ) -> Result<Batch> {
        let unfinished = indexed.messages_before.is_some() || indexed.customers_before.is_some();
        let waiting = jobs::of_lane(self.store().reader(), lease, JOBS).await?;
        if news.is_empty() && waiting.is_empty() {
            return self.batch_of_before(&lease.scope, indexed).await;
        }
        let (reader, scope) = (self.store().reader(), &lease.scope);
        let messages: BTreeSet<_> = news.iter().filter_map(|event| event.message_id).collect();
        let messages: Vec<_> = messages.into_iter().collect();
        let talks: BTreeSet<_> = news.iter().map(|event| event.conversation_id).collect();
        let talks: Vec<_> = talks.into_iter().collect();
        let edited = waiting.iter().filter_map(|waiting| match waiting.job {
            Job::IndexCustomer { customer_id } => Some(customer_id),
            _ => None,
        });
        let edited: Vec<_> = edited.collect::<BTreeSet<_>>().into_iter().collect();
        let mut customers = search_sources::customers(reader, scope, &edited).await?;
        let changed = search_sources::customers_changed(reader, scope, &talks).await?;
        customers.extend(
            changed
                .into_iter()
                .filter(|changed| !edited.contains(&changed.id)),
        );
        let full = |len: usize, most: u64| u64::try_from(len).is_ok_and(|len| len >= most);
        Ok(Batch {
            messages: search_sources::messages(reader, scope, &messages).await?,
            customers,
            cursor: news.last().map(|event| EventCursor {
                seq: event.seq,
                ..cursor
            }),
            indexed: None,
            more: unfinished || full(news.len(), EVENTS) || full(waiting.len(), JOBS),
            jobs: waiting.into_iter().map(|waiting| waiting.row_id).collect(),
        })
    }

    async fn batch_of_before(&self, scope: &TenantScope, mut indexed: Indexed) -> Result<Batch> {
        let reader = self.store().reader();
        let mut batch = Batch::default();
        if let Some(before) = indexed.customers_before {
            let found = search_sources::customers_before(reader, scope, before, BEFORE).await?;
            indexed.customers_before = found.last().map(|last| last.id);
            batch.customers = found;
        } else if let Some(before) = indexed.messages_before {
            let found = search_sources::messages_before(reader, scope, before, BEFORE).await?;
            indexed.messages_before = found.last().map(|last| last.id);
            batch.messages = found;
        } else {
            return Ok(batch);
        }
        batch.more = indexed.customers_before.is_some() || indexed.messages_before.is_some();
        batch.indexed = Some(indexed);
        Ok(batch)
    }
}

async fn begin_now(unit: &UnitOfWork, scope: &TenantScope) -> Result<()> {
    let (seq, epoch) = events::head(unit.db(), scope).await?;
    begin_tenant(unit, scope, EventCursor { seq, epoch }).await
}

fn analyze(messages: &[MessageText], customers: Vec<CustomerText>) -> Terms {
    let of = |text: &str| omni_analyzer::terms(text).into_iter().collect::<Vec<_>>();
    let messages = messages.iter().map(|message| {
        let text = text::of_message(&message.content, message.file_name.as_deref());
        (message.row_id, of(&text))
    });
    let customers = customers.into_iter().map(|customer| CustomerTerms {
        id: customer.id,
        updated_at: customer.updated_at,
        terms: match customer.merged {
            true => Vec::new(),
            false => of(&text::of_customer(
                &customer.name,
                customer.phone.as_deref(),
                customer.email.as_deref(),
                &customer.display_names,
            )),
        },
    });
    Terms {
        messages: messages.collect(),
        customers: customers.collect(),
    }
}
