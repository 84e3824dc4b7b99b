//! What each kind of channel can be set to, and what it keeps secret.

use std::collections::BTreeMap;

use omni_model::{FieldError, limits};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use crate::customers::{is_locale, is_name};
use crate::{Error, Result};

/// Origins of one widget.
const ORIGINS: usize = 100;
/// Languages of a greeting, and characters of each.
const GREETINGS: usize = 20;
const GREETING: usize = 1_000;

/// How Telegram hands updates over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TelegramMode {
    /// Telegram calls us: needs a public https address.
    Webhook,
    /// We ask Telegram.
    Polling,
}

/// `settings` of a Telegram channel, as a client sends them.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TelegramWish {
    /// The default is what can work at this installation's public address.
    #[serde(default)]
    mode: Option<TelegramMode>,
    /// As the settings show it; with it the mode is ours to choose.
    #[serde(default)]
    automatic: bool,
}

/// `settings` of a Telegram channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TelegramSettings {
    pub(crate) mode: TelegramMode,
    /// Whether we chose the mode, and may choose another where it does not work.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) automatic: bool,
}

impl TelegramWish {
    /// The settings, with what was left open settled.
    pub(super) fn settle(self, public_url: &Url) -> TelegramSettings {
        let wished = self.mode.filter(|_| !self.automatic);
        TelegramSettings {
            mode: wished.unwrap_or(match public_url.scheme() {
                "https" => TelegramMode::Webhook,
                _ => TelegramMode::Polling,
            }),
            automatic: wished.is_none(),
        }
    }
}

/// `secrets` of a Telegram channel, as a client sends them.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TelegramToken {
    pub(super) bot_token: String,
}

/// What a Telegram channel keeps secret.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct TelegramSecrets {
    pub(crate) bot_token: String,
    /// Comes with every webhook call.
    pub(crate) webhook_secret: String,
}

/// `settings` of a widget.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WidgetSettings {
    /// Sites that may carry it, such as `https://shop.example`; empty = any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed_origins: Vec<String>,
    /// `#rrggbb`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// By language.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub greeting: BTreeMap<String, String>,
    /// What its head says; the channel's name unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl WidgetSettings {
    /// Whether a page of this origin may carry the widget. A request without one is no page's of another
    /// site: browsers name it there.
    pub(crate) fn admits(&self, origin: Option<&str>) -> bool {
        let listed = |origin: &str| self.allowed_origins.iter().any(|allowed| allowed == origin);
        self.allowed_origins.is_empty() || origin.is_none_or(listed)
    }

    pub(super) fn check(&self) -> Result<()> {
        let mut wrong = Vec::new();
        let mut refuse = |field: &str, detail: &str| {
            wrong.push(FieldError::new(
                format!("/settings/{field}"),
                "invalid",
                detail,
            ));
        };
        let origins = &self.allowed_origins;
        if origins.len() > ORIGINS || !origins.iter().all(|origin| is_origin(origin)) {
            refuse(
                "allowed_origins",
                "at most 100 origins such as https://shop.example",
            );
        }
        if self.color.as_deref().is_some_and(|color| !is_color(color)) {
            refuse("color", "a colour such as #7c3aed");
        }
        let greets = |(language, text): (&String, &String)| {
            is_locale(language) && text.chars().count() <= GREETING
        };
        if self.greeting.len() > GREETINGS || !self.greeting.iter().all(greets) {
            refuse("greeting", "at most 20 languages, 1000 characters each");
        }
        if self.name.as_deref().is_some_and(|name| !is_name(name)) {
            refuse("name", "1 to 200 characters in one line");
        }
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(Error::invalid(wrong))
        }
    }
}

/// What a widget keeps secret.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct WidgetSecrets {
    /// Proves who a visitor is.
    pub(crate) identity_secret: String,
}

/// A browser's `Origin` is compared as text, so only the form browsers write is taken.
fn is_origin(text: &str) -> bool {
    text.len() <= limits::NAME
        && Url::parse(text).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == text
        })
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

/// Reads an object a client sent. What is wrong with it is told without repeating it.
pub(super) fn typed<T: DeserializeOwned>(
    pointer: &str,
    object: Map<String, Value>,
    takes: &str,
) -> Result<T> {
    serde_json::from_value(Value::Object(object))
        .map_err(|_| Error::invalid_field(pointer, "invalid", format!("takes exactly {takes}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn widget(json: &str) -> Result<WidgetSettings> {
        let settings: WidgetSettings =
            typed("/settings", serde_json::from_str(json).unwrap(), "...")?;
        settings.check().map(|()| settings)
    }

    #[test]
    fn widgets_take_what_is_good() {
        let good = widget(
            r##"{"allowed_origins":["https://shop.example","http://localhost:3000"],
                "color":"#7C3aed","greeting":{"ru":"Здравствуйте!","ar":"مرحبا"},"name":"Salon"}"##,
        );
        assert!(good.is_ok());
        for bad in [
            r#"{"allowed_origins":["*"]}"#,
            r#"{"allowed_origins":["https://shop.example/"]}"#,
            r#"{"allowed_origins":["javascript:alert(1)"]}"#,
            r#"{"color":"red;background:url(x)"}"#,
            r#"{"greeting":{"русский":"x"}}"#,
            r#"{"name":"a\nb"}"#,
            r#"{"identity_secret":"x"}"#,
        ] {
            assert!(widget(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_listed_sites_carry_the_widget() {
        let any = WidgetSettings::default();
        assert!(any.admits(None) && any.admits(Some("https://evil.example")));
        let listed = widget(r#"{"allowed_origins":["https://shop.example"]}"#).unwrap();
        assert!(listed.admits(Some("https://shop.example")) && listed.admits(None));
        for origin in [
            "https://evil.example",
            "null",
            "http://shop.example",
            "https://shop.example:8443",
        ] {
            assert!(!listed.admits(Some(origin)), "{origin}");
        }
    }

    #[test]
    fn the_mode_follows_the_public_address() {
        let of = |wish: &str, url: &str| {
            let wish: TelegramWish = serde_json::from_str(wish).unwrap();
            wish.settle(&Url::parse(url).unwrap()).mode
        };
        assert_eq!(of("{}", "https://support.example"), TelegramMode::Webhook);
        assert_eq!(of("{}", "http://127.0.0.1:8000"), TelegramMode::Polling);
        let known = r#"{"mode":"polling","automatic":true}"#;
        assert_eq!(of(known, "https://support.example"), TelegramMode::Webhook);
        let explicit = r#"{"mode":"webhook"}"#;
        assert_eq!(of(explicit, "http://127.0.0.1:8000"), TelegramMode::Webhook);
    }
}
