//! The settings file's JSON schema, made from the reference.

use serde_json::{Map, Value, json};

use crate::reference::{self, Entry};
use crate::sections::{Environment, LogFormat};

/// A JSON schema (2020-12) of a settings file, for editors and `omnisupport config schema`.
pub fn json_schema() -> Value {
    let mut properties = Map::new();
    for group in reference::groups() {
        for entry in group.entries {
            let schema = property(&entry, &group.title);
            properties.insert(entry.name, schema);
        }
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Settings of OmniSupport",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    })
}

fn property(entry: &Entry, group: &str) -> Value {
    let mut schema = Map::new();
    schema.insert("description".to_owned(), entry.description.clone().into());
    match &entry.default {
        toml::Value::Boolean(on) => {
            schema.insert("type".to_owned(), "boolean".into());
            schema.insert("default".to_owned(), (*on).into());
        }
        toml::Value::Integer(number) => {
            schema.insert("type".to_owned(), "integer".into());
            schema.insert("minimum".to_owned(), 0.into());
            schema.insert("default".to_owned(), (*number).into());
        }
        toml::Value::Array(_) => {
            schema.insert("type".to_owned(), "array".into());
            schema.insert("items".to_owned(), json!({ "type": "string" }));
            schema.insert("default".to_owned(), json!([]));
        }
        other => {
            schema.insert("type".to_owned(), "string".into());
            schema.insert(
                "default".to_owned(),
                other.as_str().unwrap_or_default().into(),
            );
        }
    }
    if let Some(values) = one_of(&entry.name) {
        schema.insert("enum".to_owned(), values.into());
    }
    if entry.is_secret() {
        schema.insert("writeOnly".to_owned(), true.into());
    }
    schema.insert("x-environment".to_owned(), entry.env_name().into());
    schema.insert("x-group".to_owned(), group.into());
    Value::Object(schema)
}

fn one_of(name: &str) -> Option<Vec<&'static str>> {
    match name {
        "environment" => Some(Environment::NAMES.to_vec()),
        "log_format" => Some(LogFormat::NAMES.to_vec()),
        "jwt_algorithm" => Some(vec!["HS256"]),
        _ => None,
    }
}
