//! What is wrong with a field, from serde's message, without repeating the input.

use omni_model::FieldError;
use serde_path_to_error::{Path, Segment};

/// The field an error is about and what is wrong with it.
///
/// serde's messages name the input first and what we expect last; only the latter is told.
pub(super) fn explain(path: &Path, message: &str) -> FieldError {
    let mut pointer: String = path.iter().map(segment).collect();
    let (code, detail) = if let Some(rest) = message.strip_prefix("missing field ") {
        // The name is one of ours.
        let name = rest.split('`').nth(1).unwrap_or_default();
        pointer = format!("{pointer}/{name}");
        ("missing", "is required".to_owned())
    } else if message.starts_with("unknown field ") {
        if let Some(name) = message.split('`').nth(1).filter(|name| is_plain(name))
            && !pointer.ends_with(&format!("/{name}"))
        {
            pointer = format!("{pointer}/{name}");
        }
        ("unknown", "is not known here".to_owned())
    } else if message.starts_with("duplicate field ") {
        ("duplicate", "is given twice".to_owned())
    } else {
        match message.rsplit_once(", expected ") {
            Some((_, expected)) => {
                let expected = expected.split(" at line ").next().unwrap_or_default();
                ("invalid", format!("expected {expected}"))
            }
            None => ("invalid", "does not fit".to_owned()),
        }
    };
    FieldError::new(pointer, code, detail)
}

fn segment(segment: &Segment) -> String {
    match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } if is_plain(key) => format!("/{key}"),
        Segment::Enum { variant } if is_plain(variant) => format!("/{variant}"),
        Segment::Map { .. } | Segment::Enum { .. } | Segment::Unknown => String::new(),
    }
}

/// Whether a name looks like a field's and like nothing else.
fn is_plain(name: &str) -> bool {
    name.len() <= 40 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}
