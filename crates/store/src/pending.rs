//! What a unit of work writes last: lanes, counters and jobs, then the event log, whose head is the one
//! row all writers of a tenant meet at and therefore locked for the shortest time.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use omni_model::{
    ChannelId, ConversationId, ConversationStatus, Job, NewEvent, Queue, TenantId, UserId,
};

use crate::bulk;
use crate::{
    Committed, ConversationRecord, MessageRecord, StoreError, UnitOfWork, counters, events, jobs,
    lanes,
};

/// One cell of the conversation counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CounterCell {
    pub status: ConversationStatus,
    /// `None` = the queue.
    pub assignee: Option<UserId>,
    pub channel_id: ChannelId,
}

#[derive(Default)]
pub(crate) struct Pending {
    counts: BTreeMap<CounterCell, i64>,
    lanes: BTreeSet<(Queue, String)>,
    announced: BTreeSet<Queue>,
    raw_events: Option<i64>,
    jobs: Vec<(Queue, String, Job)>,
    events: Vec<(NewEvent, Option<MessageRecord>)>,
    /// PostgreSQL: writes whose outcome nobody looks at, for the next statement that can take them along; `None` where
    /// each goes by itself.
    held_back: Option<Vec<bulk::Part>>,
    /// The conversations that were saved, as they were saved last.
    conversations: HashMap<ConversationId, Arc<ConversationRecord>>,
}

impl Pending {
    pub(crate) async fn flush(
        self,
        unit: &UnitOfWork,
        tenant: Option<TenantId>,
    ) -> Result<Committed, StoreError> {
        bulk::execute_parts(unit, self.held_back.unwrap_or_default()).await?;
        let mut queues = self.announced;
        let Some(tenant) = tenant else {
            debug_assert!(
                self.counts.is_empty() && self.lanes.is_empty() && self.events.is_empty(),
                "only a tenant's unit of work counts, queues and tells"
            );
            return Ok(Committed {
                events: None,
                queues: queues.into_iter().collect(),
                raw_events: self.raw_events,
            });
        };
        let touched = self
            .lanes
            .iter()
            .map(|(queue, key)| (*queue, tenant, key.clone()))
            .collect();
        // Lanes before counters: a worker leaves its lanes in the midst of its work, so whoever took the
        // counters first and then wanted a lane would block it, and it him.
        lanes::touch(unit, &touched).await?;
        let counts: Vec<_> = self.counts.into_iter().filter(|(_, by)| *by != 0).collect();
        counters::add(unit, tenant, &counts).await?;
        jobs::insert(unit, tenant, &self.jobs).await?;
        let growth = events::append(unit, tenant, self.events, &self.conversations).await?;
        queues.extend(self.lanes.into_iter().map(|(queue, _)| queue));
        Ok(Committed {
            events: growth,
            queues: queues.into_iter().collect(),
            raw_events: self.raw_events,
        })
    }
}

impl UnitOfWork {
    /// Counts a conversation into (`by` = 1) or out of (`by` = -1) a cell.
    pub fn count(&self, cell: CounterCell, by: i64) {
        self.with_pending(|pending| *pending.counts.entry(cell).or_default() += by);
    }

    /// Queues a job at the end of its lane.
    pub fn enqueue(&self, order_key: impl Into<String>, job: Job) {
        let (queue, order_key) = (job.queue(), order_key.into());
        self.with_pending(|pending| {
            pending.lanes.insert((queue, order_key.clone()));
            pending.jobs.push((queue, order_key, job));
        });
    }

    /// Wakes a lane that needs no job row: the lane itself says that there is something to do.
    pub fn wake(&self, queue: Queue, order_key: impl Into<String>) {
        self.with_pending(|pending| pending.lanes.insert((queue, order_key.into())));
    }

    /// Wakes a queue's workers after the commit, for lanes that were touched directly.
    pub(crate) fn announce(&self, queue: Queue) {
        self.with_pending(|pending| pending.announced.insert(queue));
    }

    /// SQLite: the row key of the newest raw event, after this unit of work added some.
    pub(crate) fn received_up_to(&self, row_id: i64) {
        self.with_pending(|pending| pending.raw_events = Some(row_id));
    }

    /// From now on writes may wait for the next statement that can take them along, or for the commit: for work that
    /// reads nothing of what it wrote. On PostgreSQL each way to the database costs more than what it carries.
    pub fn hold_back(&self) {
        if !self.dialect().is_exclusive() {
            self.with_pending(|pending| pending.held_back = Some(Vec::new()));
        }
    }

    /// Whether writes may wait.
    pub(crate) fn may_wait(&self) -> bool {
        self.with_pending(|pending| pending.held_back.is_some())
    }

    /// Lets a write wait.
    pub(crate) fn wait_with(&self, part: bulk::Part) {
        self.with_pending(|pending| pending.held_back.get_or_insert_default().push(part));
    }

    /// The writes that waited so far.
    pub(crate) fn take_parts(&self) -> Vec<bulk::Part> {
        self.with_pending(|pending| match &mut pending.held_back {
            Some(parts) => std::mem::take(parts),
            None => Vec::new(),
        })
    }

    /// Notes how this unit of work leaves a conversation, for those who will show what it tells.
    pub(crate) fn leaves(&self, conversation: &ConversationRecord) {
        let record = Arc::new(conversation.clone());
        self.with_pending(|pending| pending.conversations.insert(record.id, record));
    }

    /// Tells of something that happened. Events are numbered in the order of these calls.
    pub fn emit(&self, event: NewEvent) {
        self.with_pending(|pending| pending.events.push((event, None)));
    }

    /// Like [`UnitOfWork::emit`], with the message the event tells of, as this unit of work leaves it.
    pub fn emit_with(&self, event: NewEvent, message: MessageRecord) {
        self.with_pending(|pending| pending.events.push((event, Some(message))));
    }
}
