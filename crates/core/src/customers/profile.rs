//! Two profiles becoming one, and one becoming what it was.

use std::collections::BTreeMap;

use omni_store::customer_fields::FieldRecord;
use omni_store::customers::{CustomerRecord, FieldValues};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What of a customer may come from another when they become one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Profile {
    phone: Option<String>,
    phone_verified: bool,
    email: Option<String>,
    email_verified: bool,
    locale: Option<String>,
    metadata: Map<String, Value>,
    fields: FieldValues,
}

/// Something of which both customers have their own, and only one can stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct MergeConflict {
    /// `name`, `phone`, `email`, `locale`, or `fields.<key>`.
    pub field: String,
    /// What stays.
    #[schema(value_type = Object)]
    pub kept: Value,
    /// What is seen again only when they are parted.
    #[schema(value_type = Object)]
    pub other: Value,
}

impl Profile {
    pub(super) fn of(record: &CustomerRecord) -> Self {
        Self {
            phone: record.phone.clone(),
            phone_verified: record.phone_verified,
            email: record.email.clone(),
            email_verified: record.email_verified,
            locale: record.locale.clone(),
            metadata: record.metadata.as_object().cloned().unwrap_or_default(),
            fields: record.fields.clone(),
        }
    }

    pub(super) fn write_to(self, record: &mut CustomerRecord) {
        record.phone = self.phone;
        record.phone_verified = self.phone_verified;
        record.email = self.email;
        record.email_verified = self.email_verified;
        record.locale = self.locale;
        record.metadata = Value::Object(self.metadata);
        record.fields = self.fields;
    }

    /// With what is empty filled from `other`. What is proven takes the place of what was only told.
    pub(super) fn joined(&self, other: &Self) -> Self {
        let mut all = self.clone();
        if takes(
            (&all.phone, all.phone_verified),
            (&other.phone, other.phone_verified),
        ) {
            all.phone.clone_from(&other.phone);
            all.phone_verified = other.phone_verified;
        }
        if takes(
            (&all.email, all.email_verified),
            (&other.email, other.email_verified),
        ) {
            all.email.clone_from(&other.email);
            all.email_verified = other.email_verified;
        }
        all.locale = all.locale.or_else(|| other.locale.clone());
        for (key, value) in &other.metadata {
            all.metadata
                .entry(key.clone())
                .or_insert_with(|| value.clone());
        }
        for (field, value) in &other.fields {
            all.fields.entry(*field).or_insert_with(|| value.clone());
        }
        all
    }

    /// As it would be now if it had stayed as `before` and not become `after`: what is still as it became goes back,
    /// what was changed since stays.
    pub(super) fn parted(self, before: &Self, after: &Self) -> Self {
        let mut now = self;
        if (&now.phone, now.phone_verified) == (&after.phone, after.phone_verified) {
            now.phone.clone_from(&before.phone);
            now.phone_verified = before.phone_verified;
        }
        if (&now.email, now.email_verified) == (&after.email, after.email_verified) {
            now.email.clone_from(&before.email);
            now.email_verified = before.email_verified;
        }
        if now.locale == after.locale {
            now.locale.clone_from(&before.locale);
        }
        let metadata = |map: Map<String, Value>| map.into_iter().collect::<BTreeMap<_, _>>();
        now.metadata = parted(
            metadata(now.metadata),
            &metadata(before.metadata.clone()),
            &metadata(after.metadata.clone()),
        )
        .into_iter()
        .collect();
        now.fields = parted(now.fields, &before.fields, &after.fields);
        now
    }
}

/// Whether a told or proven value gives way to another.
fn takes(
    (own, proven): (&Option<String>, bool),
    (other, is_proven): (&Option<String>, bool),
) -> bool {
    other.is_some() && (own.is_none() || (is_proven && !proven))
}

fn parted<K: Ord + Clone>(
    mut now: BTreeMap<K, Value>,
    before: &BTreeMap<K, Value>,
    after: &BTreeMap<K, Value>,
) -> BTreeMap<K, Value> {
    // A merge only adds.
    for (key, value) in after {
        if before.get(key).is_none() && now.get(key) == Some(value) {
            now.remove(key);
        }
    }
    now
}

/// What does not fit into the survivor beside his own.
pub(super) fn conflicts(
    survivor: &CustomerRecord,
    merged: &CustomerRecord,
    fields: &[FieldRecord],
) -> Vec<MergeConflict> {
    let joined = Profile::of(survivor).joined(&Profile::of(merged));
    let text = |text: &Option<String>| text.clone().map_or(Value::Null, Value::String);
    let pairs = [
        (
            "name",
            Value::String(survivor.name.clone()),
            [&survivor.name, &merged.name].map(|name| Value::String(name.clone())),
        ),
        (
            "phone",
            text(&joined.phone),
            [text(&survivor.phone), text(&merged.phone)],
        ),
        (
            "email",
            text(&joined.email),
            [text(&survivor.email), text(&merged.email)],
        ),
        (
            "locale",
            text(&joined.locale),
            [text(&survivor.locale), text(&merged.locale)],
        ),
    ];
    let own = pairs
        .into_iter()
        .map(|(field, kept, both)| (field.to_owned(), kept, both));
    let theirs = fields.iter().map(|field| {
        let of = |values: &FieldValues| values.get(&field.id).cloned().unwrap_or_default();
        let both = [of(&survivor.fields), of(&merged.fields)];
        (format!("fields.{}", field.key), of(&joined.fields), both)
    });
    own.chain(theirs)
        .filter_map(|(field, kept, [one, other])| {
            let differ = !one.is_null() && !other.is_null() && one != other;
            let other = if kept == one { other } else { one };
            differ.then_some(MergeConflict { field, kept, other })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use omni_model::CustomerFieldId;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn profile() -> impl Strategy<Value = Profile> {
        let word = || proptest::option::of("[ab]");
        let values = || proptest::collection::btree_map(0_u8..4, "[ab]", 0..4);
        (
            word(),
            any::<bool>(),
            word(),
            any::<bool>(),
            word(),
            values(),
            values(),
        )
            .prop_map(
                |(phone, phone_verified, email, email_verified, locale, metadata, fields)| {
                    Profile {
                        phone_verified: phone.is_some() && phone_verified,
                        phone,
                        email_verified: email.is_some() && email_verified,
                        email,
                        locale,
                        metadata: metadata
                            .into_iter()
                            .map(|(k, v)| (k.to_string(), json!(v)))
                            .collect(),
                        fields: fields
                            .into_iter()
                            .map(|(k, v)| {
                                (CustomerFieldId(uuid::Uuid::from_u128(k.into())), json!(v))
                            })
                            .collect(),
                    }
                },
            )
    }

    proptest! {
        #[test]
        fn parting_undoes_joining(one in profile(), other in profile()) {
            let both = one.joined(&other);
            prop_assert_eq!(both.clone().parted(&one, &both), one);
        }

        #[test]
        fn what_came_after_stays(one in profile(), other in profile(), value in "[cd]") {
            let both = one.joined(&other);
            let mut later = both.clone();
            later.email = Some(value.clone());
            later.fields.values_mut().for_each(|field| *field = json!(value));
            let parted = later.clone().parted(&one, &both);
            prop_assert_eq!(parted.email, Some(value));
            prop_assert_eq!(parted.fields, later.fields);
            prop_assert_eq!(parted.phone, one.phone);
        }
    }
}
