//! What the forms of a word have in common, by the script it is written in.

use rust_stemmers::{Algorithm, Stemmer};

/// The shortest word that is stemmed.
const SHORTEST: usize = 3;
/// The article, alone and behind the conjunctions and prepositions that are written with it.
const ARTICLES: [&str; 6] = ["وال", "فال", "بال", "كال", "لل", "ال"];

/// The stem of a folded word. A word that mixes scripts or has digits is its own.
pub fn stem(folded: &str) -> String {
    let Some(algorithm) = algorithm(folded) else {
        return folded.to_owned();
    };
    // Snowball takes these nouns for imperatives: `запись` would not meet `записи`.
    if let Some(noun) = folded
        .strip_suffix('ь')
        .filter(|word| word.ends_with("пис"))
    {
        return noun.to_owned();
    }
    let stem = Stemmer::create(algorithm).stem(without_article(folded));
    if stem.is_empty() {
        folded.to_owned()
    } else {
        stem.into_owned()
    }
}

/// An Arabic word without the article. Snowball takes it off by itself, but then leaves the ending on.
fn without_article(folded: &str) -> &str {
    let bare = ARTICLES.iter().find_map(|it| folded.strip_prefix(it));
    bare.filter(|word| word.chars().count() >= SHORTEST)
        .unwrap_or(folded)
}

fn algorithm(folded: &str) -> Option<Algorithm> {
    let are = |of: fn(char) -> bool| folded.chars().all(of);
    if folded.chars().count() < SHORTEST {
        None
    } else if are(|c| c.is_ascii_lowercase()) {
        Some(Algorithm::English)
    } else if are(|c| matches!(c, 'а'..='я')) {
        Some(Algorithm::Russian)
    } else if are(|c| matches!(c, '\u{621}'..='\u{64a}')) {
        Some(Algorithm::Arabic)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold;

    fn all_meet(forms: &[&str]) {
        let stems: Vec<_> = forms.iter().map(|form| stem(&fold(form))).collect();
        assert!(
            stems.iter().all(|one| *one == stems[0]),
            "{forms:?} {stems:?}"
        );
    }

    #[test]
    fn forms_of_a_word_meet() {
        all_meet(&["стрижка", "стрижки", "стрижку", "СТРИЖКОЙ", "стрижками"]);
        all_meet(&["запись", "записи", "записью"]);
        all_meet(&["ребёнок", "ребенок"]);
        all_meet(&["доставка", "доставки", "доставку", "доставкой"]);
        all_meet(&["appointment", "appointments", "Appointment"]);
        all_meet(&["booking", "booked", "books"]);
        all_meet(&["delivery", "deliveries"]);
        all_meet(&["موعد", "الموعد", "مَوْعِد"]);
        all_meet(&["مدرسة", "المدرسة", "مدرسه"]);
        all_meet(&["حجز", "الحجز", "والحجز"]);
    }

    #[test]
    fn other_words_do_not() {
        for (one, other) in [("стол", "столица"), ("цена", "цель"), ("price", "prince")]
        {
            assert_ne!(stem(one), stem(other));
        }
        for own in ["ab12", "я", "日本語", "аbв", ""] {
            assert_eq!(stem(own), own);
        }
    }
}
