//! How long an address of a file is good, and for whom there is a new one: S16.

use std::time::Duration;

use omni_testkit::{TestApp, TestDatabase, both_engines, within};
use serde_json::json;
use uuid::Uuid;

use super::{at, conversation, id, path_of, thread, widget};

both_engines!(
    an_address_runs_out_and_who_lost_sight_gets_no_other,
    |database: TestDatabase| async move {
        let app = TestApp::start_with(database, &[("FILE_URL_TTL_SECONDS", "10")]).await;
        let salon = app.salon().await;
        salon
            .routes(json!({"strategy": "manual", "visibility": "own"}))
            .await;
        let (_, key) = widget(&salon).await;
        let (_, one) = conversation(&app, &salon, &key, "Мария").await;
        let (anna_id, _) = salon.hires("anna", "operator").await;
        let (boris_id, boris) = salon.hires("boris", "operator").await;
        let assign = async |to: Uuid| {
            let body = json!({"operator_id": to});
            let answer = salon.owner.post(&at(&one, "/assign"), &body).await;
            answer.expect(200);
        };
        assign(boris_id).await;
        let upload = salon
            .owner
            .upload("/api/v1/files", "act.txt", "text/plain", b"x".to_vec());
        let file = upload.await.expect(201)["file"].clone();
        let body = json!({"content_type": "file", "content": {"file_id": id(&file)}});
        let answer = salon.owner.post(&at(&one, "/messages"), &body).await;
        answer.expect(201);

        let shown = thread(&boris, &one).await.pop().unwrap();
        let address = path_of(&shown["content"]["url"]);
        assign(anna_id).await;
        let anew = format!("/api/v1/files/{}", id(&file));
        boris.get(&anew).await.refused(404, "not_found");
        // The address that he was given before ends by itself, and no cache keeps what it led to any longer.
        let (_, expires) = address.split_once("expires=").unwrap();
        let (expires, _) = expires.split_once('&').unwrap();
        let expires: i64 = expires.parse().unwrap();
        let now = || app.core().clock().now().seconds();
        assert!(expires <= now() + 10);
        within(Duration::from_secs(20), "the address to end", || async {
            let left = expires - now();
            let answer = app.stranger().get(&address).await;
            if answer.status == 404 {
                return Some(());
            }
            let cache = answer.header("cache-control").unwrap();
            let kept: i64 = cache
                .strip_prefix("private, max-age=")
                .unwrap()
                .parse()
                .unwrap();
            assert!(kept <= left, "kept for {kept} s of {left}");
            None
        })
        .await;
        assert!(now() >= expires, "not before its time");
        app.stop().await;
    }
);
