//! Where a file lies is the server's to say: S9.

use std::path::PathBuf;

use omni_testkit::{TestApp, TestDatabase, both_engines};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::json;

use super::files::files_below;
use super::{at, conversation, id, thread, widget};

both_engines!(
    a_file_lies_where_we_put_it,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let before = files_below(app.database().folder());
        // What comes behind the file in its form is read by nobody.
        let part = Part::bytes(b"x".to_vec()).file_name("../../x");
        let form = Form::new()
            .part("file", part)
            .text("key", "../x")
            .text("path", "/etc/cron.d/x")
            .text("tenant_id", "x");
        let request = salon.owner.request(Method::POST, "/api/v1/files");
        let sent = salon.owner.send(request.multipart(form)).await.expect(201);
        assert_eq!(sent["file"]["file_name"], "x");

        let after = files_below(app.database().folder());
        // A database has files of its own that come and go.
        let is_stored = |path: &&PathBuf| !path.to_string_lossy().contains("test.db");
        let new: Vec<&PathBuf> = after.difference(&before).filter(is_stored).collect();
        let place = format!("blobs/t/{}/{}", salon.tenant_id, id(&sent["file"]));
        assert!(
            matches!(new[..], [file] if file.ends_with(&place)),
            "{new:?}"
        );
        app.stop().await;
    }
);

both_engines!(
    a_file_is_named_by_its_id_and_nothing_else,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, key) = widget(&salon).await;
        let (guest, one) = conversation(&app, &salon, &key, "Мария").await;
        let upload = |path: &'static str, who: &omni_testkit::Api| {
            let who = who.clone();
            async move {
                let sent = who.upload(path, "a.txt", "text/plain", b"x".to_vec()).await;
                id(&sent.expect(201)["file"]).to_owned()
            }
        };
        let (ours, theirs) = (
            upload("/api/v1/files", &salon.owner).await,
            upload("/api/v1/widget/files", &guest).await,
        );
        for (who, path, file) in [
            (&salon.owner, at(&one, "/messages"), ours),
            (&guest, "/api/v1/widget/messages".to_owned(), theirs),
        ] {
            for content in [
                json!({"file_id": file, "path": "../x"}),
                json!({"file_id": file, "url": "http://evil.example/x"}),
                json!({"file_id": file, "mime_type": "text/html"}),
                json!({"file_id": format!("../{file}")}),
                json!({"file_id": "../etc/passwd"}),
                json!({"file_id": [file]}),
            ] {
                let body = json!({"content_type": "file", "content": content});
                who.post(&path, &body).await.refused(422, "invalid");
            }
        }
        assert_eq!(thread(&salon.owner, &one).await.len(), 1);
        for odd in [
            "..%2f..%2ftest.db",
            "%2e%2e%2f%2e%2e%2ftest.db",
            "%00",
            "x%00.txt",
        ] {
            let signed = "expires=99999999999&signature=AAAA";
            let path = format!("/api/v1/files/{odd}/content?{signed}");
            app.stranger().get(&path).await.refused(404, "not_found");
        }
        app.stop().await;
    }
);
