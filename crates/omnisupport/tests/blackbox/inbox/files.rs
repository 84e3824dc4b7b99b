//! Files: what they are, who may have them, and that nothing in them acts.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use omni_testkit::{Answer, TestApp, TestDatabase, both_engines};
use serde_json::{Value, json};

use super::{at, conversation, id, path_of, text, thread, visitor, widget};

pub(super) const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

both_engines!(
    nothing_that_could_run_is_shown,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>".to_vec();
        let html = b"<!DOCTYPE html><script>alert(1)</script>".to_vec();
        for (name, declared, bytes, expected, shown) in [
            ("a.png", "image/png", PNG.to_vec(), "image/png", true),
            ("x.png", "image/svg+xml", PNG.to_vec(), "image/png", true),
            ("x.svg", "image/svg+xml", svg.clone(), "", false),
            ("x.png", "image/png", svg, "", false),
            ("x.html", "text/html", html.clone(), "", false),
            ("x.png", "image/png", html, "", false),
            (
                "x.js",
                "text/javascript",
                b"alert(1)".to_vec(),
                "application/octet-stream",
                false,
            ),
            (
                ".htaccess",
                "text/plain",
                b"Options +Indexes".to_vec(),
                "text/plain",
                false,
            ),
            (
                "act.pdf",
                "application/pdf",
                b"%PDF-1.7\n".to_vec(),
                "application/pdf",
                false,
            ),
        ] {
            let file = salon
                .owner
                .upload("/api/v1/files", name, declared, bytes.clone())
                .await
                .expect(201);
            let file = &file["file"];
            assert!(
                expected.is_empty() || file["mime_type"] == expected,
                "{name} {declared}: {file}"
            );
            assert!(!file["file_name"].as_str().unwrap().starts_with('.'));
            let content = handed_out(&app, &file["url"]).await;
            assert_eq!(content.bytes, bytes);
            assert_eq!(is_shown(&content), shown, "{name} {declared}");
        }
        app.stop().await;
    }
);

both_engines!(
    names_are_shown_as_names,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        for (given, kept) in [
            ("../../etc/passwd", "passwd"),
            ("\u{200b}\u{202e}gpj.exe", "gpj.exe"),
            (
                "<img src=x onerror=alert(1)>.png",
                "img src=x onerror=alert(1).png",
            ),
            ("Акт №7.docx", "Акт №7.docx"),
        ] {
            let upload = salon
                .owner
                .upload("/api/v1/files", given, "text/plain", b"x".to_vec());
            let file = upload.await.expect(201)["file"].clone();
            assert_eq!(file["file_name"], kept);
            let content = app.stranger().get(&path_of(&file["url"])).await;
            let way = content.header("content-disposition").unwrap();
            assert!(way.is_ascii() && way.contains("filename*=UTF-8''"), "{way}");
        }
        app.stop().await;
    }
);

both_engines!(
    an_address_is_good_as_it_was_given,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let mut urls = Vec::new();
        for _ in 0..2 {
            let file = salon
                .owner
                .upload("/api/v1/files", "a.txt", "text/plain", b"x".to_vec())
                .await;
            urls.push(path_of(&file.expect(201)["file"]["url"]));
        }
        let (mine, other) = (&urls[0], &urls[1]);
        let (path, query) = mine.split_once('?').unwrap();
        let (_, other_query) = other.split_once('?').unwrap();
        let later = query.replacen("expires=", "expires=9", 1);
        for wrong in [
            path.to_owned(),
            format!("{path}?{other_query}"),
            format!("{path}?{later}"),
            format!("{path}?expires=99999999999&signature=AAAA"),
            format!("{path}?expires=x&signature=%00"),
            mine[..mine.len() - 2].to_owned(),
        ] {
            app.stranger().get(&wrong).await.refused(404, "not_found");
        }
        app.stranger().get(mine).await;
        app.stop().await;
    }
);

both_engines!(
    a_file_is_sent_by_whoever_brought_it,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, key) = widget(&salon).await;
        let (guest, one) = conversation(&app, &salon, &key, "Мария").await;
        let other_guest = visitor(&app, &key, "Олег").await;
        let (_, anna) = salon.hires("anna", "operator").await;
        let (_, vera) = salon.hires("vera", "viewer").await;
        let stranger = app.salon().await;

        let png = PNG.to_vec();
        vera.upload("/api/v1/files", "a.png", "image/png", png.clone())
            .await
            .refused(403, "forbidden");
        let annas = anna
            .upload("/api/v1/files", "a.png", "image/png", png.clone())
            .await
            .expect(201);
        let guests = guest
            .upload("/api/v1/widget/files", "b.png", "image/png", png.clone())
            .await
            .expect(201);
        let foreign = stranger
            .owner
            .upload("/api/v1/files", "c.png", "image/png", png)
            .await
            .expect(201);
        let picture = |file: &Value| json!({"content_type": "image", "content": {"file_id": id(&file["file"]), "caption": "вот"}});
        let path = at(&one, "/messages");
        for (who, file) in [(&salon.owner, &annas), (&anna, &guests), (&anna, &foreign)] {
            who.post(&path, &picture(file))
                .await
                .refused(404, "not_found");
        }
        let widget_path = "/api/v1/widget/messages";
        for (who, file) in [
            (&guest, &annas),
            (&other_guest, &guests),
            (&guest, &foreign),
        ] {
            who.post(widget_path, &picture(file))
                .await
                .refused(404, "not_found");
        }
        let sent = anna.post(&path, &picture(&annas)).await.expect(201);
        assert_eq!(sent["message"]["content"]["caption"], "вот");
        assert_eq!(sent["message"]["content"]["mime_type"], "image/png");
        guest.post(widget_path, &picture(&guests)).await.expect(201);
        // Sent, it is no more another's to send than it was before.
        for (who, path) in [(&other_guest, widget_path), (&anna, path.as_str())] {
            let answer = who.post(path, &picture(&guests)).await;
            answer.refused(404, "not_found");
        }
        let seen = thread(&anna, &one).await;
        assert_eq!(seen.len(), 3);
        let content = app
            .stranger()
            .get(&path_of(&seen[2]["content"]["url"]))
            .await;
        assert_eq!((content.status, content.bytes.as_slice()), (200, PNG));

        // A file becomes everybody's who sees the conversation, and nobody else's.
        let guests = format!("/api/v1/files/{}", id(&guests["file"]));
        salon.owner.get(&guests).await.expect(200);
        stranger.owner.get(&guests).await.refused(404, "not_found");
        // A lie about what it is does not help it.
        let html = anna
            .upload("/api/v1/files", "a.png", "image/png", b"<html>".to_vec())
            .await
            .expect(201);
        let sent = anna.post(&path, &picture(&html)).await.expect(201);
        assert_eq!(sent["message"]["content_type"], "file");
        app.stop().await;
    }
);

both_engines!(
    too_much_is_refused_and_not_kept,
    |database: TestDatabase| async move {
        let app = TestApp::start_with(database, &[("MAX_UPLOAD_MB", "1")]).await;
        let salon = app.salon().await;
        let large = vec![b'x'; 1024 * 1024 + 1];
        let upload = |bytes| {
            salon
                .owner
                .upload("/api/v1/files", "a.txt", "text/plain", bytes)
        };
        upload(large).await.refused(413, "too_large");
        upload(Vec::new()).await.refused(422, "file_refused");
        upload(vec![b'x'; 1024 * 1024]).await.expect(201);
        salon
            .owner
            .post("/api/v1/files", &text("x"))
            .await
            .refused(415, "unsupported_media_type");
        let form = reqwest::multipart::Form::new().text("key", "../x");
        let request = salon
            .owner
            .request(reqwest::Method::POST, "/api/v1/files")
            .multipart(form);
        salon.owner.send(request).await.refused(422, "invalid");
        let kept = kept_in(app.database().folder());
        assert_eq!(kept, 1, "only what was taken lies in the store");
        app.stop().await;
    }
);

both_engines!(
    what_is_never_sent_is_forgotten,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, key) = widget(&salon).await;
        let (_, one) = conversation(&app, &salon, &key, "Мария").await;
        let upload = |name: &'static str| {
            salon
                .owner
                .upload("/api/v1/files", name, "text/plain", b"x".to_vec())
        };
        let sent = upload("sent.txt").await.expect(201);
        let unsent = upload("unsent.txt").await.expect(201);
        let body = json!({"content_type": "file", "content": {"file_id": id(&sent["file"])}});
        salon
            .owner
            .post(&at(&one, "/messages"), &body)
            .await
            .expect(201);
        app.core().forget_old().await.unwrap();
        assert_eq!(kept_in(app.database().folder()), 2, "both are young");
        app.database()
            .execute("UPDATE files SET created_at = 0")
            .await;
        app.core().forget_old().await.unwrap();
        assert_eq!(kept_in(app.database().folder()), 1);
        app.stranger()
            .get(&path_of(&sent["file"]["url"]))
            .await
            .expect(200);
        app.stranger()
            .get(&path_of(&unsent["file"]["url"]))
            .await
            .refused(404, "not_found");
        app.stop().await;
    }
);

/// The bytes behind an address, which act nowhere: their type is not guessed again, they run in a sandbox, and nobody
/// keeps them for others.
pub(super) async fn handed_out(app: &TestApp, url: &Value) -> Answer {
    let content = app.stranger().get(&path_of(url)).await;
    assert_eq!(content.status, 200);
    assert_eq!(content.header("x-content-type-options"), Some("nosniff"));
    let policy = content.header("content-security-policy").unwrap();
    assert!(policy.contains("sandbox"), "{policy}");
    let cache = content.header("cache-control").unwrap();
    assert!(cache.starts_with("private"), "{cache}");
    content
}

/// Whether a browser shows this content, where it saves any other.
pub(super) fn is_shown(content: &Answer) -> bool {
    let way = content.header("content-disposition").unwrap();
    way.starts_with("inline")
}

/// How many files lie in the store below this folder.
fn kept_in(folder: &Path) -> usize {
    let all = files_below(folder);
    let kept = |path: &&PathBuf| path.components().any(|part| part.as_os_str() == "t");
    all.iter().filter(kept).count()
}

/// All files below this folder.
pub(super) fn files_below(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.insert(path);
        }
    }
    found
}
