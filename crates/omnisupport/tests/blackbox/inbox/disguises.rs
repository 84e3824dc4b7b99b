//! Files that pretend to be something else, whoever brings them: S17, S18.

use omni_testkit::{Salon, TestApp, TestDatabase, both_engines, eventually};
use serde_json::Value;

use super::files::{PNG, handed_out, is_shown};
use super::{thread, visitor, widget};

const SVG: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
const HTML: &[u8] = b"<!DOCTYPE html><script>alert(1)</script>";
/// Files that a browser would run: by name, what their sender calls them, and their bytes.
const ACTIVE: [(&str, &str, &[u8]); 4] = [
    ("x.svg", "image/svg+xml", SVG),
    ("x.png", "image/png", SVG),
    ("x.html", "text/html", HTML),
    ("photo.jpg", "image/jpeg", HTML),
];

both_engines!(
    what_a_visitor_brings_does_not_run,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, key) = widget(&salon).await;
        let guest = visitor(&app, &key, "Мария").await;
        for (name, declared, bytes) in ACTIVE {
            let path = "/api/v1/widget/files";
            let sent = guest.upload(path, name, declared, bytes.to_vec()).await;
            let content = handed_out(&app, &sent.expect(201)["file"]["url"]).await;
            assert_eq!(content.bytes, bytes);
            assert!(!is_shown(&content), "{name} {declared}");
        }
        app.stop().await;
    }
);

both_engines!(
    what_a_messenger_brings_does_not_run,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.connects_telegram().await;
        let customer = salon.customer(&app, 61, "Мария");
        for (name, declared, bytes) in ACTIVE {
            customer.sends_document(name, declared, bytes);
        }
        // Sent as a picture it is one by Telegram's word only.
        customer.sends_photo(HTML, None);
        let messages = fetched(&salon, ACTIVE.len() + 1).await;
        let expected = ACTIVE.map(|(_, _, bytes)| bytes);
        for (message, bytes) in messages.iter().zip(expected.into_iter().chain([HTML])) {
            let content = handed_out(&app, &message["content"]["url"]).await;
            assert_eq!(content.bytes, bytes);
            assert!(!is_shown(&content), "{message}");
        }
        app.stop().await;
    }
);

/// Waits until the only customer's messages are there with their files.
async fn fetched(salon: &Salon, count: usize) -> Vec<Value> {
    let conversation = salon.conversation_with("Мария").await;
    eventually("the files", || async {
        let mut messages = thread(&salon.owner, &conversation).await;
        messages.retain(|message| message["content"]["url"].is_string());
        (messages.len() == count).then_some(messages)
    })
    .await
}

both_engines!(
    what_is_two_things_at_once_is_shown_as_the_harmless_one,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let script = b"<svg onload=alert(1)><script>alert(1)</script></svg>";
        let then = |head: &[u8]| [head, script].concat();
        let wide = |text: &str| -> Vec<u8> {
            let units = text.encode_utf16();
            units.flat_map(u16::to_le_bytes).collect()
        };
        for (bytes, shown_as) in [
            // A picture by its first bytes is a picture to every browser that is told not to guess.
            (then(b"GIF89a/*"), Some("image/gif")),
            (then(PNG), Some("image/png")),
            (then(b"BM"), Some("image/bmp")),
            // All else is saved.
            (then(b"<?xml version=\"1.0\"?><!--"), None),
            (then(b"\xef\xbb\xbf \n\t"), None),
            (then(b"\xef\xbb\xbf<?xml version=\"1.0\"?>"), None),
            (wide("\u{feff}<svg onload=alert(1)>"), None),
            (then(b"%PDF-1.7\n"), None),
            (then(b"<html>%PDF-1.7\n"), None),
            (then(b"<!-- -->"), None),
            (script.to_vec(), None),
        ] {
            for declared in ["image/svg+xml", "text/html", "image/png"] {
                let upload = salon
                    .owner
                    .upload("/api/v1/files", "x.svg", declared, bytes.clone());
                let file = upload.await.expect(201)["file"].clone();
                let content = handed_out(&app, &file["url"]).await;
                assert_eq!(is_shown(&content), shown_as.is_some(), "{file}");
                if let Some(shown_as) = shown_as {
                    assert_eq!(content.header("content-type"), Some(shown_as));
                }
            }
        }
        app.stop().await;
    }
);
