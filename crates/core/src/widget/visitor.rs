//! What a page tells about its visitor. Without a signature it proves nothing: it is kept as told.

use omni_model::{FieldError, normalise_email, normalise_phone};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::customers::{is_locale, is_name};
use crate::{Error, Result};

/// Characters of an id that a site gives its customer.
const EXTERNAL_ID: usize = 200;
/// Characters of a page's address.
const PAGE_URL: usize = 2_000;

/// What a page tells about its visitor.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Visitor {
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub email: Option<String>,
    #[serde(default)]
    pub phone: Option<String>,
    /// The site's own id of its customer.
    #[serde(default)]
    pub external_id: Option<String>,
    /// Hex HMAC-SHA256 of `external_id` under the widget's identity secret: proves it.
    #[serde(default)]
    pub identity_hash: Option<String>,
    #[serde(default)]
    pub locale: Option<String>,
    #[serde(default)]
    pub page_url: Option<String>,
}

/// What is kept of it with the session: told, not proven.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Told {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) phone: Option<String>,
    /// Claimed without a proof.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) external_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) locale: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) page_url: Option<String>,
}

impl Visitor {
    /// What it tells, checked. An address or a number that cannot be one is dropped: pages hand over what
    /// people typed into their forms.
    pub(super) fn told(&self) -> Result<Told> {
        let mut wrong = Vec::new();
        let mut refuse = |field: &str, detail: &str| {
            wrong.push(FieldError::new(
                format!("/visitor/{field}"),
                "invalid",
                detail,
            ));
        };
        let name = filled(self.name.as_ref());
        if name.as_deref().is_some_and(|name| !is_name(name)) {
            refuse("name", "1 to 200 characters in one line");
        }
        let external_id = filled(self.external_id.as_ref());
        if external_id.as_deref().is_some_and(|id| !is_external_id(id)) {
            refuse("external_id", "1 to 200 characters in one line");
        }
        let page_url = filled(self.page_url.as_ref());
        if page_url.as_deref().is_some_and(|url| !is_page_url(url)) {
            refuse("page_url", "an http(s) address of at most 2000 characters");
        }
        let locale = filled(self.locale.as_ref());
        if locale.as_deref().is_some_and(|locale| !is_locale(locale)) {
            refuse("locale", "a language tag such as ru or en-GB");
        }
        if self.identity_hash.is_some() && external_id.is_none() {
            refuse(
                "external_id",
                "identity_hash proves an external_id: give both",
            );
        }
        if !wrong.is_empty() {
            return Err(Error::invalid(wrong));
        }
        Ok(Told {
            name,
            email: self.email.as_deref().and_then(normalise_email),
            phone: self.phone.as_deref().and_then(normalise_phone),
            external_id,
            locale,
            page_url,
        })
    }
}

impl Told {
    /// This, and of what was told before that which it leaves out.
    pub(super) fn over(self, before: Self) -> Self {
        Self {
            name: self.name.or(before.name),
            email: self.email.or(before.email),
            phone: self.phone.or(before.phone),
            external_id: self.external_id.or(before.external_id),
            locale: self.locale.or(before.locale),
            page_url: self.page_url.or(before.page_url),
        }
    }
}

fn filled(text: Option<&String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

fn is_external_id(text: &str) -> bool {
    text.chars().count() <= EXTERNAL_ID && !text.chars().any(char::is_control)
}

fn is_page_url(text: &str) -> bool {
    text.chars().count() <= PAGE_URL
        && url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

/// What we call somebody who told no name.
const NAMELESS: [&str; 3] = ["Visitor", "Гость", "زائر"];

/// A name for somebody who told none: a word of his language, and a mark to tell him from others by.
pub(super) fn made_up_name(told: &Told, external_id: &str) -> String {
    let [english, russian, arabic] = NAMELESS;
    let word = match told.locale.as_deref().and_then(|locale| locale.get(..2)) {
        Some("ru") => russian,
        Some("ar") => arabic,
        _ => english,
    };
    let digest = Sha256::digest(external_id);
    format!("{word} {}", hex::encode_upper(&digest[..2]))
}

/// Whether a name is one that we made up.
pub(super) fn is_made_up(name: &str) -> bool {
    name.split_once(' ').is_some_and(|(word, mark)| {
        let is_mark = |b: u8| b.is_ascii_digit() || (b'A'..=b'F').contains(&b);
        NAMELESS.contains(&word) && mark.len() == 4 && mark.bytes().all(is_mark)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(json: &str) -> Result<Told> {
        serde_json::from_str::<Visitor>(json).unwrap().told()
    }

    #[test]
    fn what_is_told_is_checked() {
        let good = told(
            r#"{"name":" Анна ","email":"not one","phone":"+7 999 000-11-22","locale":"ru",
                "page_url":"https://shop.example/a?b#c"}"#,
        )
        .unwrap();
        assert_eq!(good.name.as_deref(), Some("Анна"));
        assert_eq!(
            (good.email, good.phone.as_deref()),
            (None, Some("+79990001122"))
        );
        for bad in [
            r#"{"name":"a\nb"}"#,
            r#"{"page_url":"javascript:alert(1)"}"#,
            r#"{"locale":"<script>"}"#,
            r#"{"identity_hash":"00"}"#,
        ] {
            assert!(told(bad).is_err(), "{bad}");
        }
        assert!(serde_json::from_str::<Visitor>(r#"{"role":"owner"}"#).is_err());
    }

    #[test]
    fn what_is_left_out_stays() {
        let before = told(r#"{"name":"A","email":"a@example.com"}"#).unwrap();
        let now = told(r#"{"name":"B"}"#).unwrap().over(before);
        assert_eq!(
            (now.name.as_deref(), now.email.as_deref()),
            (Some("B"), Some("a@example.com"))
        );
    }

    #[test]
    fn nobody_is_nameless() {
        let russian = Told {
            locale: Some("ru-RU".to_owned()),
            ..Told::default()
        };
        let name = made_up_name(&russian, "anon:1");
        assert!(name.starts_with("Гость ") && is_made_up(&name), "{name}");
        let none = Told::default();
        assert_ne!(made_up_name(&none, "anon:1"), made_up_name(&none, "anon:2"));
        for real in ["Visitor", "Анна 4F2A", "Visitor 4F2", "Visitor 4F2A x"] {
            assert!(!is_made_up(real), "{real}");
        }
    }
}
