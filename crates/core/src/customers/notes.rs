//! What the team notes about a customer: seen by whoever sees him, changed by whoever wrote it.

use omni_model::{
    ActorId, ActorKind, CustomerId, CustomerNoteId, Page, Principal, Timestamp, limits,
};
use omni_store::UnitOfWork;
use omni_store::customer_notes::{self, NoteRecord};
use omni_store::customers;
use serde::{Deserialize, Serialize};

use super::UPDATE;
use crate::once::Made;
use crate::page::{Cursor, PageRequest};
use crate::{Core, Error, Result};

/// A note about a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CustomerNote {
    pub id: CustomerNoteId,
    pub customer_id: CustomerId,
    /// Who wrote it, a person or a program with a key.
    pub author_id: ActorId,
    pub author_type: ActorKind,
    pub text: String,
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl From<NoteRecord> for CustomerNote {
    fn from(record: NoteRecord) -> Self {
        Self {
            id: record.id,
            customer_id: record.customer_id,
            author_id: record.author.id(),
            author_type: record.author.kind(),
            text: record.text,
            created_at: record.created_at,
            updated_at: record.updated_at,
        }
    }
}

/// The words of a note.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteText {
    /// 1 to 10,000 characters.
    pub text: String,
}

impl Core {
    /// The notes about a customer that `who` sees, newest first.
    pub async fn customer_notes(
        &self,
        who: &Principal,
        id: CustomerId,
        request: &PageRequest,
    ) -> Result<Page<CustomerNote>> {
        self.visible_customer(who, id).await?;
        let place = request.place()?;
        let (mut notes, total) = customer_notes::page(
            self.store().reader(),
            &who.scope(),
            id,
            place.map(|cursor| (cursor.at, CustomerNoteId(cursor.id))),
            request.offset(),
            request.limit() + 1,
        )
        .await?;
        let next = request.next(&mut notes, |note| Cursor {
            at: note.created_at,
            id: note.id.0,
        });
        let items = notes.into_iter().map(Into::into).collect();
        Ok(Page::new(items, total, next))
    }

    /// Notes something about a customer.
    pub async fn create_customer_note(
        &self,
        who: &Principal,
        id: CustomerId,
        new: NoteText,
        key: Option<String>,
    ) -> Result<Made<CustomerNote>> {
        self.check_customer_update(who, id).await?;
        let text = clean(&new)?;
        self.make_once(
            who,
            key,
            "customer_notes.create",
            &(id, &new),
            |keeper| async {
                let now = self.clock().now();
                let record = NoteRecord {
                    id: CustomerNoteId::at(now),
                    customer_id: id,
                    author: who.actor(),
                    text,
                    created_at: now,
                    updated_at: now,
                };
                let scope = who.scope();
                self.store()
                    .write(&scope, move |unit| async move {
                        let made = CustomerNote::from(record.clone());
                        keeper.keep(&unit, &made).await?;
                        let found = customers::lock(&unit, &scope, id).await?;
                        found
                            .filter(|record| record.merged_into.is_none())
                            .ok_or_else(|| Error::not_found("customer"))?;
                        let most = limits::CUSTOMER_NOTES;
                        if customer_notes::count(unit.db(), &scope, id).await? >= most {
                            let detail = format!("at most {most} about one customer");
                            return Err(Error::invalid_field("", "too_many", detail));
                        }
                        customer_notes::insert(&unit, &scope, &record).await?;
                        Ok(made)
                    })
                    .await
            },
        )
        .await
    }

    /// Refuses whom 404 or 403 is due before anybody looks at what he sent.
    pub async fn check_change_customer_note(
        &self,
        who: &Principal,
        customer: CustomerId,
        id: CustomerNoteId,
    ) -> Result<()> {
        self.visible_customer(who, customer).await?;
        let found = customer_notes::find(self.store().reader(), &who.scope(), customer, id).await?;
        own(who, found).map(drop)
    }

    /// Puts other words into one's own note.
    pub async fn patch_customer_note(
        &self,
        who: &Principal,
        customer: CustomerId,
        id: CustomerNoteId,
        new: NoteText,
    ) -> Result<CustomerNote> {
        self.check_change_customer_note(who, customer, id).await?;
        let text = clean(&new)?;
        let (scope, me) = (who.scope(), who.clone());
        self.store()
            .write(&scope, move |unit| async move {
                let mut note = own_in(&unit, &me, customer, id).await?;
                if note.text != text {
                    customer_notes::reword(&unit, &scope, id, &text).await?;
                    note.text = text;
                    note.updated_at = unit.now();
                }
                Ok(note.into())
            })
            .await
    }

    /// Deletes one's own note.
    pub async fn delete_customer_note(
        &self,
        who: &Principal,
        customer: CustomerId,
        id: CustomerNoteId,
    ) -> Result<()> {
        self.check_change_customer_note(who, customer, id).await?;
        let (scope, me) = (who.scope(), who.clone());
        self.store()
            .write(&scope, move |unit| async move {
                own_in(&unit, &me, customer, id).await?;
                Ok(customer_notes::remove(&unit, &scope, id).await?)
            })
            .await
    }
}

async fn own_in(
    unit: &UnitOfWork,
    who: &Principal,
    customer: CustomerId,
    id: CustomerNoteId,
) -> Result<NoteRecord> {
    let found = customer_notes::find(unit.db(), &who.scope(), customer, id).await?;
    own(who, found)
}

/// A note that is there, that he wrote himself, and that he may still change.
fn own(who: &Principal, found: Option<NoteRecord>) -> Result<NoteRecord> {
    let note = found.ok_or_else(|| Error::not_found("note"))?;
    if !who.may(UPDATE) {
        return Err(Error::forbidden(UPDATE));
    }
    if note.author != who.actor() {
        let detail = "only who wrote a note changes it";
        return Err(Error::refused(omni_model::codes::FORBIDDEN, detail));
    }
    Ok(note)
}

fn clean(new: &NoteText) -> Result<String> {
    let text = new.text.trim();
    let problem = if text.is_empty() {
        ("empty", "a note says something")
    } else if text.chars().count() > limits::CUSTOMER_NOTE {
        ("too_long", "at most 10000 characters")
    } else if text.contains('\0') {
        ("invalid", "without NUL characters")
    } else {
        return Ok(text.to_owned());
    };
    Err(Error::invalid_field("/text", problem.0, problem.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_say_something_within_bounds() {
        let of = |text: &str| {
            clean(&NoteText {
                text: text.to_owned(),
            })
        };
        assert_eq!(of(" allergic to nuts\n").unwrap(), "allergic to nuts");
        assert_eq!(of(&"я".repeat(10_000)).unwrap().chars().count(), 10_000);
        for bad in ["", " \n", "a\0b", &"я".repeat(10_001)] {
            assert!(of(bad).is_err());
        }
    }
}
