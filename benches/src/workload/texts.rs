//! Russian texts as customers write them.

use super::random::{below, mix};

/// How many different texts there are; the number in front makes each message unique.
const TEXTS: u64 = 1024;
/// Characters that the number in front takes: `#123456789 `.
pub(super) const MARK: usize = 11;
const SHORTEST: u64 = 20;
const LONGEST: u64 = 400;

const WORDS: &[&str] = &[
    "здравствуйте",
    "добрый",
    "день",
    "подскажите",
    "пожалуйста",
    "можно",
    "записаться",
    "на",
    "завтра",
    "стрижку",
    "сколько",
    "стоит",
    "окрашивание",
    "маникюр",
    "у",
    "вас",
    "есть",
    "свободное",
    "время",
    "после",
    "шести",
    "вечера",
    "хочу",
    "перенести",
    "запись",
    "не",
    "смогу",
    "прийти",
    "заказ",
    "ещё",
    "не",
    "приехал",
    "когда",
    "доставка",
    "вернуть",
    "деньги",
    "за",
    "товар",
    "карта",
    "не",
    "прошла",
    "оплата",
    "чек",
    "нужен",
    "мастер",
    "Ольга",
    "работает",
    "в",
    "субботу",
    "спасибо",
    "большое",
    "жду",
    "ответа",
    "это",
    "срочно",
    "а",
    "если",
    "я",
    "опоздаю",
    "минут",
    "десять",
    "ничего",
    "страшного",
];

/// A set of texts with lengths spread evenly from 20 to 400 characters, as JSON carries them.
///
/// Telegram escapes everything beyond ASCII as `\uXXXX`, so a Cyrillic letter is six bytes on the wire.
pub(crate) struct Texts {
    escaped: Vec<String>,
}

impl Texts {
    pub(crate) fn new() -> Self {
        let escaped = (0..TEXTS).map(|seed| escape(&text(seed))).collect();
        Self { escaped }
    }

    /// The text that a random number picks, without its mark.
    pub(super) fn pick(&self, random: u64) -> &str {
        let at = below(random, TEXTS);
        &self.escaped[usize::try_from(at).unwrap_or(0)]
    }
}

fn text(seed: u64) -> String {
    let length = SHORTEST + below(mix(seed), LONGEST - SHORTEST + 1);
    let length = usize::try_from(length).unwrap_or(0) - MARK;
    let mut text = String::new();
    let mut characters = 0;
    for word in 0.. {
        if characters >= length {
            break;
        }
        let at = below(mix(seed << 16 | word), WORDS.len() as u64);
        let word = WORDS[usize::try_from(at).unwrap_or(0)];
        text.push_str(word);
        text.push(' ');
        characters += word.chars().count() + 1;
    }
    text.chars().take(length).collect()
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() * 3);
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(ascii @ b' '..=b'~') => escaped.push(char::from(ascii)),
            _ => escaped.push_str(&format!("\\u{unit:04x}")),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_spread_over_the_promised_range() {
        let lengths: Vec<usize> = (0..TEXTS)
            .map(|seed| text(seed).chars().count() + MARK)
            .collect();
        assert!(lengths.iter().all(|&n| (20..=400).contains(&n)));
        let mean = lengths.iter().sum::<usize>() / lengths.len();
        assert!((190..230).contains(&mean), "{mean}");
    }

    #[test]
    fn json_reads_back_what_was_written() {
        for seed in 0..50 {
            let json = format!("\"{}\"", escape(&text(seed)));
            assert!(json.is_ascii());
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text(seed));
        }
    }
}
