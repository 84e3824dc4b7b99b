//! Whatever comes in, nothing panics: a corpus, its mutations, and arbitrary input.

use std::path::Path;

use omni_channels::telegram;
use omni_channels::telegram::parse;
use proptest::prelude::*;
use serde_json::{Map, Value};

fn corpus() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let lines = files.iter().flat_map(|file| {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read(file).unwrap();
        let lines: Vec<_> = text.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
        lines
            .into_iter()
            .enumerate()
            .map(move |(n, line)| (format!("{name}:{}", n + 1), line))
    });
    lines.filter(|(_, line)| !line.is_empty()).collect()
}

/// Both looks at a body, and that they agree: what is taken in can be read later.
fn look(body: &[u8]) -> bool {
    let taken = telegram::envelope(body);
    let read = parse(body);
    if let Ok(envelope) = &taken {
        assert!(!envelope.kind.is_empty() && envelope.kind.len() <= 64);
        assert!(!envelope.order_key.is_empty() && envelope.order_key.len() <= 64);
        assert!(!envelope.provider_event_id.is_empty() && envelope.provider_event_id.len() <= 64);
        assert_eq!(taken, telegram::envelope(body));
    }
    taken.is_ok() && read.is_ok()
}

#[test]
fn every_update_of_the_corpus_is_taken_in() {
    let corpus = corpus();
    assert!(corpus.len() > 30, "the corpus is missing");
    for (name, body) in corpus {
        assert!(look(&body), "{name} is not taken in");
    }
}

#[test]
fn no_mutation_of_the_corpus_panics() {
    for (_, body) in corpus() {
        for end in (0..body.len()).step_by(3) {
            look(&body[..end]);
        }
        for place in (0..body.len()).step_by(2) {
            let mut bent = body.clone();
            bent[place] = bent[place].wrapping_add(1);
            look(&bent);
            bent[place] = b'"';
            look(&bent);
            bent.remove(place);
            look(&bent);
        }
    }
}

/// Every value of every object in the corpus, replaced by values of other types.
#[test]
fn fields_of_unexpected_types_are_ignored() {
    let odd = [
        Value::Null,
        Value::Bool(true),
        (-1).into(),
        i64::MAX.into(),
        1e300.into(),
        "x".into(),
        Value::Array(vec![Value::Null]),
        Value::Object(Map::new()),
    ];
    for (name, body) in corpus() {
        let whole: Value = serde_json::from_slice(&body).unwrap();
        for path in paths(&whole, String::new()) {
            for value in &odd {
                let mut bent = whole.clone();
                *bent.pointer_mut(&path).unwrap() = value.clone();
                assert!(look(bent.to_string().as_bytes()), "{name} {path} = {value}");
            }
        }
    }
}

fn paths(value: &Value, prefix: String) -> Vec<String> {
    let inner: Vec<_> = match value {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| {
                let name = name.replace('~', "~0").replace('/', "~1");
                paths(value, format!("{prefix}/{name}"))
            })
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .flat_map(|(at, value)| paths(value, format!("{prefix}/{at}")))
            .collect(),
        _ => Vec::new(),
    };
    std::iter::once(prefix).chain(inner).collect()
}

fn arbitrary_json() -> impl Strategy<Value = Value> {
    let key = prop_oneof![
        Just("update_id"),
        Just("message"),
        Just("edited_message"),
        Just("callback_query"),
        Just("my_chat_member"),
        Just("chat"),
        Just("from"),
        Just("id"),
        Just("type"),
        Just("text"),
        Just("photo"),
        Just("file_id"),
        Just("document"),
        Just("contact"),
        Just("location"),
        Just("message_id"),
        Just("date"),
        Just("new_chat_member"),
        Just("status"),
        Just("data"),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(Value::from("private")),
        Just(Value::from("kicked")),
        Just(Value::from(111)),
    ];
    leaf.prop_recursive(6, 60, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..8).prop_map(|fields| {
                let fields = fields
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value));
                Value::Object(fields.collect())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn arbitrary_json_is_taken_in(value in arbitrary_json()) {
        prop_assert!(look(value.to_string().as_bytes()));
    }

    #[test]
    fn arbitrary_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        look(&bytes);
    }

    #[test]
    fn envelopes_take_exactly_what_is_json(text in "[\\[\\]{}\":,0-9a-e\\\\ \n-]{0,24}") {
        let json = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        prop_assert_eq!(telegram::envelope(text.as_bytes()).is_ok(), json);
    }
}
