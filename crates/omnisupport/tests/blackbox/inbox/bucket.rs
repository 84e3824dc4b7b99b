//! Files in a bucket of a server that speaks S3, there and away.

use std::time::Duration;

use omni_testkit::{S3Server, TestApp, TestDatabase, both_engines, within};
use reqwest::Method;
use serde_json::json;

use super::files::{PNG, files_below, handed_out};
use super::{at, conversation, id, path_of, text, thread, widget};

/// An installation whose files lie in a bucket.
async fn start(database: TestDatabase) -> (TestApp, S3Server) {
    let server = S3Server::start(&database.folder().join("bucket")).await;
    let settings = server.settings();
    let settings: Vec<(&str, &str)> = settings
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    (TestApp::start_with(database, &settings).await, server)
}

both_engines!(
    files_lie_in_the_bucket_and_players_ask_for_parts,
    |database: TestDatabase| async move {
        let (app, _server) = start(database).await;
        let salon = app.salon().await;
        // Larger than one part of an upload.
        let sound: Vec<u8> = b"ID3\x04\0\0\0\0\0\0"
            .iter()
            .copied()
            .chain((0..6 * 1024 * 1024_u32).map(|n| u8::try_from(n % 251).unwrap()))
            .collect();
        let upload = salon
            .owner
            .upload("/api/v1/files", "a.mp3", "audio/mpeg", sound.clone());
        let file = upload.await.expect(201)["file"].clone();
        let content = handed_out(&app, &file["url"]).await;
        assert_eq!(content.header("accept-ranges"), Some("bytes"));
        assert!(content.bytes == sound);

        let data = app.database().folder().join("data");
        let local = files_below(&data);
        assert!(
            !local.iter().any(|path| path.ends_with(id(&file))),
            "nothing of it lies in the data folder"
        );

        let path = path_of(&file["url"]);
        let ask = |range: &'static str| {
            let call = app.stranger().request(Method::GET, &path);
            let call = call.header("Range", range);
            let api = app.stranger();
            async move { api.send(call).await }
        };
        for (range, from, to) in [
            ("bytes=0-1", 0, 2),
            ("bytes=100-", 100, sound.len()),
            ("bytes=-5", sound.len() - 5, sound.len()),
        ] {
            let part = ask(range).await;
            assert_eq!(part.status, 206, "{range}");
            assert!(part.bytes == sound[from..to], "{range}");
            let told = format!("bytes {from}-{}/{}", to - 1, sound.len());
            assert_eq!(part.header("content-range"), Some(told.as_str()));
            assert_eq!(part.header("x-content-type-options"), Some("nosniff"));
        }
        assert!(ask("bytes=0-1,5-6").await.bytes == sound);
        ask("bytes=99999999-").await.refused(416, "no_such_part");
        app.stop().await;
    }
);

both_engines!(
    while_the_bucket_is_away_texts_flow_and_files_come_later,
    |database: TestDatabase| async move {
        let (app, mut server) = start(database).await;
        let salon = app.salon().await;
        salon.connects_telegram().await;
        let (_, key) = widget(&salon).await;
        let (guest, one) = conversation(&app, &salon, &key, "Мария").await;
        let picture = salon
            .owner
            .upload("/api/v1/files", "a.png", "image/png", PNG.to_vec());
        let picture = picture.await.expect(201)["file"].clone();

        server.stop().await;
        let upload = |name: &'static str| {
            salon
                .owner
                .upload("/api/v1/files", name, "image/png", PNG.to_vec())
        };
        let refused = upload("b.png").await;
        assert!(refused.header("retry-after").is_some());
        refused.refused(503, "unavailable");
        let absent = app.stranger().get(&path_of(&picture["url"])).await;
        absent.refused(503, "unavailable");
        guest
            .post("/api/v1/widget/messages", &text("Вы здесь?"))
            .await
            .expect(201);
        let path = at(&one, "/messages");
        salon.owner.post(&path, &text("Да")).await.expect(201);
        let said = thread(&salon.owner, &one).await;
        assert_eq!(said.len(), 3);

        // A picture from Telegram waits for its place, and its message does not.
        let igor = salon.customer(&app, 7, "Игорь");
        igor.sends_photo(PNG.to_vec(), None);
        let theirs = salon.conversation_with("Игорь").await;
        let sent = thread(&salon.owner, &theirs).await;
        assert_eq!(sent[0]["content_type"], "image");
        assert_eq!(sent[0]["content"].get("url"), None);

        server.resume().await;
        let patience = Duration::from_secs(60);
        let shown = within(patience, "the picture to have its place", || async {
            let sent = thread(&salon.owner, &theirs).await;
            sent[0]["content"].get("url").cloned()
        })
        .await;
        assert_eq!(handed_out(&app, &shown).await.bytes, PNG);
        assert_eq!(handed_out(&app, &picture["url"]).await.bytes, PNG);
        let body = json!({"content_type": "image", "content": {"file_id": id(&picture)}});
        salon.owner.post(&path, &body).await.expect(201);
        app.stop().await;
    }
);
