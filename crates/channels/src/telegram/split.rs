//! Cutting a text into pieces that a message can hold, where a reader would.

use unicode_segmentation::GraphemeCursor;

/// Cuts a text into pieces of at most `most` UTF-16 code units: after a paragraph, a line, a sentence
/// or a word, and only where there is none of these, between two characters as a reader sees them.
/// White space at the cuts goes. Nothing else is lost, and no piece is empty.
pub(super) fn split(text: &str, most: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = match longest_prefix(rest, most) {
            end if end == rest.len() => end,
            end => border(rest, end),
        };
        let (piece, later) = rest.split_at(end);
        pieces.push(piece.trim_end());
        rest = later.trim_start();
    }
    pieces
}

/// The units of a text, as Telegram counts them.
pub(super) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// The end of the longest prefix of at most `most` units; at least one character.
fn longest_prefix(text: &str, most: usize) -> usize {
    let mut used = 0;
    for (start, c) in text.char_indices() {
        used += c.len_utf16();
        if used > most && start > 0 {
            return start;
        }
    }
    text.len()
}

/// The best place to cut at or before `end`. The first half is not searched: short pieces read badly.
fn border(text: &str, end: usize) -> usize {
    let half = text.floor_char_boundary(end / 2);
    let window = &text[half..end];
    let after = |place: usize| half + place;
    // A space may stand exactly where the piece is full.
    let full_word = text[end..].starts_with(char::is_whitespace).then_some(end);

    let paragraph = window.rfind("\n\n").map(after);
    let line = || window.rfind('\n').map(after);
    let sentence = || sentence_end(window).map(after);
    let word = || window.rfind(char::is_whitespace).map(after);
    paragraph
        .or_else(line)
        .or_else(sentence)
        .or(full_word)
        .or_else(word)
        .filter(|&place| place > 0)
        .unwrap_or_else(|| grapheme_border(text, end))
}

/// Just after the last sentence of a text that goes on.
fn sentence_end(text: &str) -> Option<usize> {
    let ends = |c: char| matches!(c, '.' | '!' | '?' | '…' | '؟' | '۔' | '。' | '！' | '？');
    let mut place = None;
    let mut previous: Option<char> = None;
    for (start, c) in text.char_indices() {
        let spaced = c.is_whitespace() && previous.is_some_and(ends);
        if spaced {
            place = Some(start);
        }
        previous = Some(c);
    }
    place
}

/// Not through an emoji or a letter with its marks, unless it is longer than a whole piece.
fn grapheme_border(text: &str, end: usize) -> usize {
    let mut cursor = GraphemeCursor::new(end, text.len(), true);
    if matches!(cursor.is_boundary(text, 0), Ok(true)) {
        return end;
    }
    match cursor.prev_boundary(text, 0) {
        Ok(Some(place)) if place > 0 => place,
        _ => end,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation;

    use super::*;

    #[test]
    fn short_texts_stay_whole() {
        assert_eq!(split("  привет \n", 10), ["привет"]);
        assert!(split(" \n\t ", 10).is_empty());
        assert!(split("", 10).is_empty());
    }

    #[test]
    fn cuts_fall_where_a_reader_would_cut() {
        assert_eq!(
            split("one two\n\nthree four", 14),
            ["one two", "three four"]
        );
        assert_eq!(split("first line\nsecond", 14), ["first line", "second"]);
        assert_eq!(
            split("Yes indeed. Quite so.", 15),
            ["Yes indeed.", "Quite so."]
        );
        assert_eq!(
            split("ما هذا؟ لا أعرف شيئا", 10),
            ["ما هذا؟", "لا أعرف", "شيئا"]
        );
        assert_eq!(split("alpha beta gamma", 11), ["alpha beta", "gamma"]);
        assert_eq!(split("abcdefghij", 4), ["abcd", "efgh", "ij"]);
    }

    #[test]
    fn emoji_and_marks_stay_together() {
        let family = "👨\u{200d}👩\u{200d}👧\u{200d}👦"; // 11 units, one character to the eye
        let text = family.repeat(5);
        let pieces = split(&text, 30);
        assert_eq!(
            pieces
                .iter()
                .map(|p| p.graphemes(true).count())
                .sum::<usize>(),
            5
        );
        assert_eq!(pieces[0], family.repeat(2));
        let stacked = format!("a{}", "\u{301}".repeat(50));
        assert_eq!(split(&stacked, 20).concat(), stacked);
    }

    proptest! {
        #[test]
        fn nothing_but_white_space_at_the_cuts_is_lost(
            text in "([a-zа-я]{1,12}[ .!\n]{0,2}|👍🏽|e\u{301}|\\PC){0,400}",
            most in 4_usize..200,
        ) {
            let pieces = split(&text, most);
            for piece in &pieces {
                prop_assert!(!piece.trim().is_empty());
                prop_assert!(units(piece) <= most);
            }
            let ink = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(ink(&pieces.concat()), ink(&text));
        }
    }
}
