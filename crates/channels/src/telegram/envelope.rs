//! The fast look at an update, before it is stored: is it JSON, which update is it, whose lane.
//!
//! Nothing is built from the body here. The parts of interest are borrowed slices of it, and a field
//! of an unexpected type is as good as absent, so that no new kind of update can be refused.

use omni_model::limits;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::depth;

/// What must be known of an update to store it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The same whenever the same update is handed over again.
    pub provider_event_id: String,
    /// Updates of one chat share it: they are worked on in order.
    pub order_key: String,
    /// `message`, `callback_query`, ..., or `unknown`.
    pub kind: String,
}

/// Why a body is not an update at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    #[error("the body is not JSON")]
    NotJson,
    #[error("the JSON is nested too deeply")]
    TooDeep,
}

/// The kind of what has none.
const UNKNOWN: &str = "unknown";
/// Longer names of kinds are none of Telegram's.
const KIND_LENGTH: usize = 64;

/// Takes a webhook's body at face value, quickly.
pub fn envelope(body: &[u8]) -> Result<Envelope, EnvelopeError> {
    let json = std::str::from_utf8(body).map_err(|_| EnvelopeError::NotJson)?;
    if !depth::at_most(json, limits::JSON_DEPTH) {
        return Err(EnvelopeError::TooDeep);
    }
    let Some(update) = read::<Update<'_>>(json) else {
        // Not an object: still kept, if it is JSON.
        return match serde_json::from_str::<IgnoredAny>(json) {
            Ok(_) => Ok(unreadable(body)),
            Err(_) => Err(EnvelopeError::NotJson),
        };
    };
    let Some(id) = update.id.and_then(|raw| read(raw.get())) else {
        return Ok(unreadable(body));
    };
    let (kind, subject) = update.subject.unwrap_or_else(|| (UNKNOWN.to_owned(), None));
    let chat = subject.and_then(|raw| read::<Subject<'_>>(raw.get())?.chat());
    Ok(Envelope {
        provider_event_id: i64::to_string(&id),
        order_key: chat.map_or_else(|| kind.clone(), |chat| chat.to_string()),
        kind,
    })
}

/// The number of an update, however strange the rest of it is.
pub fn update_number(json: &str) -> Option<i64> {
    read(read::<Update<'_>>(json)?.id?.get())
}

/// An update that cannot even be taken at face value: known again by its bytes.
pub fn unreadable(body: &[u8]) -> Envelope {
    let hash = Sha256::digest(body);
    let hex: String = hash[..16].iter().map(|b| format!("{b:02x}")).collect();
    Envelope {
        provider_event_id: format!("sha256:{hex}"),
        order_key: UNKNOWN.to_owned(),
        kind: UNKNOWN.to_owned(),
    }
}

fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Option<T> {
    serde_json::from_str(json).ok()
}

/// An update: its id, and the first other field, which is what it is about.
struct Update<'a> {
    id: Option<&'a RawValue>,
    subject: Option<(String, Option<&'a RawValue>)>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Update<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Update<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an update")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Update<'de>, A::Error> {
                let mut update = Update {
                    id: None,
                    subject: None,
                };
                while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
                    let value = map.next_value::<&'de RawValue>()?;
                    if key == "update_id" {
                        update.id.get_or_insert(value);
                    } else if key.len() <= KIND_LENGTH && !key.contains('\0') {
                        let of_kind = || (key.into_owned(), Some(value));
                        update.subject.get_or_insert_with(of_kind);
                    }
                }
                Ok(update)
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

/// The fields that may name the chat. Each is read only where the one before it is missing.
#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Subject<'a> {
    #[serde(borrow)]
    chat: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(borrow)]
    from: Option<&'a RawValue>,
    #[serde(borrow)]
    user: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    id: &'a RawValue,
}

impl Subject<'_> {
    /// The chat's id; for what happens outside a chat, the person's.
    fn chat(&self) -> Option<i64> {
        let inner = || {
            read::<Subject<'_>>(self.message?.get())?
                .chat
                .and_then(id_of)
        };
        self.chat
            .and_then(id_of)
            .or_else(inner)
            .or_else(|| self.from.and_then(id_of))
            .or_else(|| self.user.and_then(id_of))
    }
}

fn id_of(raw: &RawValue) -> Option<i64> {
    read(read::<Named<'_>>(raw.get())?.id.get())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> (String, String, String) {
        let envelope = envelope(json.as_bytes()).unwrap();
        (
            envelope.provider_event_id,
            envelope.order_key,
            envelope.kind,
        )
    }

    fn words(id: &str, key: &str, kind: &str) -> (String, String, String) {
        (id.to_owned(), key.to_owned(), kind.to_owned())
    }

    #[test]
    fn everything_of_a_private_chat_shares_its_lane() {
        let message =
            r#"{"update_id":1,"message":{"message_id":7,"chat":{"id":111,"type":"private"}}}"#;
        let edit = r#"{"edited_message":{"chat":{"type":"private","id":111}},"update_id":2}"#;
        let press = r#"{"update_id":3,"callback_query":{"id":"c","from":{"id":111},"message":{"message_id":1,"chat":{"id":111}}}}"#;
        let inaccessible = r#"{"update_id":4,"callback_query":{"id":"c","from":{"id":111}}}"#;
        let block = r#"{"update_id":5,"my_chat_member":{"chat":{"id":111},"from":{"id":111}}}"#;
        assert_eq!(of(message), words("1", "111", "message"));
        assert_eq!(of(edit), words("2", "111", "edited_message"));
        assert_eq!(of(press), words("3", "111", "callback_query"));
        assert_eq!(of(inaccessible), words("4", "111", "callback_query"));
        assert_eq!(of(block), words("5", "111", "my_chat_member"));
    }

    #[test]
    fn strange_updates_are_kept() {
        assert_eq!(
            of(r#"{"update_id":9,"brand_new":{"x":[1,2]}}"#),
            words("9", "brand_new", "brand_new")
        );
        assert_eq!(
            of(r#"{"update_id":9,"message":17}"#),
            words("9", "message", "message")
        );
        assert_eq!(
            of(r#"{"update_id":9,"message":{"chat":"x","from":{"id":"7"}}}"#),
            words("9", "message", "message")
        );
        assert_eq!(of(r#"{"update_id":9}"#), words("9", "unknown", "unknown"));
        for odd in [
            "{}",
            "[]",
            "7",
            "\"x\"",
            "null",
            r#"{"update_id":"9"}"#,
            r#"{"update_id":1e400}"#,
        ] {
            let (id, key, kind) = of(odd);
            assert!(id.starts_with("sha256:") && id.len() == 39, "{odd}: {id}");
            assert_eq!((key.as_str(), kind.as_str()), ("unknown", "unknown"));
        }
        assert_eq!(of("{}"), of("{}"));
        assert_ne!(of("{}"), of("[]"));
    }

    #[test]
    fn what_is_not_json_is_refused() {
        let broken: &[&[u8]] = &[
            b"",
            b"{",
            b"{\"update_id\":1",
            b"{\"update_id\":1}x",
            b"{'update_id':1}",
            b"nope",
            b"{\"update_id\":1,\"message\":{\"text\":\"\xff\"}}",
            b"\xef\xbb\xbf{}",
            b"{\"a\":01}",
            b"{\"update_id\":1,\"message\":{]}",
            b"{\"update_id\":1,}",
        ];
        for body in broken {
            assert_eq!(envelope(body), Err(EnvelopeError::NotJson), "{body:?}");
        }
        let deep = format!("{}{}", "[".repeat(65), "]".repeat(65));
        assert_eq!(envelope(deep.as_bytes()), Err(EnvelopeError::TooDeep));
        let bottomless = "{\"a\":".repeat(200_000);
        assert_eq!(envelope(bottomless.as_bytes()), Err(EnvelopeError::TooDeep));
    }
}
