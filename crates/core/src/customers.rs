//! Customers' profiles.

use omni_model::{
    Customer, CustomerId, EventKind, FieldError, Job, NewEvent, Principal, limits, normalise_email,
    normalise_phone,
};
use omni_store::conversations;
use omni_store::customers::{self, CustomerRecord};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::conversations::checked_metadata;
use crate::{Core, Error, Result};

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
        self.visible_customer(who, id).await?;
        if who.may("customers:update") {
            Ok(())
        } else {
            Err(Error::forbidden("customers:update"))
        }
    }

    /// Changes a customer's profile. His open conversations show it.
    pub async fn patch_customer(
        &self,
        who: &Principal,
        id: CustomerId,
        patch: CustomerPatch,
    ) -> Result<Customer> {
        self.check_customer_update(who, id).await?;
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
                let mut record = found.ok_or_else(|| Error::not_found("customer"))?;
                let before = record.clone();
                checked.apply(&mut record);
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
        let identities = customers::identities(reader, &who.scope(), record.id).await?;
        Ok(record.into_profile(identities))
    }

    /// A customer that `who` sees: where each operator sees his own conversations, their customers.
    async fn visible_customer(&self, who: &Principal, id: CustomerId) -> Result<CustomerRecord> {
        if !who.may("customers:read") {
            return Err(Error::forbidden("customers:read"));
        }
        let (scope, reader) = (who.scope(), self.store().reader());
        let found = customers::find(reader, &scope, id).await?;
        let record = found.ok_or_else(|| Error::not_found("customer"))?;
        if let Some(limits) = self.sight_limits(who).await?
            && !customers::is_seen_by(reader, &scope, id, &limits).await?
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
