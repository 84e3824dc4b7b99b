//! Fields that a company adds to its customers' cards, and what their values may be.

use omni_model::{
    CustomerFieldId, CustomerFieldKind, FieldError, Page, Principal, Timestamp, Total, codes,
    limits,
};
use omni_store::customer_fields::{self, FieldRecord};
use omni_store::customers::FieldValues;
use omni_store::{StoreError, UniqueKey};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::is_name;
use crate::access::needs;
use crate::audit::{self, Line};
use crate::once::Made;
use crate::{Core, Error, Result};

const MANAGE: &str = "settings:update";

/// A field of customers' cards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CustomerField {
    pub id: CustomerFieldId,
    /// Its name for programs, in files too; never changes.
    pub key: String,
    /// Its name for people.
    pub label: String,
    pub kind: CustomerFieldKind,
    /// What may be chosen; of `select` only.
    pub options: Vec<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl From<FieldRecord> for CustomerField {
    fn from(record: FieldRecord) -> Self {
        Self {
            id: record.id,
            key: record.key,
            label: record.label,
            kind: record.kind,
            options: record.options,
            created_at: record.created_at,
            updated_at: record.updated_at,
        }
    }
}

/// A field to add.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCustomerField {
    /// 1 to 64 small Latin letters, digits and `_`, a letter first.
    pub key: String,
    pub label: String,
    pub kind: CustomerFieldKind,
    /// 1 to 100 different ones of `select`; none of any other kind.
    #[serde(default)]
    pub options: Vec<String>,
}

/// What to change in a field; what is left out stays. Key and kind never change.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerFieldPatch {
    #[serde(default)]
    pub label: Option<String>,
    /// The whole list. Customers keep a value that is not among them any more.
    #[serde(default)]
    pub options: Option<Vec<String>>,
}

impl Core {
    /// The company's fields, in the order of making.
    pub async fn customer_fields(&self, who: &Principal) -> Result<Page<CustomerField>> {
        needs(who, "customers:read")?;
        let fields = customer_fields::all(self.store().reader(), &who.scope()).await?;
        let total = Total::Exact(fields.len() as u64);
        let items = fields.into_iter().map(Into::into).collect();
        Ok(Page::new(items, total, None))
    }

    /// Refuses whom 403 is due before anybody looks at what he sent.
    pub fn check_create_customer_field(&self, who: &Principal) -> Result<()> {
        needs(who, MANAGE)
    }

    /// Refuses whom 404 or 403 is due before anybody looks at what he sent.
    pub async fn check_change_customer_field(
        &self,
        who: &Principal,
        id: CustomerFieldId,
    ) -> Result<()> {
        let found = customer_fields::find(self.store().reader(), &who.scope(), id).await?;
        found.ok_or_else(no_such)?;
        needs(who, MANAGE)
    }

    /// Adds a field.
    pub async fn create_customer_field(
        &self,
        who: &Principal,
        new: NewCustomerField,
        key: Option<String>,
    ) -> Result<Made<CustomerField>> {
        needs(who, MANAGE)?;
        let kept = new.clone();
        self.make_once(who, key, "customer_fields.create", &kept, |keeper| async {
            let now = self.clock().now();
            let record = FieldRecord {
                id: CustomerFieldId::at(now),
                key: new.key,
                label: new.label.trim().to_owned(),
                kind: new.kind,
                options: trimmed(new.options),
                created_at: now,
                updated_at: now,
            };
            check(&record)?;
            let (scope, actor) = (who.scope(), who.actor());
            self.store()
                .write(&scope, move |unit| async move {
                    let made = CustomerField::from(record.clone());
                    keeper.keep(&unit, &made).await?;
                    if customer_fields::count(unit.db(), &scope).await? >= limits::CUSTOMER_FIELDS {
                        let detail = format!("at most {}", limits::CUSTOMER_FIELDS);
                        return Err(Error::invalid_field("", "too_many", detail));
                    }
                    customer_fields::insert(&unit, &scope, &record).await?;
                    let line = line_of("customer_field.created", &record);
                    audit::record(&unit, &scope, Some(actor), line).await?;
                    Ok(made)
                })
                .await
                .map_err(key_taken)
        })
        .await
    }

    /// Changes a field's label and options.
    pub async fn patch_customer_field(
        &self,
        who: &Principal,
        id: CustomerFieldId,
        patch: CustomerFieldPatch,
    ) -> Result<CustomerField> {
        self.check_change_customer_field(who, id).await?;
        let (scope, actor) = (who.scope(), who.actor());
        self.store()
            .write(&scope, move |unit| async move {
                let found = customer_fields::find(unit.db(), &scope, id).await?;
                let mut record = found.ok_or_else(no_such)?;
                let before = record.clone();
                if let Some(label) = patch.label {
                    record.label = label.trim().to_owned();
                }
                if let Some(options) = patch.options {
                    record.options = trimmed(options);
                }
                check(&record)?;
                if record != before {
                    record.updated_at = unit.now();
                    customer_fields::update(&unit, &scope, &record).await?;
                    let line = line_of("customer_field.changed", &record);
                    audit::record(&unit, &scope, Some(actor), line).await?;
                }
                Ok(record.into())
            })
            .await
    }

    /// Deletes a field. Its values are gone with it.
    pub async fn delete_customer_field(&self, who: &Principal, id: CustomerFieldId) -> Result<()> {
        self.check_change_customer_field(who, id).await?;
        let (scope, actor) = (who.scope(), who.actor());
        self.store()
            .write(&scope, move |unit| async move {
                let found = customer_fields::find(unit.db(), &scope, id).await?;
                let record = found.ok_or_else(no_such)?;
                customer_fields::remove(&unit, &scope, id).await?;
                let line = line_of("customer_field.deleted", &record);
                audit::record(&unit, &scope, Some(actor), line).await
            })
            .await
    }
}

fn no_such() -> Error {
    Error::not_found("field")
}

fn line_of(action: &'static str, record: &FieldRecord) -> Line {
    Line::of(action, "customer_field", record.id.0)
        .with(json!({"key": record.key, "label": record.label, "kind": record.kind}))
}

fn key_taken(error: Error) -> Error {
    match error {
        Error::Store(error @ StoreError::Unique(_))
            if error.violates(UniqueKey::CUSTOMER_FIELD) =>
        {
            Error::refused(codes::FIELD_EXISTS, "another field has this key")
        }
        other => other,
    }
}

fn trimmed(options: Vec<String>) -> Vec<String> {
    let trimmed = options.iter().map(|option| option.trim().to_owned());
    trimmed.collect()
}

fn check(record: &FieldRecord) -> Result<()> {
    let mut wrong = Vec::new();
    if !is_key(&record.key) {
        let detail = "1 to 64 small Latin letters, digits and _, a letter first";
        wrong.push(FieldError::new("/key", "invalid", detail));
    }
    if !is_name(&record.label) {
        let detail = "1 to 200 characters in one line";
        wrong.push(FieldError::new("/label", "invalid", detail));
    }
    let options = &record.options;
    let chooses = record.kind == CustomerFieldKind::Select;
    if options.is_empty() == chooses || options.len() > limits::FIELD_OPTIONS {
        let detail = format!("1 to {} of select, none of another", limits::FIELD_OPTIONS);
        wrong.push(FieldError::new("/options", "invalid", detail));
    }
    for (at, option) in options.iter().enumerate() {
        if !is_name(option) || options[..at].contains(option) {
            let detail = "1 to 200 characters in one line, each once";
            let pointer = format!("/options/{at}");
            wrong.push(FieldError::new(pointer, "invalid", detail));
            break;
        }
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(Error::invalid(wrong)),
    }
}

fn is_key(key: &str) -> bool {
    let first = key.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    let rest = key
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    first && rest && key.len() <= limits::FIELD_KEY
}

/// Values by the fields' keys, as the API shows them.
pub(crate) fn shown(values: &FieldValues, fields: &[FieldRecord]) -> Map<String, Value> {
    fields
        .iter()
        .filter_map(|field| Some((field.key.clone(), values.get(&field.id)?.clone())))
        .collect()
}

/// Writes wanted values, `null` removing one; what is wrong is told, by the field's key. Values of fields that are no
/// more are forgotten.
pub(crate) fn apply(
    values: &mut FieldValues,
    wanted: &Map<String, Value>,
    fields: &[FieldRecord],
    wrong: &mut Vec<FieldError>,
) {
    values.retain(|id, _| fields.iter().any(|field| field.id == *id));
    for (key, value) in wanted {
        let pointer = || format!("/fields/{}", key.replace('~', "~0").replace('/', "~1"));
        let Some(field) = fields.iter().find(|field| field.key == *key) else {
            wrong.push(FieldError::new(pointer(), "unknown_field", "no such field"));
            continue;
        };
        if value.is_null() {
            values.remove(&field.id);
        } else if values.get(&field.id) == Some(value) {
            // As it was, even if it could not be chosen any more.
        } else {
            match checked(field, value) {
                Ok(value) => drop(values.insert(field.id, value)),
                Err((code, detail)) => wrong.push(FieldError::new(pointer(), code, detail)),
            }
        }
    }
}

/// A value as it is kept, or a code and words for what is wrong with it.
fn checked(field: &FieldRecord, value: &Value) -> Result<Value, (&'static str, &'static str)> {
    let fits = match (field.kind, value) {
        (CustomerFieldKind::Text, Value::String(text)) => {
            if text.chars().count() > limits::FIELD_VALUE {
                return Err(("too_long", "at most 2000 characters"));
            }
            !text.trim().is_empty() && !text.contains('\0')
        }
        // JSON that was read has finite numbers only.
        (CustomerFieldKind::Number, Value::Number(_))
        | (CustomerFieldKind::Boolean, Value::Bool(_)) => true,
        (CustomerFieldKind::Date, Value::String(day)) => is_day(day),
        (CustomerFieldKind::Select, Value::String(choice)) => {
            if !field.options.contains(choice) {
                return Err(("not_an_option", "not one of the options"));
            }
            true
        }
        _ => false,
    };
    match fits {
        true => Ok(value.clone()),
        false => Err(("invalid", must_be(field.kind))),
    }
}

const fn must_be(kind: CustomerFieldKind) -> &'static str {
    match kind {
        CustomerFieldKind::Text => "a text that says something",
        CustomerFieldKind::Number => "a number",
        CustomerFieldKind::Date => "a day such as 2026-11-22",
        CustomerFieldKind::Select => "one of the options",
        CustomerFieldKind::Boolean => "true or false",
    }
}

/// Whether a text is a day of the calendar, `2026-11-22`.
fn is_day(text: &str) -> bool {
    let well_formed = text.len() == 10
        && text.bytes().enumerate().all(|(at, b)| match at {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
    well_formed && serde_json::from_value::<Timestamp>(json!(format!("{text}T00:00:00Z"))).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(n: u128, key: &str, kind: CustomerFieldKind, options: &[&str]) -> FieldRecord {
        let at = Timestamp::from_seconds(1_790_000_000);
        FieldRecord {
            id: CustomerFieldId(uuid::Uuid::from_u128(n)),
            key: key.to_owned(),
            label: key.to_owned(),
            kind,
            options: options.iter().map(ToString::to_string).collect(),
            created_at: at,
            updated_at: at,
        }
    }

    fn fields() -> Vec<FieldRecord> {
        use CustomerFieldKind::{Boolean, Date, Number, Select, Text};
        vec![
            field(1, "city", Text, &[]),
            field(2, "visits", Number, &[]),
            field(3, "born", Date, &[]),
            field(4, "plan", Select, &["gold", "silver"]),
            field(5, "vip", Boolean, &[]),
        ]
    }

    fn set(values: &mut FieldValues, wanted: Value) -> Vec<(String, String)> {
        let mut wrong = Vec::new();
        apply(values, wanted.as_object().unwrap(), &fields(), &mut wrong);
        wrong.into_iter().map(|e| (e.pointer, e.code)).collect()
    }

    #[test]
    fn values_fit_their_fields() {
        let mut values = FieldValues::new();
        let good = json!({"city": "Тверь", "visits": 2.5, "born": "2000-02-29", "plan": "gold", "vip": false});
        assert_eq!(set(&mut values, good.clone()), []);
        assert_eq!(Value::Object(shown(&values, &fields())), good);
        for (key, value, code) in [
            ("city", json!(1), "invalid"),
            ("city", json!(" "), "invalid"),
            ("city", json!("x".repeat(2_001)), "too_long"),
            ("visits", json!("2"), "invalid"),
            ("born", json!("2001-02-29"), "invalid"),
            ("born", json!("29.02.2000"), "invalid"),
            ("plan", json!("lead"), "not_an_option"),
            ("plan", json!(true), "invalid"),
            ("vip", json!("yes"), "invalid"),
            ("no/such", json!(1), "unknown_field"),
        ] {
            let pointer = format!("/fields/{}", key.replace('/', "~1"));
            assert_eq!(
                set(&mut values, json!({key: value})),
                [(pointer, code.to_owned())]
            );
        }
        assert_eq!(set(&mut values, json!({"city": null})), []);
        assert!(!shown(&values, &fields()).contains_key("city"));
    }

    #[test]
    fn what_was_chosen_once_may_stay() {
        let mut values = FieldValues::from([(fields()[3].id, json!("bronze"))]);
        values.insert(
            CustomerFieldId(uuid::Uuid::from_u128(9)),
            json!("of a field that is gone"),
        );
        assert_eq!(set(&mut values, json!({"plan": "bronze"})), []);
        assert_eq!(values.len(), 1);
    }

    #[test]
    fn keys_are_for_programs() {
        for good in ["a", "plan_2", &"k".repeat(64)] {
            assert!(is_key(good), "{good}");
        }
        for bad in ["", "_a", "2a", "План", "Plan", "a-b", &"k".repeat(65)] {
            assert!(!is_key(bad), "{bad}");
        }
    }
}
