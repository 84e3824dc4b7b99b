//! What a unit of work writes last: lanes, counters and jobs, then the event log, whose head is the one
//! row all writers of a tenant meet at and therefore locked for the shortest time.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use omni_model::{
    ChannelId, ConversationId, ConversationStatus, Job, NewEvent, Queue, TeamId, TenantId, UserId,
};

use crate::bulk::{self, NewRows};
use crate::steps::{Part, Steps};
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
    /// The team it is for.
    pub team: Option<TeamId>,
    pub channel_id: ChannelId,
}

#[derive(Default)]
pub(crate) struct Pending {
    counts: BTreeMap<CounterCell, i64>,
    lanes: BTreeSet<(Queue, String)>,
    announced: BTreeSet<Queue>,
    raw_events: Option<i64>,
    jobs: Vec<(Queue, String, Job)>,
    events: Vec<events::News>,
    /// PostgreSQL: writes whose outcome nobody looks at, for the last statement; `None` where each goes by itself.
    held_back: Option<Vec<Part>>,
    /// Lanes of a queue to be left with them.
    drained: Option<(Queue, Vec<lanes::Seen>)>,
    /// The conversations that were saved, as they were saved last.
    conversations: HashMap<ConversationId, Arc<ConversationRecord>>,
}

impl Pending {
    pub(crate) async fn flush(
        mut self,
        unit: &UnitOfWork,
        tenant: Option<TenantId>,
    ) -> Result<Committed, StoreError> {
        let Some(tenant) = tenant else {
            debug_assert!(
                self.counts.is_empty()
                    && self.lanes.is_empty()
                    && self.events.is_empty()
                    && self.held_back.is_none(),
                "only a tenant's unit of work counts, queues and tells"
            );
            return Ok(Committed {
                events: None,
                queues: self.announced.into_iter().collect(),
                raw_events: self.raw_events,
            });
        };
        let head = if unit.dialect().is_exclusive() {
            self.write_one_by_one(unit, tenant).await?
        } else {
            self.write_together(unit, tenant).await?
        };
        let mut queues = self.announced;
        queues.extend(self.lanes.into_iter().map(|(queue, _)| queue));
        let (news, conversations) = (self.events, &self.conversations);
        Ok(Committed {
            events: head.map(|head| events::growth(unit, tenant, head, news, conversations)),
            queues: queues.into_iter().collect(),
            raw_events: self.raw_events,
        })
    }

    /// Lanes before counters: a worker leaves its lanes in the midst of its work, so whoever took the counters first
    /// and then wanted a lane would block it, and it him. Answers the new head of the event log, if it grew.
    async fn write_one_by_one(
        &self,
        unit: &UnitOfWork,
        tenant: TenantId,
    ) -> Result<Option<i64>, StoreError> {
        lanes::touch(unit, &self.touched(tenant)).await?;
        bulk::insert(unit, counters::rows(tenant, &self.counts()), counters::ADD).await?;
        bulk::insert(unit, jobs::rows(unit, tenant, &self.jobs), "").await?;
        match self.events.as_slice() {
            [] => Ok(None),
            news => events::append(unit, tenant, news).await.map(Some),
        }
    }

    /// PostgreSQL: the same with all that was held back, in the same order, as one statement; or as two and the touch
    /// between them, since a lane that is left may be touched again.
    async fn write_together(
        &mut self,
        unit: &UnitOfWork,
        tenant: TenantId,
    ) -> Result<Option<i64>, StoreError> {
        let mut steps = Steps::default();
        let mut drained = self.drained.take();
        if let Some((_, drained)) = &drained {
            let (locked, remove, values) = lanes::removal(drained, steps.place());
            steps.table(locked, values);
            steps.then("gone", &format!("{remove} RETURNING row_id"), Vec::new());
        }
        for part in self.held_back.take().unwrap_or_default() {
            steps.add(part);
        }
        let touched = self.touched(tenant);
        if !touched.is_empty() {
            let first = std::mem::take(&mut steps);
            self.run(unit, first, drained.take()).await?;
            lanes::touch(unit, &touched).await?;
        }
        if !self.jobs.is_empty() {
            let jobs = NewRows::from(jobs::rows(unit, tenant, &self.jobs));
            steps.add(Box::new(|place| jobs.statement("", place)));
        }
        let counts = self.counts();
        if !counts.is_empty() {
            let cells = NewRows::from(counters::rows(tenant, &counts)).when(steps.turn());
            let conflict = format!("{} RETURNING n", counters::ADD);
            let (sql, values) = cells.statement(&conflict, steps.place());
            steps.then("counted", &sql, values);
        }
        if !self.events.is_empty() {
            events::append_with(&mut steps, unit, tenant, &self.events);
        }
        let head = self.run(unit, steps, drained).await?;
        if head.is_none() && !self.events.is_empty() {
            return Err(events::NO_HEAD);
        }
        Ok(head)
    }

    /// Runs steps, and leaves those of the drained lanes that have new work; answers the event log's new head.
    async fn run(
        &mut self,
        unit: &UnitOfWork,
        steps: Steps,
        drained: Option<(Queue, Vec<lanes::Seen>)>,
    ) -> Result<Option<i64>, StoreError> {
        if steps.is_empty() {
            return Ok(None);
        }
        let gone = match drained {
            None => "CAST(0 AS BIGINT)",
            Some(_) => "(SELECT COUNT(*) FROM gone)",
        };
        let head = if steps.has("added") {
            "(SELECT MAX(seq) FROM added)"
        } else {
            "CAST(NULL AS BIGINT)"
        };
        let row = steps.run(unit, &format!("SELECT {gone}, {head}")).await?;
        let (gone, head): (i64, Option<i64>) = match row {
            Some(row) => (row.try_get_by_index(0)?, row.try_get_by_index(1)?),
            None => (0, None),
        };
        if let Some((queue, drained)) = drained
            && lanes::leave_rest(unit, &drained, gone.unsigned_abs()).await?
        {
            self.announced.insert(queue);
        }
        Ok(head)
    }

    fn touched(&self, tenant: TenantId) -> BTreeSet<(Queue, TenantId, String)> {
        let lanes = self.lanes.iter();
        lanes
            .map(|(queue, key)| (*queue, tenant, key.clone()))
            .collect()
    }

    fn counts(&self) -> Vec<(CounterCell, i64)> {
        let changed = self.counts.iter().filter(|(_, by)| **by != 0);
        changed.map(|(cell, by)| (*cell, *by)).collect()
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

    /// From now on writes may wait for the commit: for work that reads nothing of what it wrote. On PostgreSQL each way
    /// to the database costs more than what it carries. Has no effect on work that belongs to no single tenant.
    pub fn hold_back(&self) {
        if !self.dialect().is_exclusive() && self.tenant().is_some() {
            self.with_pending(|pending| pending.held_back = Some(Vec::new()));
        }
    }

    /// Whether writes may wait.
    pub(crate) fn may_wait(&self) -> bool {
        self.with_pending(|pending| pending.held_back.is_some())
    }

    /// Lets a write wait.
    pub(crate) fn wait_with(&self, part: Part) {
        self.with_pending(|pending| pending.held_back.get_or_insert_default().push(part));
    }

    /// Lets these drained lanes be left with what waits.
    pub(crate) fn leave_last(&self, queue: Queue, drained: Vec<lanes::Seen>) {
        self.with_pending(|pending| pending.drained = Some((queue, drained)));
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
