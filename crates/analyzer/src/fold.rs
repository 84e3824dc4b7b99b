//! Differences of writing that do not make another word: case, accents, Arabic vowel signs.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::TERM;

/// Folding may bring characters together that fold again; by then it is over.
const ROUNDS: usize = 4;

/// A word without what only its writing differs in. Folding twice is folding once.
pub fn fold(word: &str) -> String {
    let mut folded = once(word);
    for _ in 0..ROUNDS {
        let again = once(&folded);
        if again == folded {
            break;
        }
        folded = again;
    }
    folded
}

fn once(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    let plain = word.nfkc().flat_map(char::to_lowercase).nfc();
    for c in plain {
        push(c, &mut folded);
    }
    match folded.char_indices().nth(TERM) {
        Some((end, _)) => {
            folded.truncate(end);
            folded
        }
        None => folded,
    }
}

fn push(c: char, folded: &mut String) {
    match c {
        'ё' => folded.push('е'),
        // Hamza above or below, madda, wasla: alef.
        'أ' | 'إ' | 'آ' | 'ٱ' => folded.push('ا'),
        'ى' | 'ی' => folded.push('ي'),
        'ک' => folded.push('ك'),
        'ة' => folded.push('ه'),
        // Arabic and Persian digits.
        '٠'..='٩' => digit(c, '٠', folded),
        '۰'..='۹' => digit(c, '۰', folded),
        'ß' => folded.push_str("ss"),
        'æ' => folded.push_str("ae"),
        'œ' => folded.push_str("oe"),
        'ø' => folded.push('o'),
        'ł' => folded.push('l'),
        'đ' => folded.push('d'),
        'ı' => folded.push('i'),
        _ if is_silent(c) => {}
        _ if is_latin_or_greek(c) => folded.extend(
            std::iter::once(c)
                .nfd()
                .filter(|part| !is_combining_mark(*part)),
        ),
        _ => folded.push(c),
    }
}

fn digit(c: char, zero: char, folded: &mut String) {
    let value = u32::from(c) - u32::from(zero);
    folded.extend(char::from_digit(value, 10));
}

/// Accents that did not become part of a letter, Arabic and Hebrew vowel signs, the stretching of Arabic letters,
/// apostrophes, and characters without a width.
fn is_silent(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}'
        | '\u{591}'..='\u{5c7}'
        | '\u{610}'..='\u{61a}'
        | '\u{640}'
        | '\u{64b}'..='\u{65f}'
        | '\u{670}'
        | '\u{6d6}'..='\u{6ed}'
        | '\'' | '\u{2019}'
        | '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{fe00}'..='\u{fe0f}')
}

fn is_latin_or_greek(c: char) -> bool {
    matches!(c, '\u{c0}'..='\u{24f}' | '\u{370}'..='\u{3ff}' | '\u{1e00}'..='\u{1fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writings_meet() {
        for (one, other) in [
            ("ЁЛКА", "елка"),
            ("Café", "cafe"),
            ("cafe\u{301}", "CAFÉ"),
            ("й", "и\u{306}"),
            ("مُحَمَّد", "محمد"),
            ("أحمد", "احمد"),
            ("مدرسة", "مدرسه"),
            ("على", "علي"),
            ("مـــرحبا", "مرحبا"),
            ("٠١٢٣", "0123"),
            ("Straße", "STRASSE"),
            ("ＡＢＣ１", "abc1"),
            ("don’t", "dont"),
            ("Ίδιο", "ιδιο"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
        assert_ne!(fold("мой"), fold("мои"));
    }

    #[test]
    fn long_words_are_cut() {
        assert_eq!(fold(&"ё".repeat(5_000)).chars().count(), TERM);
    }
}
