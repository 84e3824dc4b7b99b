//! What customers do, as the adapter understands it.

use std::time::Duration;

use omni_channels::telegram::{envelope, parse};
use omni_model::{ContentType, InboundContent, InboundItem, InboundMessage, limits};
use serde_json::{Value, json};

use crate::{Stage, png};

impl Stage {
    /// All that waits for the bot, but the first message.
    async fn items(&self) -> Vec<InboundItem> {
        let updates = self.bot.get_updates(0, Duration::ZERO, 100).await.unwrap();
        let parsed = updates
            .iter()
            .map(|raw| parse(raw.get().as_bytes()).unwrap());
        parsed.skip(1).collect()
    }

    async fn messages(&self) -> Vec<InboundMessage> {
        let items = self.items().await.into_iter();
        items
            .map(|item| match item {
                InboundItem::Message(message) => *message,
                other => panic!("not a message: {other:?}"),
            })
            .collect()
    }
}

fn item(update: Value) -> InboundItem {
    parse(update.to_string().as_bytes()).unwrap()
}

fn private(fields: Value) -> Value {
    let mut message = json!({
        "message_id": 7,
        "from": {"id": 111, "is_bot": false, "first_name": "Anna", "last_name": "Smirnova", "username": "anna", "language_code": "ru"},
        "chat": {"id": 111, "type": "private", "first_name": "Anna"},
        "date": 1_790_000_000,
    });
    for (name, value) in fields.as_object().unwrap() {
        message[name] = value.clone();
    }
    json!({"update_id": 1, "message": message})
}

fn private_message(fields: Value) -> InboundMessage {
    match item(private(fields)) {
        InboundItem::Message(message) => *message,
        other => panic!("not a message: {other:?}"),
    }
}

fn unsupported(kind: &str) -> InboundItem {
    InboundItem::Unsupported {
        kind: kind.to_owned(),
    }
}

#[tokio::test]
async fn texts_answers_and_edits() {
    let stage = Stage::set().await;
    let first = stage.anna.writes("Здравствуйте 👋");
    stage.anna.replies(first, "и ещё");
    stage.anna.edits(first, "Добрый день");
    let items = stage.items().await;
    let [
        InboundItem::Message(hello),
        InboundItem::Message(reply),
        InboundItem::Edited(edit),
    ] = &items[..]
    else {
        panic!("unexpected: {items:?}");
    };
    assert_eq!(hello.external_id, "111");
    assert_eq!(hello.profile.name, "Anna Smirnova");
    assert_eq!(hello.profile.locale.as_deref(), Some("ru"));
    assert_eq!(hello.provider_id, format!("111:{first}"));
    assert_eq!(reply.reply_to_provider_id, Some(hello.provider_id.clone()));
    assert_eq!(edit.provider_id, hello.provider_id);
    let words = InboundContent::Text {
        text: "Добрый день".to_owned(),
    };
    assert_eq!(edit.content, words);
}

#[tokio::test]
async fn files_and_albums() {
    let stage = Stage::set().await;
    stage
        .anna
        .sends_album(&[png(800, 600), png(600, 800)], Some("до и после"));
    stage
        .anna
        .sends_document("Акт.pdf", "application/pdf", "%PDF");
    stage.anna.sends_voice("OggS");
    stage.anna.sends_video("v.mp4", "ftyp");
    let messages = stage.messages().await;
    let kinds: Vec<_> = messages
        .iter()
        .map(|message| match &message.content {
            InboundContent::File {
                kind,
                file,
                caption,
            } => (*kind, file.file_name.as_deref(), caption.as_deref()),
            other => panic!("not a file: {other:?}"),
        })
        .collect();
    assert_eq!(
        kinds,
        [
            (ContentType::Image, None, Some("до и после")),
            (ContentType::Image, None, None),
            (ContentType::File, Some("Акт.pdf"), None),
            (ContentType::Audio, None, None),
            (ContentType::Video, Some("v.mp4"), None),
        ]
    );
    let album = |message: &InboundMessage| message.metadata.get("album_id").cloned();
    assert!(album(&messages[0]).is_some());
    assert_eq!(album(&messages[0]), album(&messages[1]));
    assert_eq!(album(&messages[2]), None);
}

#[tokio::test]
async fn places_and_proven_phones() {
    let stage = Stage::set().await;
    stage.anna.sends_location(55.75, 37.61);
    stage.anna.shares_phone("79990001122");
    let somebody =
        json!({"phone_number": "+7 999 555-44-33", "first_name": "Boris", "user_id": 222});
    stage.anna.sends_field("contact", somebody);
    let messages = stage.messages().await;
    let place = InboundContent::Location {
        latitude: 55.75,
        longitude: 37.61,
    };
    assert_eq!(messages[0].content, place);
    let phones: Vec<_> = messages
        .iter()
        .map(|m| m.profile.verified_phone.clone())
        .collect();
    assert_eq!(phones, [None, Some("+79990001122".to_owned()), None]);
    let contact = InboundContent::Contact {
        name: "Boris".to_owned(),
        phone: "+7 999 555-44-33".to_owned(),
    };
    assert_eq!(messages[2].content, contact);
}

#[tokio::test]
async fn presses_blocks_and_lanes() {
    let stage = Stage::set().await;
    let keyboard = json!({"inline_keyboard": [[{"text": "Да, записать", "callback_data": "y:1"}]]});
    let id = stage.anna.sends_field("reply_markup", keyboard);
    let press = stage.anna.presses(id, "y:1").unwrap();
    stage.anna.presses(id, "gone").unwrap();
    stage.anna.blocks_bot();
    stage.anna.unblocks_bot();
    let raw = stage.bot.get_updates(0, Duration::ZERO, 100).await.unwrap();
    for update in &raw {
        assert_eq!(envelope(update.get().as_bytes()).unwrap().order_key, "111");
    }
    let items: Vec<_> = raw
        .iter()
        .map(|raw| parse(raw.get().as_bytes()).unwrap())
        .collect();
    let InboundItem::Message(pressed) = &items[2] else {
        panic!("unexpected: {:?}", items[2]);
    };
    assert_eq!(pressed.provider_id, format!("cb:{press}"));
    assert_eq!(pressed.acknowledge, Some(press));
    assert_eq!(pressed.external_id, "111");
    assert_eq!(pressed.reply_to_provider_id, Some(format!("111:{id}")));
    assert_eq!(pressed.metadata["button_data"], "y:1");
    let title = |text: &str| InboundContent::Interactive {
        text: text.to_owned(),
        buttons: Vec::new(),
    };
    assert_eq!(pressed.content, title("Да, записать"));
    let InboundItem::Message(stale) = &items[3] else {
        panic!("unexpected: {:?}", items[3]);
    };
    assert_eq!(stale.content, title("gone"));
    let block = |blocked| InboundItem::Blocked {
        external_id: "111".to_owned(),
        blocked,
    };
    assert_eq!(items[4..], [block(true), block(false)]);
}

#[test]
fn every_kind_of_file_is_known_by_its_field() {
    let base = json!({"file_id": "F", "file_unique_id": "U", "file_size": 9});
    let with = |fields: Value| {
        let mut file = base.clone();
        for (name, value) in fields.as_object().unwrap() {
            file[name] = value.clone();
        }
        file
    };
    let cases = [
        (
            json!({"audio": with(json!({"file_name": "y.mp3"}))}),
            ContentType::Audio,
            "audio/mpeg",
        ),
        (json!({"video_note": base}), ContentType::Video, "video/mp4"),
        (json!({"sticker": base}), ContentType::Sticker, "image/webp"),
        (
            json!({"sticker": with(json!({"is_animated": true}))}),
            ContentType::Sticker,
            "application/x-tgsticker",
        ),
        (
            json!({"sticker": with(json!({"is_video": true}))}),
            ContentType::Sticker,
            "video/webm",
        ),
        (
            json!({"animation": base, "document": base}),
            ContentType::Video,
            "video/mp4",
        ),
        (
            json!({"animation": with(json!({"mime_type": "image/gif"})), "document": base}),
            ContentType::Image,
            "image/gif",
        ),
        (
            json!({"live_photo": base, "photo": [base]}),
            ContentType::Image,
            "image/jpeg",
        ),
    ];
    for (fields, expected, mime) in cases {
        let InboundContent::File { kind, file, .. } = private_message(fields.clone()).content
        else {
            panic!("no file in {fields}");
        };
        assert_eq!(
            (kind, file.mime_type.as_deref()),
            (expected, Some(mime)),
            "{fields}"
        );
        assert_eq!((file.handle.as_str(), file.size), ("F", Some(9)));
    }
}

#[test]
fn the_largest_photo_is_taken_wherever_it_stands() {
    let size = |id: &str, side: i64| json!({"file_id": id, "width": side, "height": side});
    let photos = json!({"photo": [size("m", 320), size("l", 1280), size("s", 90), {"width": 9999, "height": 9999}]});
    let InboundContent::File { file, .. } = private_message(photos).content else {
        panic!("no file");
    };
    assert_eq!(file.handle, "l");
}

#[test]
fn a_venue_is_a_place_with_a_name() {
    let venue = json!({"location": {"latitude": 1.5, "longitude": 2.5}, "title": "Салон", "address": "Тверская, 1"});
    let message =
        private_message(json!({"venue": venue, "location": {"latitude": 1.5, "longitude": 2.5}}));
    let words = json!({"title": "Салон", "address": "Тверская, 1"});
    assert_eq!(message.metadata["venue"], words);
    assert!(matches!(message.content, InboundContent::Location { .. }));
}

#[test]
fn long_texts_are_cut_between_characters_and_marked() {
    let long = "я".repeat(limits::MESSAGE_TEXT + 5);
    let message = private_message(json!({"text": long}));
    assert_eq!(message.metadata["truncated"], true);
    let InboundContent::Text { text } = message.content else {
        panic!("no text");
    };
    assert_eq!(text.chars().count(), limits::MESSAGE_TEXT);
    let whole = private_message(json!({"text": "я".repeat(limits::MESSAGE_TEXT)}));
    assert!(whole.metadata.is_empty());
    let odd = private_message(json!({"text": "a\u{0}b\u{7}c\r\nd\te\u{202e}f"}));
    let clean = InboundContent::Text {
        text: "abc\nd\te\u{202e}f".to_owned(),
    };
    assert_eq!(odd.content, clean);
}

#[test]
fn what_we_do_not_act_on_says_what_it_is() {
    let cases = [
        (
            private(json!({"pinned_message": {"message_id": 1}})),
            "message",
        ),
        (private(json!({"text": 7})), "message"),
        (private(json!({"text": "", "photo": []})), "message"),
        (
            private(json!({"location": {"latitude": 91.0, "longitude": 0.0}})),
            "message",
        ),
        (json!({"update_id": 1, "brand_new": {}}), "brand_new"),
        (json!({"update_id": 1}), "unknown"),
        (json!({}), "unknown"),
        (json!([1, 2]), "unknown"),
        (
            json!({"update_id": 1, "channel_post": {"chat": {"id": -1, "type": "channel"}}}),
            "channel_post",
        ),
        (
            json!({"update_id": 1, "callback_query": {"id": "1", "from": {"id": 5}, "inline_message_id": "x", "data": "d"}}),
            "callback_query",
        ),
        (
            json!({"update_id": 1, "callback_query": {"id": "1", "from": {"id": 5}, "message": {"message_id": 1, "chat": {"id": -5, "type": "group"}}, "data": "d"}}),
            "callback_query",
        ),
        (
            json!({"update_id": 1, "my_chat_member": {"chat": {"id": -5, "type": "group"}, "new_chat_member": {"status": "kicked"}}}),
            "my_chat_member",
        ),
    ];
    for (update, kind) in cases {
        assert_eq!(item(update.clone()), unsupported(kind), "{update}");
    }
}

#[test]
fn a_press_under_a_message_too_old_to_show_still_counts() {
    let update = json!({"update_id": 1, "callback_query": {
        "id": "77", "from": {"id": 111, "first_name": "Anna"}, "data": "y:1",
        "message": {"message_id": 16, "chat": {"id": 111, "type": "private"}, "date": 0},
    }});
    let InboundItem::Message(press) = item(update) else {
        panic!("not a message");
    };
    let content = InboundContent::Interactive {
        text: "y:1".to_owned(),
        buttons: Vec::new(),
    };
    assert_eq!(
        (press.content, press.reply_to_provider_id),
        (content, Some("111:16".to_owned()))
    );
}

#[test]
fn what_cannot_be_shown_comes_as_a_line() {
    for (content, kind, line) in [
        (json!({"dice": {"emoji": "🎲", "value": 3}}), "dice", "🎲 3"),
        (
            json!({"poll": {"question": "Когда?", "options": [{"text": "Завтра"}]}}),
            "poll",
            "📊 Когда?\n• Завтра",
        ),
    ] {
        let InboundItem::Message(message) = item(private(content)) else {
            panic!("not a message");
        };
        let text = line.to_owned();
        assert_eq!(message.content, InboundContent::Text { text });
        assert_eq!(message.metadata["kind"], kind);
    }
}

#[test]
fn a_live_location_goes_on_until_it_ends() {
    let place = json!({"latitude": 1.0, "longitude": 2.0, "live_period": 60});
    let InboundItem::Message(begun) = item(private(json!({"location": place}))) else {
        panic!("not a message");
    };
    assert_eq!(begun.metadata["live"], true);
    let place = json!({"latitude": 1.0, "longitude": 2.5});
    let mut edited = private(json!({"location": place, "edit_date": 1_790_000_060}));
    edited["edited_message"] = edited["message"].take();
    edited.as_object_mut().unwrap().remove("message");
    let InboundItem::Edited(ended) = item(edited) else {
        panic!("not an edit");
    };
    assert_eq!(ended.metadata["live"], false);
}
