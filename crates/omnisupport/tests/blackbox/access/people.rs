//! Adding people, their status, and repeats of a creating request.

use omni_testkit::{PASSWORD, TestApp, TestDatabase, both_engines};
use serde_json::{Value, json};

use super::{owner_email, try_sign_in};

fn newcomer(email: &str, role: &str) -> Value {
    json!({"email": email, "name": "Newcomer", "role": role, "password": PASSWORD})
}

both_engines!(
    nobody_makes_somebody_above_himself,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (_, admin) = salon.hires("admin", "admin").await;
        let (_, operator) = salon.hires("operator", "operator").await;
        let path = "/api/v1/operators";
        for (n, role) in ["owner", "admin", "operator", "viewer"]
            .into_iter()
            .enumerate()
        {
            let of = |by: &str| newcomer(&format!("{by}{n}@example.com"), role);
            salon.owner.post(path, &of("a")).await.expect(201);
            let answer = admin.post(path, &of("b")).await;
            match role {
                "owner" | "admin" => drop(answer.refused(403, "forbidden")),
                _ => drop(answer.expect(201)),
            }
            operator
                .post(path, &of("c"))
                .await
                .refused(403, "forbidden");
        }
        // 403 comes before 422: who may not do it is not told how it is done.
        operator
            .post(path, &json!({"x": 1}))
            .await
            .refused(403, "forbidden");
        salon
            .owner
            .post(path, &json!({"x": 1}))
            .await
            .refused(422, "invalid");
        app.stop().await;
    }
);

both_engines!(
    what_a_newcomer_may_be_is_bounded,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let path = "/api/v1/operators";
        let taken = newcomer(&owner_email(&salon).to_uppercase(), "viewer");
        salon
            .owner
            .post(path, &taken)
            .await
            .refused(409, "email_taken");

        for (field, value) in [
            ("email", json!("nobody")),
            ("name", json!("")),
            ("role", json!("superadmin")),
            ("password", json!("short")),
            ("capacity", json!(-1)),
            ("skills", json!(["x".repeat(65)])),
            ("tenant_id", json!("x")),
            ("id", json!("x")),
            ("version", json!(7)),
            ("password_hash", json!("x")),
        ] {
            let mut body = newcomer("new@example.com", "operator");
            body[field] = value;
            let problem = salon.owner.post(path, &body).await.refused(422, "invalid");
            let pointer = problem["errors"][0]["pointer"].as_str().unwrap();
            assert!(pointer.starts_with(&format!("/{field}")), "{pointer}");
        }
        let mut body = newcomer("new@example.com", "operator");
        body["skills"] = json!([" hair ", "hair", "nails"]);
        body["capacity"] = json!(3);
        let made = salon.owner.post(path, &body).await.expect(201);
        assert_eq!(made["skills"], json!(["hair", "nails"]));
        assert_eq!(made["capacity"], 3);
        assert_eq!(made["status"], "offline");
        assert_eq!(made["active_conversations"], 0);

        // Without a password there is nobody to sign in as.
        let mut body = newcomer("later@example.com", "operator");
        body.as_object_mut().unwrap().remove("password");
        salon.owner.post(path, &body).await.expect(201);
        try_sign_in(&app.stranger(), "later@example.com", "")
            .await
            .refused(401, "bad_credentials");
        app.stop().await;
    }
);

both_engines!(
    a_repeat_under_one_key_makes_one_person,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let path = "/api/v1/operators";
        let body = newcomer("new@example.com", "operator");
        let (one, two) = tokio::join!(
            salon.owner.post_once(path, "key-1", &body),
            salon.owner.post_once(path, "key-1", &body),
        );
        let replayed = [&one, &two]
            .iter()
            .filter(|answer| answer.header("idempotent-replayed") == Some("true"))
            .count();
        assert_eq!(replayed, 1);
        assert_eq!(one.expect(201), two.expect(201));

        let other = newcomer("other@example.com", "operator");
        let answer = salon.owner.post_once(path, "key-1", &other).await;
        answer.refused(409, "idempotency_mismatch");
        // A key is somebody's own.
        let (_, admin) = salon.hires("admin", "admin").await;
        admin.post_once(path, "key-1", &other).await.expect(201);
        // What was refused was not done, so it may be mended under the same key.
        salon
            .owner
            .post_once(path, "key-2", &body)
            .await
            .refused(409, "email_taken");
        let third = newcomer("third@example.com", "operator");
        salon
            .owner
            .post_once(path, "key-2", &third)
            .await
            .expect(201);
        for bad in ["", "two words", &"x".repeat(129)] {
            salon
                .owner
                .post_once(path, bad, &third)
                .await
                .refused(400, "bad_request");
        }
        app.stop().await;
    }
);

both_engines!(
    people_are_listed_in_pages,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        app.salon().await;
        for n in 0..5 {
            let body = newcomer(&format!("p{n}@example.com"), "operator");
            salon
                .owner
                .post("/api/v1/operators", &body)
                .await
                .expect(201);
        }
        let mut seen = Vec::new();
        let mut path = "/api/v1/operators?limit=2".to_owned();
        loop {
            let page = salon.owner.get(&path).await.expect(200);
            assert_eq!(page["total"], 6);
            assert_eq!(page["total_is_exact"], true);
            for item in page["items"].as_array().unwrap() {
                seen.push(item["email"].as_str().unwrap().to_owned());
            }
            let Some(cursor) = page["next_cursor"].as_str() else {
                break;
            };
            path = format!("/api/v1/operators?limit=2&cursor={cursor}");
        }
        let expected: Vec<String> = (0..5).rev().map(|n| format!("p{n}@example.com")).collect();
        assert_eq!(seen[..5], expected);
        assert_eq!(seen[5], owner_email(&salon));
        for bad in [
            "limit=0",
            "limit=x",
            "cursor=x",
            "cursor=x&offset=1",
            "offset=10001",
            "unknown=1",
        ] {
            let path = format!("/api/v1/operators?{bad}");
            salon.owner.get(&path).await.refused(422, "invalid");
        }
        let page = salon
            .owner
            .get("/api/v1/operators?limit=1000")
            .await
            .expect(200);
        assert_eq!(page["items"].as_array().unwrap().len(), 6);
        app.stop().await;
    }
);

both_engines!(
    ones_own_status_is_ones_own,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (anna_id, anna) = salon.hires("anna", "operator").await;
        let (boris_id, _) = salon.hires("boris", "operator").await;
        let (viewer_id, viewer) = salon.hires("viewer", "viewer").await;
        let (_, admin) = salon.hires("admin", "admin").await;
        let of = |id| format!("/api/v1/operators/{id}/status");
        let online = json!({"status": "online"});

        let set = anna.put(&of(anna_id), &online).await.expect(200);
        assert_eq!(set["status"], "online");
        viewer.put(&of(viewer_id), &online).await.expect(200);
        anna.put(&of(boris_id), &online)
            .await
            .refused(403, "forbidden");
        anna.put(&of(boris_id), &json!({"status": "asleep"}))
            .await
            .refused(403, "forbidden");
        anna.put(&of(anna_id), &json!({"status": "asleep"}))
            .await
            .refused(422, "invalid");
        admin
            .put(&of(boris_id), &json!({"status": "away"}))
            .await
            .expect(200);

        let stranger = app.salon().await;
        stranger
            .owner
            .put(&of(anna_id), &online)
            .await
            .refused(404, "not_found");
        anna.put("/api/v1/operators/not-an-id/status", &online)
            .await
            .refused(404, "not_found");
        app.stop().await;
    }
);
