//! Words, numbers, codes and phone numbers of a text, and where they are.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

use crate::{TERM, fold, stem};

/// Digits of a phone number written in groups.
const PHONE: Range<usize> = 7..16;
/// What stands between the groups of a phone number at most.
const PHONE_GAP: usize = 3;
/// Parts of a code at most.
const CODE: usize = 6;

/// A word as it is written.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub(crate) range: Range<usize>,
    pub(crate) folded: String,
}

impl Piece {
    pub(crate) fn is_number(&self) -> bool {
        self.folded.bytes().all(|b| b.is_ascii_digit())
    }

    fn has_digit(&self) -> bool {
        self.folded.bytes().any(|b| b.is_ascii_digit())
    }
}

/// Something that can be found, and the terms it is found by.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) range: Range<usize>,
    pub(crate) forms: Vec<String>,
}

/// The words of a text.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (start, word) in text.unicode_word_indices() {
        // `mail.ru`, `3.14` and `snake_case` are one word to Unicode.
        let mut begun = None;
        for (at, c) in word.char_indices().chain([(word.len(), ' ')]) {
            match (is_of_word(c), begun) {
                (true, None) => begun = Some(at),
                (false, Some(from)) => {
                    push(text, start + from..start + at, &mut pieces);
                    begun = None;
                }
                _ => {}
            }
        }
    }
    pieces
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '\'' | '’' | '\u{200c}' | '\u{200d}')
}

fn push(text: &str, range: Range<usize>, pieces: &mut Vec<Piece>) {
    let word = &text[range.clone()];
    let word = word.trim_end_matches("'s").trim_end_matches("’s");
    let folded = fold(word);
    // Marks alone, or what folding leaves of a symbol, are no word.
    if folded.chars().any(char::is_alphanumeric) {
        let folded = folded.split_whitespace().collect();
        pieces.push(Piece { range, folded });
    }
}

/// Everything that can be found in a text.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let pieces = pieces(text);
    let mut tokens: Vec<Token> = pieces.iter().map(word).collect();
    tokens.extend(codes(text, &pieces));
    tokens.extend(phones(text, &pieces));
    tokens
}

fn word(piece: &Piece) -> Token {
    let mut forms = vec![stem(&piece.folded)];
    // For those who have not typed the whole word yet.
    if forms[0] != piece.folded {
        forms.push(piece.folded.clone());
    }
    Token {
        range: piece.range.clone(),
        forms,
    }
}

/// Codes such as `AB-1234` are found as `ab1234`, too.
fn codes<'a>(text: &'a str, pieces: &'a [Piece]) -> impl Iterator<Item = Token> + 'a {
    runs(pieces, |before, after| is_code_gap(text, before, after))
        .filter(|run| run.len() <= CODE && run.iter().any(Piece::has_digit))
        .map(|run| Token {
            range: span(run),
            forms: vec![joined(run)],
        })
}

/// Phone numbers are found by their last digits: each is a term that is read from its end.
fn phones<'a>(text: &'a str, pieces: &'a [Piece]) -> impl Iterator<Item = Token> + 'a {
    groups(text, pieces)
        .map(|run| (run, digits(run)))
        .filter(|(_, digits)| PHONE.contains(&digits.len()))
        .map(|(run, digits)| Token {
            range: span(run),
            forms: vec![backwards(&digits)],
        })
}

/// Runs of numbers that could be the groups of a phone number.
pub(crate) fn groups<'a>(
    text: &'a str,
    pieces: &'a [Piece],
) -> impl Iterator<Item = &'a [Piece]> + 'a {
    let joins = |before: &Piece, after: &Piece| {
        before.is_number() && after.is_number() && is_phone_gap(text, before, after)
    };
    let all = pieces.chunk_by(joins);
    all.filter(|run| run.iter().all(Piece::is_number))
}

/// Runs of two pieces or more.
fn runs<'a>(
    pieces: &'a [Piece],
    joins: impl FnMut(&Piece, &Piece) -> bool + 'a,
) -> impl Iterator<Item = &'a [Piece]> + 'a {
    pieces.chunk_by(joins).filter(|run| run.len() > 1)
}

fn gap<'a>(text: &'a str, before: &Piece, after: &Piece) -> &'a str {
    text.get(before.range.end..after.range.start)
        .unwrap_or_default()
}

fn is_code_gap(text: &str, before: &Piece, after: &Piece) -> bool {
    matches!(gap(text, before, after), "-" | "/" | "_" | "." | "#" | "")
}

fn is_phone_gap(text: &str, before: &Piece, after: &Piece) -> bool {
    let gap = gap(text, before, after);
    gap.chars().count() <= PHONE_GAP
        && gap
            .chars()
            .all(|c| matches!(c, ' ' | '\u{a0}' | '-' | '‑' | '–' | '(' | ')' | '.'))
}

fn span(run: &[Piece]) -> Range<usize> {
    let start = run.first().map_or(0, |piece| piece.range.start);
    start..run.last().map_or(start, |piece| piece.range.end)
}

/// The pieces of a run as one.
fn joined(run: &[Piece]) -> String {
    let all = run.iter().flat_map(|piece| piece.folded.chars());
    all.take(TERM).collect()
}

pub(crate) fn digits(run: &[Piece]) -> String {
    run.iter().map(|piece| piece.folded.as_str()).collect()
}

/// A number as a term that is read from its end. Ten digits are enough: what stands before them differs by country and
/// by habit.
pub(crate) fn backwards(digits: &str) -> String {
    let last: String = digits.chars().rev().take(10).collect();
    format!("~{last}")
}
