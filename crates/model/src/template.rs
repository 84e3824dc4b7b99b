//! Texts with variables: `{{customer.name}}`, or `{{customer.name|there}}` with what to say where the value is
//! empty. One pass: what a value says is never read as a variable again.

use crate::word_enum;

word_enum! {
    /// What a text may ask for.
    Variable {
        CustomerName = "customer.name",
        /// The first word of the name.
        CustomerFirstName = "customer.first_name",
        CustomerEmail = "customer.email",
        CustomerPhone = "customer.phone",
        OperatorName = "operator.name",
        OperatorFirstName = "operator.first_name",
        CompanyName = "company.name",
    }
}

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// There is no such variable. Its name is not repeated: it came from outside.
    #[error("there is no such variable")]
    Unknown,
    /// `{{` without its `}}` in the same line.
    #[error("a variable does not end")]
    Unclosed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    Value(Variable, &'a str),
}

/// A text that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template<'a>(Vec<Piece<'a>>);

impl<'a> Template<'a> {
    /// Reads a text. Variables that do not exist are refused, so that no customer ever sees one.
    pub fn parse(text: &'a str) -> Result<Self, TemplateError> {
        let (mut pieces, mut rest) = (Vec::new(), text);
        while let Some((before, after)) = rest.split_once("{{") {
            let (inside, behind) = after.split_once("}}").ok_or(TemplateError::Unclosed)?;
            if inside.contains("{{") || inside.contains('\n') {
                return Err(TemplateError::Unclosed);
            }
            let (name, fallback) = inside.split_once('|').unwrap_or((inside, ""));
            let variable = name.trim().parse().map_err(|_| TemplateError::Unknown)?;
            pieces.push(Piece::Text(before));
            pieces.push(Piece::Value(variable, fallback.trim()));
            rest = behind;
        }
        pieces.push(Piece::Text(rest));
        Ok(Self(pieces))
    }

    /// The text with `value` for each variable; an empty value leaves the fallback.
    pub fn render(&self, value: impl Fn(Variable) -> Option<String>) -> String {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(words) => text.push_str(words),
                Piece::Value(variable, fallback) => {
                    let known = value(*variable).filter(|known| !known.trim().is_empty());
                    text.push_str(known.as_deref().map_or(*fallback, str::trim));
                }
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rendered(text: &str, name: &str) -> Result<String, TemplateError> {
        let value = |variable| (variable == Variable::CustomerName).then(|| name.to_owned());
        Ok(Template::parse(text)?.render(value))
    }

    #[test]
    fn variables_are_filled_in() {
        for (text, name, expected) in [
            ("Hi, {{customer.name}}!", "Anna", "Hi, Anna!"),
            ("Hi, {{ customer.name | there }}!", " ", "Hi, there!"),
            ("Hi, {{customer.name|there}}!", "Anna", "Hi, Anna!"),
            ("Hi{{customer.name}}!", "", "Hi!"),
            ("{{company.name|us|them}}", "", "us|them"),
            ("}} { } {customer.name}", "Anna", "}} { } {customer.name}"),
        ] {
            assert_eq!(rendered(text, name).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_variable_is_refused() {
        for (text, error) in [
            ("{{customer.password}}", TemplateError::Unknown),
            ("{{}}", TemplateError::Unknown),
            ("{{|x}}", TemplateError::Unknown),
            ("{{customer.name", TemplateError::Unclosed),
            ("{{customer.name\n}}", TemplateError::Unclosed),
            (
                "{{customer.name|{{company.name}}}}",
                TemplateError::Unclosed,
            ),
        ] {
            assert_eq!(Template::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_value_is_not_a_text_with_variables() {
        let name = "{{company.name|x}}";
        assert_eq!(rendered("{{customer.name}}", name).unwrap(), name);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,200}") {
            if let Ok(template) = Template::parse(&text)
                && !text.contains("{{")
            {
                prop_assert_eq!(template.render(|_| None), text);
            }
        }

        #[test]
        fn any_value_comes_out_as_it_went_in(name in "[^ \\s](.{0,50}[^ \\s])?") {
            let expected = format!("a {name} b");
            prop_assert_eq!(rendered("a {{customer.name|x}} b", &name).unwrap(), expected);
        }
    }
}
