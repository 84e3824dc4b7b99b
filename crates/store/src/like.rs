//! Patterns of `LIKE` in which nothing that came from outside acts as a wildcard.

use sea_orm::sea_query::LikeExpr;

/// A pattern for `text` anywhere.
pub(crate) fn containing(text: &str) -> LikeExpr {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    text.chars().for_each(|c| push(&mut pattern, c));
    pattern.push('%');
    LikeExpr::new(pattern).escape('\\')
}

/// A pattern for the letters of `text` in their order, with anything between them.
pub(crate) fn scattered(text: &str) -> LikeExpr {
    let mut pattern = String::from("%");
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        push(&mut pattern, c);
        pattern.push('%');
    }
    LikeExpr::new(pattern).escape('\\')
}

fn push(pattern: &mut String, c: char) {
    if matches!(c, '%' | '_' | '\\') {
        pattern.push('\\');
    }
    pattern.push(c);
}

/// `text` as typed, in small letters, in capitals, and as names are written. `LIKE` folds no case on one
/// engine and only ASCII on the other, and names are capitalised as a rule.
pub(crate) fn letter_cases(text: &str) -> Vec<String> {
    let capitalised = text
        .split(' ')
        .map(|part| {
            let mut letters = part.chars();
            let first = letters.next().into_iter().flat_map(char::to_uppercase);
            first
                .chain(letters.flat_map(char::to_lowercase))
                .collect::<String>()
        })
        .collect::<Vec<_>>()
        .join(" ");
    let mut forms = vec![
        text.to_owned(),
        text.to_lowercase(),
        text.to_uppercase(),
        capitalised,
    ];
    forms.sort();
    forms.dedup();
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_however_it_is_typed() {
        let forms = letter_cases("анна пет");
        assert!(forms.contains(&"Анна Пет".to_owned()));
        assert!(forms.contains(&"АННА ПЕТ".to_owned()));
        assert!(letter_cases("7").len() == 1);
    }
}
