//! The part of a text that shows why it was found.

use omni_analyzer::Query;
use serde::Serialize;

/// Characters of a snippet.
const LENGTH: usize = 200;
/// Characters before the first hit.
const BEFORE: usize = 60;

/// A part of a snippet: plain text, never markup. The parts one after the other are the snippet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SnippetPiece {
    pub text: String,
    /// Whether it is what was looked for.
    pub hit: bool,
}

/// The part of `text` around the first hit.
pub(super) fn snippet(text: &str, query: &Query) -> Vec<SnippetPiece> {
    let hits = omni_analyzer::matches(text, query);
    let first = hits.first().map_or(0, |hit| hit.start);
    let start = begin(text, first);
    let end = text[start..]
        .char_indices()
        .nth(LENGTH)
        .map_or(text.len(), |(at, _)| start + at);
    let mut pieces = Vec::new();
    let mut push = |text: &str, hit: bool| {
        if !text.is_empty() {
            let text = text.to_owned();
            pieces.push(SnippetPiece { text, hit });
        }
    };
    if start > 0 {
        push("…", false);
    }
    let mut at = start;
    for hit in hits.iter().filter(|hit| hit.start < end) {
        push(&text[at..hit.start], false);
        at = hit.end.min(end);
        push(&text[hit.start..at], true);
    }
    push(&text[at..end], false);
    if end < text.len() {
        push("…", false);
    }
    pieces
}

/// Where a snippet begins whose first hit is at `first`: a little before it, at the beginning of a word if there is one.
fn begin(text: &str, first: usize) -> usize {
    let before = &text[..first];
    let Some((at, _)) = before.char_indices().rev().nth(BEFORE) else {
        return 0;
    };
    let word = before[at..].find(char::is_whitespace);
    word.map_or(at, |space| {
        let rest = &before[at + space..];
        first - rest.trim_start().len()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, query: &str) -> String {
        snippet(text, &Query::read(query))
            .into_iter()
            .map(|piece| match piece.hit {
                true => format!("[{}]", piece.text),
                false => piece.text,
            })
            .collect()
    }

    #[test]
    fn hits_are_marked_where_they_stand() {
        assert_eq!(
            shown("Можно на стрижку и <b>укладку</b>?", "стрижка укладка "),
            "Можно на [стрижку] и <b>[укладку]</b>?"
        );
        assert_eq!(shown("Ничего", "другое"), "Ничего");
        assert_eq!(shown("", "другое"), "");
    }

    #[test]
    fn long_texts_are_cut_at_words() {
        let text = format!("{} цель {}", "слово ".repeat(100), "дальше ".repeat(100));
        let shown = shown(&text, "цель ");
        assert!(shown.starts_with("…слово "), "{shown}");
        assert!(shown.contains(" [цель] дальше"), "{shown}");
        assert!(shown.ends_with('…') && shown.chars().count() < LENGTH + 6);
    }

    #[test]
    fn a_hit_longer_than_the_snippet_is_cut() {
        let text = "ж".repeat(1_000);
        assert!(shown(&text, "жжж").chars().count() < LENGTH + 6);
    }
}
