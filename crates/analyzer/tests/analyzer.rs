//! What is found by what, in three languages; and nothing that anybody can write breaks it.

use omni_analyzer::{Query, TERM, TERMS, fold, matches, stem, terms};
use proptest::prelude::*;

/// Whether a search for `query` finds `text`.
fn finds(query: &str, text: &str) -> bool {
    let (query, terms) = (Query::read(query), terms(text));
    !query.words.is_empty()
        && query.words.iter().all(|word| {
            word.exact.iter().any(|exact| terms.contains(exact))
                || word.beginnings.iter().any(|beginning| {
                    let mut from = terms.range(beginning.clone()..);
                    from.next()
                        .is_some_and(|term| term.starts_with(beginning.as_str()))
                })
        })
}

#[test]
fn words_are_found_in_all_their_forms() {
    for (query, text) in [
        ("стрижка", "Хочу записаться на стрижку к Ольге"),
        ("записи ольга ", "Записью занимается Ольга."),
        ("ёлка", "Почём елки?"),
        ("appointments", "Can I move my appointment to Friday?"),
        ("appointmen", "Can I move my appointment to Friday?"),
        ("salon", "The salon's door is closed"),
        ("cafe", "Meet me at the CAFÉ!"),
        ("الموعد", "أريد تغيير موعد الحلاقة"),
        ("احمد", "اسمي أَحْمَد"),
        ("прив", "Привет!"),
        ("привет в", "Привет, Анна"),
        ("67-89", "345-67-89"),
        ("100%", "Скидка 100% сегодня"),
        ("東京", "東京に行きます"),
    ] {
        assert!(finds(query, text), "{query} in {text}");
    }
    for (query, text) in [
        ("стрижка маникюр", "Хочу записаться на стрижку"),
        ("прив ", "Привет!"),
        ("а", "арбуз"),
        ("%", "100%"),
        ("", "Привет"),
        ("\" OR * NEAR(", "Привет"),
    ] {
        assert!(!finds(query, text), "{query} in {text}");
    }
}

#[test]
fn numbers_codes_and_addresses_are_found() {
    let phone = "Мой телефон +7 (912) 345-67-89, звоните";
    for query in [
        "6789",
        "345-67-89",
        "+79123456789",
        "8 912 345 67 89",
        "9123456789",
        "912",
    ] {
        assert!(finds(query, phone), "{query}");
        if query != "912" {
            assert!(finds(query, "+79123456789"), "{query}");
        }
    }
    assert!(!finds("7890", phone));
    let order = "Где заказ AB-1234/56 на anna.petrova@mail.ru?";
    for query in [
        "ab-1234",
        "AB123456",
        "1234",
        "anna.petrova@mail.ru",
        "anna.pe",
        "petrova@mail",
    ] {
        assert!(finds(query, order), "{query}");
    }
    assert!(finds("٠٩١٢", "0912"));
}

#[test]
fn what_is_found_is_shown_where_it_stands() {
    let text = "Ёлки и ёлочка: +7 912 345-67-89 и ELKI";
    let shown = |query: &str| -> Vec<&str> {
        matches(text, &Query::read(query))
            .into_iter()
            .map(|range| &text[range])
            .collect()
    };
    assert_eq!(shown("елка "), ["Ёлки"]);
    assert_eq!(shown("ело"), ["ёлочка"]);
    assert_eq!(shown("6789"), ["7 912 345-67-89"]);
    assert_eq!(shown("elk"), ["ELKI"]);
    assert!(shown("нет").is_empty());
}

#[test]
fn there_is_a_bound_to_everything() {
    let long = "слово ".repeat(100_000);
    assert_eq!(terms(&long).len(), 2);
    let many: String = (0..50_000).map(|n| format!("w{n} ")).collect();
    assert_eq!(terms(&many).len(), TERMS);
    assert_eq!(Query::read(&many).words.len(), 16);
    assert!(
        terms(&"x".repeat(100_000))
            .iter()
            .all(|term| term.len() <= TERM)
    );
}

proptest! {
    #[test]
    fn folding_twice_is_folding_once(word in "\\PC*") {
        let folded = fold(&word);
        prop_assert_eq!(fold(&folded), folded);
    }

    #[test]
    fn any_text_becomes_plain_terms(text in any::<String>()) {
        for term in terms(&text) {
            let term = term.strip_prefix('~').unwrap_or(&term);
            prop_assert!(!term.is_empty() && term.chars().count() <= TERM);
            prop_assert!(!term.contains([' ', '"', '\'', '*', '\\', '\0', '(', ')', ':', '&', '|', '!', '<']), "{}", term);
        }
        let query = Query::read(&text);
        for range in matches(&text, &query) {
            prop_assert!(text.get(range).is_some());
        }
    }

    #[test]
    fn stems_of_any_word_exist(word in "[а-яё]{1,30}|[a-z']{1,30}|[\\u{621}-\\u{652}]{1,30}") {
        let folded = fold(&word);
        prop_assert!(folded.is_empty() || !stem(&folded).is_empty());
    }

    #[test]
    fn a_text_is_found_by_each_of_its_words(text in "[а-яёa-z0-9 ,]{1,80}") {
        for word in text.split([' ', ',']).filter(|word| !word.is_empty()) {
            prop_assert!(finds(word, &text), "{} in {}", word, text);
        }
    }
}
