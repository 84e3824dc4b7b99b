//! Reads values as what they should be, and collects what is wrong instead of stopping at the first.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use toml::Value;

use crate::problem::Problem;
use crate::reference::is_secret;
use crate::secret::Secret;
use crate::source::Layered;

/// Hands out the values of one load. A value that cannot be used is noted as a problem and replaced by a stand-in, which
/// nobody sees: a load with problems gives no settings.
pub(crate) struct Reader<'a> {
    layered: &'a mut Layered,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(layered: &'a mut Layered) -> Self {
        Self { layered }
    }

    /// Notes that the setting cannot be used.
    pub(crate) fn problem(&mut self, name: &str, message: impl Into<String>) {
        let setting = name.to_ascii_uppercase();
        self.layered.problems.push(Problem {
            setting,
            message: message.into(),
        });
    }

    /// Text, `None` when empty.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        match self.value(name) {
            Value::String(text) if text.trim().is_empty() => None,
            Value::String(text) => Some(text.trim().to_owned()),
            _ => {
                self.problem(name, "must be text");
                None
            }
        }
    }

    /// A secret text, kept as it is; `None` when empty.
    pub(crate) fn secret(&mut self, name: &str) -> Option<Secret<String>> {
        self.text(name).map(Secret::new)
    }

    /// Text in a given form, `None` when empty. `expected` ends the sentence "is not ...".
    pub(crate) fn parsed<T: FromStr<Err: Display>>(
        &mut self,
        name: &str,
        expected: &str,
    ) -> Option<T> {
        let text = self.text(name)?;
        match text.parse() {
            Ok(value) => Some(value),
            Err(_) => {
                let message = match is_secret(name) {
                    true => format!("is not {expected}"),
                    false => format!("{text:?} is not {expected}"),
                };
                self.problem(name, message);
                None
            }
        }
    }

    /// A switch.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let value = self.value(name);
        let parsed = match &value {
            Value::Boolean(on) => Some(*on),
            Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" | "on" => Some(true),
                "false" | "0" | "no" | "off" => Some(false),
                _ => None,
            },
            _ => None,
        };
        parsed.unwrap_or_else(|| {
            self.problem(name, format!("{} is neither true nor false", shown(&value)));
            false
        })
    }

    /// A whole number within bounds.
    pub(crate) fn number(&mut self, name: &str, allowed: RangeInclusive<u32>) -> u32 {
        let value = self.value(name);
        let parsed = match &value {
            Value::Integer(number) => u32::try_from(*number).ok(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        match parsed.filter(|number| allowed.contains(number)) {
            Some(number) => number,
            None => {
                let (least, most) = (allowed.start(), allowed.end());
                self.problem(
                    name,
                    format!(
                        "{} is not a whole number from {least} to {most}",
                        shown(&value)
                    ),
                );
                *least
            }
        }
    }

    /// A list of texts: an array in a file; `a,b` or a JSON array in the environment.
    pub(crate) fn list(&mut self, name: &str) -> Vec<String> {
        let texts = match self.value(name) {
            Value::Array(items) => items.into_iter().map(string_of).collect(),
            Value::String(text) if text.trim_start().starts_with('[') => {
                serde_json::from_str(&text).ok()
            }
            Value::String(text) => Some(text.split(',').map(str::to_owned).collect()),
            _ => None,
        };
        let texts: Vec<String> = texts.unwrap_or_else(|| {
            self.problem(name, "must be a list of texts: a,b or [\"a\", \"b\"]");
            Vec::new()
        });
        texts
            .iter()
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
            .collect()
    }

    /// A list whose items have a given form.
    pub(crate) fn parsed_list<T: FromStr<Err: Display>>(
        &mut self,
        name: &str,
        expected: &str,
    ) -> Vec<T> {
        let mut parsed = Vec::new();
        for text in self.list(name) {
            match text.parse() {
                Ok(value) => parsed.push(value),
                Err(_) => self.problem(name, format!("{text:?} is not {expected}")),
            }
        }
        parsed
    }

    /// Each name is read exactly once, so the value is taken; what is left in the end was read by nobody.
    fn value(&mut self, name: &str) -> Value {
        self.layered
            .values
            .remove(name)
            .expect("sections read each setting of the reference once")
    }
}

fn string_of(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        other => other.to_string(),
    }
}
