//! Not wanting to hear somebody.
//!
//! What a blocked customer writes is kept where it belongs, so that nothing is lost when he is unblocked, but it
//! opens nothing, waits for nobody and is told to nobody; he is not told that he is blocked. His active
//! conversations are closed, and nobody can write to him, since nobody would see his answer.

use omni_model::{ConversationStatus, Customer, CustomerId, EventKind, NewEvent, Principal, Queue};
use omni_store::conversations::{self, Change};
use omni_store::customers;

use super::SHOWN_IN;
use crate::audit::{self, Line};
use crate::{Core, Error, Result};

impl Core {
    /// Blocks a customer, or hears him again. Doing it twice changes nothing.
    pub async fn block_customer(
        &self,
        who: &Principal,
        id: CustomerId,
        block: bool,
    ) -> Result<Customer> {
        self.check_customer_update(who, id).await?;
        let (scope, actor) = (who.scope(), who.actor());
        let record = self
            .store()
            .write(&scope, move |unit| async move {
                let active = customers::active_conversations(unit.db(), &scope, id).await?;
                let active = active.into_iter().map(|conversation| conversation.id);
                let newest =
                    customers::newest_conversations(unit.db(), &scope, id, SHOWN_IN).await?;
                let concerned: Vec<_> = active.chain(newest).collect();
                let locked = conversations::lock(&unit, &scope, &concerned).await?;
                let found = customers::lock(&unit, &scope, id).await?;
                let found = found.filter(|record| record.merged_into.is_none());
                let mut record = found.ok_or_else(|| Error::not_found("customer"))?;
                if record.blocked_at.is_some() == block {
                    return Ok(record);
                }
                let now = unit.now();
                record.blocked_at = block.then_some(now);
                record.updated_at = now;
                customers::update(&unit, &record).await?;
                let mut changes: Vec<Change> = locked.into_iter().map(Change::of).collect();
                for Change { after, .. } in &mut changes {
                    if block && after.status.is_active() {
                        after.status = ConversationStatus::Closed;
                        after.resolved_at = Some(now);
                        after.snooze_until = None;
                        after.woken_by = None;
                        after.updated_at = now;
                    }
                    let kind = EventKind::ConversationUpdated;
                    unit.emit(NewEvent::about(kind, after.id, after.holder()));
                }
                conversations::save(&unit, &changes).await?;
                // Who had his conversations has room for others.
                unit.wake(Queue::Route, "");
                let action = if block {
                    "customer.blocked"
                } else {
                    "customer.unblocked"
                };
                let line = Line::of(action, "customer", id.0);
                audit::record(&unit, &scope, Some(actor), line).await?;
                Ok::<_, Error>(record)
            })
            .await?;
        self.profile(who, record).await
    }
}
