//! The one analyzer: text is cut into words, folded and stemmed here and nowhere else, so that every index is fed with
//! the same terms and every query asks for the same ones. Russian, English and Arabic words meet in all their forms;
//! words of other languages as they are written. Terms consist of letters, digits and marks, and of `~` before a number
//! that is read from its end.

mod fold;
mod pieces;
mod query;
mod stem;

use std::collections::BTreeSet;
use std::ops::Range;

pub use fold::fold;
pub use query::{Query, Word};
pub use stem::stem;

/// Changes whenever the same text gives other terms: what was indexed before must be indexed anew.
pub const VERSION: i64 = 1;

/// Bytes of a text that are looked at.
pub const TEXT: usize = 64 * 1024;
/// Terms of a text at most.
pub const TERMS: usize = 2_000;
/// Characters of a term at most; what is longer is cut, in texts and queries alike.
pub const TERM: usize = 48;

/// The terms of a text, each once.
pub fn terms(text: &str) -> BTreeSet<String> {
    let mut terms = BTreeSet::new();
    for token in pieces::tokens(cut(text)) {
        for form in token.forms {
            if terms.len() == TERMS {
                return terms;
            }
            terms.insert(form);
        }
    }
    terms
}

/// Where `text` has what `query` asks for, in bytes; in order, none within another.
pub fn matches(text: &str, query: &Query) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = pieces::tokens(cut(text))
        .into_iter()
        .filter(|token| query.words.iter().any(|word| word.is_any(&token.forms)))
        .map(|token| token.range)
        .collect();
    found.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    let mut apart: Vec<Range<usize>> = Vec::with_capacity(found.len());
    for range in found {
        match apart.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

/// The part of a text that is looked at.
fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(TEXT)]
}
