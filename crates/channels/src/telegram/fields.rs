//! Reading fields that may be missing, or of another type than expected.

use omni_model::limits;
use serde_json::Value;

/// An object of a field, if it is one.
pub(super) fn object<'a>(of: &'a Value, name: &str) -> Option<&'a Value> {
    of.get(name).filter(|value| value.is_object())
}

/// A whole number of a field.
pub(super) fn number(of: &Value, name: &str) -> Option<i64> {
    of.get(name)?.as_i64()
}

/// A text of a field: not empty, and without what no store takes.
pub(super) fn text(of: &Value, name: &str) -> Option<String> {
    let text = clean(of.get(name)?.as_str()?);
    (!text.is_empty()).then_some(text)
}

/// A text of a field, cut to so many characters.
pub(super) fn short(of: &Value, name: &str, most: usize) -> Option<String> {
    Some(cut(text(of, name)?, most).0)
}

/// A message's text, and whether it had to be cut.
pub(super) fn words(of: &Value, name: &str) -> Option<(String, bool)> {
    Some(cut(text(of, name)?, limits::MESSAGE_TEXT))
}

/// Control characters other than line breaks and tabs mean nothing to a reader, and NUL is refused
/// by PostgreSQL.
fn clean(text: &str) -> String {
    let unwanted = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    if text.contains(unwanted) {
        text.replace("\r\n", "\n").replace(unwanted, "")
    } else {
        text.to_owned()
    }
}

fn cut(mut text: String, most: usize) -> (String, bool) {
    match text.char_indices().nth(most) {
        Some((end, _)) => {
            text.truncate(end);
            (text, true)
        }
        None => (text, false),
    }
}
