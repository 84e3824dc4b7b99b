//! Customers: their profiles, fields of a company's own, notes, whom one does not want to hear, lists.

mod block;
mod fields;
mod list;
mod merge;
mod notes;
mod profile;
mod proposals;

use omni_model::{
    Customer, CustomerId, EventKind, FieldError, Job, NewEvent, Principal, codes, limits,
    normalise_email, normalise_phone,
};
use omni_store::customers::{self, CustomerRecord};
use omni_store::{conversations, customer_fields};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::access::needs;
use crate::conversations::checked_metadata;
use crate::{Core, Error, Result};

pub use fields::{CustomerField, CustomerFieldPatch, NewCustomerField};
pub use list::CustomerQuery;
pub use merge::{CustomerMerge, MergeInto, MergePreview, MergePreviewQuery};
pub use notes::{CustomerNote, NoteText};
pub use profile::MergeConflict;
pub use proposals::{MergeProposal, ProofKind};

/// What it takes to change anything about a customer.
const UPDATE: &str = "customers:update";
/// Conversations in which a change of a customer is told, the newest first.
const SHOWN_IN: u64 = 20;

/// What to change in a profile; what is left out stays. A phone or an e-mail address that somebody types in
/// is told, not proven.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerPatch {
    #[serde(default)]
    pub name: Option<String>,
    /// `null` removes it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub phone: Option<Option<String>>,
    /// `null` removes it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub email: Option<Option<String>>,
    /// `null` removes it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub locale: Option<Option<String>>,
    /// The whole object.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Map<String, Value>>,
    /// Values of the company's own fields by their keys; `null` removes one, what is left out stays.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub fields: Option<Map<String, Value>>,
}

/// Tells a field that is `null` from one that is left out.
#[expect(clippy::option_option, reason = "left out, null, something")]
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl Core {
    /// A customer's profile.
    pub async fn customer(&self, who: &Principal, id: CustomerId) -> Result<Customer> {
        let record = self.visible_customer(who, id).await?;
        self.profile(who, record).await
    }

    /// Refuses whom 404 or 403 is due before anybody looks at what he sent.
    pub async fn check_customer_update(&self, who: &Principal, id: CustomerId) -> Result<()> {
        let record = self.visible_customer(who, id).await?;
        needs(who, UPDATE)?;
        match record.merged_into {
            Some(_) => {
                let detail = "change whom he was merged into, or part them";
                Err(Error::refused(codes::ALREADY_MERGED, detail))
            }
            None => Ok(()),
        }
    }

    /// Changes a customer's profile. His open conversations show it.
    pub async fn patch_customer(
        &self,
        who: &Principal,
        id: CustomerId,
        mut patch: CustomerPatch,
    ) -> Result<Customer> {
        self.check_customer_update(who, id).await?;
        let wanted = patch.fields.take();
        let checked = check(patch)?;
        let scope = who.scope();
        let open = customers::active_conversations(self.store().reader(), &scope, id).await?;
        let open: Vec<_> = open
            .into_iter()
            .map(|conversation| conversation.id)
            .collect();
        let record = self
            .store()
            .write(&scope, move |unit| async move {
                let shown_in = conversations::lock(&unit, &scope, &open).await?;
                let found = customers::lock(&unit, &scope, id).await?;
                let found = found.filter(|record| record.merged_into.is_none());
                let mut record = found.ok_or_else(|| Error::not_found("customer"))?;
                let before = record.clone();
                checked.apply(&mut record);
                if let Some(wanted) = wanted {
                    let known = customer_fields::all(unit.db(), &scope).await?;
                    let mut wrong = Vec::new();
                    fields::apply(&mut record.fields, &wanted, &known, &mut wrong);
                    if !wrong.is_empty() {
                        return Err(Error::invalid(wrong));
                    }
                }
                if record == before {
                    return Ok(record);
                }
                record.updated_at = unit.now();
                customers::update(&unit, &record).await?;
                unit.enqueue("", Job::IndexCustomer { customer_id: id });
                for conversation in shown_in {
                    unit.emit(NewEvent::about(
                        EventKind::ConversationUpdated,
                        conversation.id,
                        conversation.holder(),
                    ));
                }
                Ok::<_, Error>(record)
            })
            .await?;
        self.profile(who, record).await
    }

    async fn profile(&self, who: &Principal, record: CustomerRecord) -> Result<Customer> {
        let reader = self.store().reader();
        let scope = who.scope();
        let identities = customers::identities(reader, &scope, record.id).await?;
        let known = customer_fields::all(reader, &scope).await?;
        let values = fields::shown(&record.fields, &known);
        Ok(record.into_profile(identities, values))
    }

    /// A customer that `who` sees: where each operator sees his own conversations, their customers.
    async fn visible_customer(&self, who: &Principal, id: CustomerId) -> Result<CustomerRecord> {
        needs(who, "customers:read")?;
        let (scope, reader) = (who.scope(), self.store().reader());
        let found = customers::find(reader, &scope, id).await?;
        let record = found.ok_or_else(|| Error::not_found("customer"))?;
        if let Some(limits) = self.sight_limits(who).await?
            // Who was merged is seen by those who see whom he turned out to be.
            && !customers::is_seen_by(reader, &scope, record.merged_into.unwrap_or(id), &limits).await?
        {
            return Err(Error::not_found("customer"));
        }
        Ok(record)
    }
}

/// A patch whose values are good.
struct Checked {
    name: Option<String>,
    phone: Option<Option<String>>,
    email: Option<Option<String>>,
    locale: Option<Option<String>>,
    metadata: Option<Value>,
}

fn check(patch: CustomerPatch) -> Result<Checked> {
    let mut wrong = Vec::new();
    let mut refuse = |pointer: &str, detail: &str| {
        wrong.push(FieldError::new(pointer, "invalid", detail));
    };
    let name = patch.name.map(|name| name.trim().to_owned());
    if name.as_ref().is_some_and(|name| !is_name(name)) {
        refuse("/name", "1 to 200 characters in one line");
    }
    let phone = patch.phone.map(|phone| {
        phone.and_then(|phone| {
            normalise_phone(&phone).or_else(|| {
                refuse("/phone", "not a phone number");
                None
            })
        })
    });
    let email = patch.email.map(|email| {
        email.and_then(|email| {
            normalise_email(&email).or_else(|| {
                refuse("/email", "not an e-mail address");
                None
            })
        })
    });
    if patch
        .locale
        .iter()
        .flatten()
        .any(|locale| !is_locale(locale))
    {
        refuse("/locale", "a language tag such as ru or en-GB");
    }
    let metadata = patch
        .metadata
        .map(|metadata| checked_metadata(metadata, &mut wrong));
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    Ok(Checked {
        name,
        phone,
        email,
        locale: patch.locale,
        metadata,
    })
}

impl Checked {
    fn apply(self, record: &mut CustomerRecord) {
        if let Some(name) = self.name {
            record.name = name;
        }
        if let Some(phone) = self.phone
            && phone != record.phone
        {
            record.phone = phone;
            record.phone_verified = false;
        }
        if let Some(email) = self.email
            && email != record.email
        {
            record.email = email;
            record.email_verified = false;
        }
        if let Some(locale) = self.locale {
            record.locale = locale;
        }
        if let Some(metadata) = self.metadata {
            record.metadata = metadata;
        }
    }
}

/// Whether a text can be somebody's name.
pub(crate) fn is_name(text: &str) -> bool {
    (1..=limits::NAME).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

/// Whether a text looks like a BCP 47 language tag.
pub(crate) fn is_locale(text: &str) -> bool {
    (2..=35).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && text.as_bytes()[0].is_ascii_alphabetic()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patch(json: &str) -> CustomerPatch {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn null_is_not_left_out() {
        let read = patch(r#"{"phone":null,"email":"A@Example.com"}"#);
        let checked = check(read).unwrap();
        assert_eq!(checked.phone, Some(None));
        assert_eq!(checked.email, Some(Some("a@example.com".to_owned())));
        assert_eq!(checked.locale, None);
    }

    #[test]
    fn all_mistakes_are_told() {
        let bad = patch(r#"{"name":" ","phone":"x","email":"y","locale":"русский"}"#);
        let Err(Error::Refused { fields, .. }) = check(bad) else {
            panic!("was taken")
        };
        assert_eq!(fields.len(), 4);
        assert!(serde_json::from_str::<CustomerPatch>(r#"{"phone_verified":true}"#).is_err());
    }
}
