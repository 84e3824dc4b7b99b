//! What somebody looks for.

use crate::pieces::{Piece, backwards, digits, groups, pieces};
use crate::{cut, stem};

/// Words of a query that count; more are left aside.
const WORDS: usize = 16;
/// Digits by which a number is found from its end.
const LAST_DIGITS: usize = 4;
/// Digits that somebody who writes them in groups means as one number.
const ONE_NUMBER: usize = 7;
/// Characters of a word that is found by its beginning.
const BEGINNING: usize = 2;

/// What somebody looks for: a text that has all of these words. Without a word nothing is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pub words: Vec<Word>,
}

/// A word of a query. A text has it when it has one of these terms, or one that begins like this.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    pub exact: Vec<String>,
    pub beginnings: Vec<String>,
}

impl Word {
    /// Whether any of these terms is it.
    pub(crate) fn is_any(&self, terms: &[String]) -> bool {
        terms.iter().any(|term| {
            self.exact.contains(term)
                || self
                    .beginnings
                    .iter()
                    .any(|beginning| term.starts_with(beginning.as_str()))
        })
    }
}

impl Query {
    /// Reads what was typed. The last word may be unfinished, unless something stands after it.
    pub fn read(text: &str) -> Self {
        let text = cut(text);
        let pieces = pieces(text);
        let numbers: Vec<&[Piece]> = groups(text, &pieces)
            .filter(|run| run.len() > 1 && digits(run).len() >= ONE_NUMBER)
            .collect();
        let mut words = Vec::new();
        let mut at = 0;
        while at < pieces.len() && words.len() < WORDS {
            let piece = &pieces[at];
            let run = numbers
                .iter()
                .find(|run| run[0].range.start == piece.range.start);
            let taken = run.map_or(1, |run| run.len());
            let unfinished = pieces[at + taken - 1].range.end == text.len();
            let word = match run {
                Some(run) => number(&digits(run)),
                None if piece.is_number() => number(&piece.folded),
                None => Word {
                    exact: vec![stem(&piece.folded)],
                    beginnings: Vec::new(),
                },
            };
            at += taken;
            if !unfinished || run.is_some() {
                words.push(word);
            } else if piece.folded.chars().count() >= BEGINNING {
                words.push(word.beginning_with(&piece.folded));
            } else if words.is_empty() {
                // A single letter that goes on says too little, unless it is all there is.
                words.push(word);
            }
        }
        Self { words }
    }
}

fn number(digits: &str) -> Word {
    let beginnings = if digits.len() >= LAST_DIGITS {
        vec![backwards(digits)]
    } else {
        Vec::new()
    };
    Word {
        exact: vec![digits.to_owned()],
        beginnings,
    }
}

impl Word {
    fn beginning_with(mut self, folded: &str) -> Self {
        self.beginnings.push(folded.to_owned());
        self
    }
}
